import { recordDelivery } from '../../functions/ledger/events/record-delivery.ts';
import type { LedgerEvent } from '../../functions/ledger/events/row.ts';
import type { OrderStore, Store } from '../../functions/ledger/table/store.ts';
import type { PortingEvent } from '../../functions/porting/event.ts';
import { type Answer, coldStart, type Invoke } from '../handlers.ts';
import { engineEndpoint, openStore } from '../open-store.ts';
import { deliveredEvent, listing, recordListing } from '../porting-events.ts';
import { type SecretsManager, startSecretsManager } from '../secrets-manager.ts';

export const readToken = 'read-token-0123456789';
export const operateToken = 'operate-token-0123456789';

/** The function after a cold start, with its own ledger. */
export interface Reader {
  readonly invoke: Invoke;
  readonly store: OrderStore;
  readonly secrets: SecretsManager;
  /** Sends a request with a read token. */
  readonly get: (target: string) => Promise<Answer>;
}

export async function startReader(engine?: string, over?: OrderStore): Promise<Reader> {
  const store = over ?? (await openStore());
  const tokens = JSON.stringify({ read: [readToken], operate: [operateToken] });
  const secrets = await startSecretsManager({ 'the-tokens': tokens });
  const invoke = await coldStart('query-events', {
    AWS_ENDPOINT_URL_DYNAMODB: engine ?? engineEndpoint(),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    EVENTS_TABLE: store.events,
    ORDERS_TABLE: store.orders,
    CONTROL_TABLE: store.control,
    API_TOKENS_SECRET: 'the-tokens',
    HEALING: 'off',
    HEALING_PER_DAY: '50',
    TIMEZONE: 'UTC',
    RUNBOOK_URL: 'https://runbook.example/operations.md',
  });
  return { invoke, store, secrets, get: (target) => invoke({ target, headers: bearer(readToken) }) };
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

/** The path of the list with these parameters, encoded as a browser encodes them. */
export function listTarget(parameters: Readonly<Record<string, string | number>>): string {
  return `/v2/porting/events?${new URLSearchParams(parameters as Record<string, string>)}`;
}

/** The events of a page. */
export function eventsIn({ body }: Answer): readonly LedgerEvent[] {
  return body.data as readonly LedgerEvent[];
}

/** Records an event in the ledger as the sync does. */
export async function listed(store: Store, event: PortingEvent, at = Date.now()): Promise<void> {
  await recordListing(store, listing(event), at);
}

/** Records an event in the ledger as its webhook does. */
export async function delivered(store: Store, event: PortingEvent, at = Date.now()): Promise<void> {
  await recordDelivery(store, deliveredEvent(event), at);
}
