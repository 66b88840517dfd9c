import { paginateScan } from '@aws-sdk/client-dynamodb';
import type { OrderStore, Store } from '../../functions/ledger/table/store.ts';
import type { Row } from '../../functions/ledger/table/values.ts';
import { type Answer, coldStart, type Invoke } from '../handlers.ts';
import type { Request } from '../http-event.ts';
import { engineEndpoint, openStore } from '../open-store.ts';
import { type Account, openAccount, timestampIn } from '../telnyx/account.ts';

/** The function after a cold start, with its own ledger and its own account. */
export interface Receiver {
  readonly invoke: Invoke;
  readonly store: OrderStore;
  readonly account: Account;
  /** Signs a body with the present time and posts it. */
  readonly deliver: (body: string) => Promise<Answer>;
}

/**
 * @param options `endpoint`: the engine that the function uses (`store` always reaches the real one); `publicKey`: the
 *   value of TELNYX_PUBLIC_KEY, by default the account's key
 */
export async function startReceiver(
  options: { endpoint?: string; publicKey?: string; account?: Account; store?: OrderStore } = {},
): Promise<Receiver> {
  const { endpoint = engineEndpoint(), account = openAccount(), store = await openStore() } = options;
  const invoke = await coldStart('receive-webhook', {
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    EVENTS_TABLE: store.events,
    CONTROL_TABLE: store.control,
    TELNYX_PUBLIC_KEY: options.publicKey ?? account.publicKey,
  });
  return { invoke, store, account, deliver: (body) => invoke(signed(account, body)) };
}

/** The request that Telnyx sends, with changed `headers`; `undefined` leaves a header out. */
export function signed(
  account: Account,
  body: string,
  headers: Readonly<Record<string, string | undefined>> = {},
  timestamp = timestampIn(0),
): Request {
  const all = {
    'content-type': 'application/json',
    'telnyx-timestamp': timestamp,
    'telnyx-signature-ed25519': account.sign(timestamp, body),
    ...headers,
  };
  const given = Object.entries(all).filter((header): header is [string, string] => header[1] !== undefined);
  return { method: 'POST', target: '/', headers: Object.fromEntries(given), body };
}

/** A request with these bytes as its body, which AWS passes on in base64. */
export function signedBytes(account: Account, body: Uint8Array): Request {
  const timestamp = timestampIn(0);
  const headers = { 'telnyx-timestamp': timestamp, 'telnyx-signature-ed25519': account.sign(timestamp, body) };
  return { method: 'POST', headers, body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
}

/** A webhook for a status change, as Telnyx documents it. */
export function statusWebhook(id: string, fields: Readonly<Record<string, unknown>> = {}): string {
  const payload = {
    id: 'eef3340b-8903-4466-b445-89b697315a3a',
    customer_reference: null,
    status: { value: 'exception', details: [{ code: 'LOA_ILLEGIBLE', description: 'Unreadable.' }] },
    support_key: 'sr_10b316',
    updated_at: '2026-03-19T10:07:16.000000Z',
    webhook_url: null,
    ...fields,
  };
  const data = { event_type: 'porting_order.status_changed', id, occurred_at: new Date().toISOString(), payload };
  return JSON.stringify({ data: { ...data, record_type: 'event' }, meta: { attempt: 1, delivered_to: 'https://x' } });
}

/** Kinds of rows that tests ignore: counts of what is not kept, and days made doubtful by a test's preparations. */
const ASIDE = ['refusal', 'other-family', 'rejected-count', 'doubtful-day'];

/** All rows of a table except {@link ASIDE}. */
export async function rowsIn(store: Store, table: 'events' | 'control'): Promise<Row[]> {
  return (await everyRowIn(store, table)).filter(({ kind }) => !ASIDE.includes(kind?.S ?? ''));
}

/** All rows of a table. */
export async function everyRowIn(store: Store, table: 'events' | 'control'): Promise<Row[]> {
  const rows: Row[] = [];
  const pages = paginateScan({ client: store.client }, { TableName: store[table], ConsistentRead: true });
  for await (const { Items = [] } of pages) rows.push(...Items);
  return rows;
}

/** The number of rows in both tables. */
export async function rowCount(store: Store): Promise<number> {
  return (await rowsIn(store, 'events')).length + (await rowsIn(store, 'control')).length;
}
