import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LedgerEvent } from '../../functions/ledger/events/row.ts';
import type { PortingEvent } from '../../functions/porting/event.ts';
import { type Local, startLocal } from '../../infra/local/local.ts';
import { readSettings } from '../../infra/local/settings.ts';
import { createKeys } from '../../infra/local/simulator/webhooks.ts';
import { webhook } from '../../infra/service.ts';
import { eventually } from '../eventually.ts';
import { uuid } from '../porting-events.ts';
import { telnyx, violations } from './schemas.ts';

/**
 * Every body that Telnyx documents, through the whole service as `npm start` runs it: list and show return unchanged
 * what came by webhook or list.
 */
const SEED = 43;
const FOLDER = 'test/fixtures/telnyx/port-in';
const keys = createKeys(SEED);

interface Envelope {
  readonly id: string;
  readonly event_type: string;
  readonly occurred_at: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Where a payload names its order. */
const orderOf = ({ payload }: Envelope) =>
  payload.porting_order_id ?? payload.id ?? (payload.from as { id: string } | undefined)?.id;

/** Two samples of messaging_changed share one id but differ in content: the ledger would see one event. */
const USED_TWICE = '626110d0-fab6-4a13-9183-3b331c41ccac';

const webhooks = globSync(`${FOLDER}/porting_order.*.json`)
  .toSorted()
  .map((path) => {
    const name = basename(path, '.json');
    const documented = readFileSync(path, 'utf8');
    const raw = name.endsWith('messaging_changed.ported') ? documented.replace(USED_TWICE, uuid(1)) : documented;
    const body = JSON.parse(raw);
    return { name, raw, event: (body.data ?? body) as Envelope };
  });
const list = JSON.parse(readFileSync(`${FOLDER}/events-api.list.status_changed.json`, 'utf8'));
const listedEvent: PortingEvent = list.data[0];

/** Where Telnyx's samples contradict Telnyx's specification. Our answers do so too, because they keep what came. */
const OFF_SPEC: Readonly<Record<string, readonly string[]>> = {
  'porting_order.new_comment': ['/payload/comment/user_id must be string'],
  'events-api.list.status_changed': [
    '/payload/customer_reference must be string',
    '/payload/webhook_url must be string',
  ],
};

function judged(event: { readonly event_type: string }): string[] {
  const { mapping } = telnyx.components.schemas.PortingEvent?.discriminator as { mapping: Record<string, string> };
  return violations('telnyx', mapping[event.event_type]?.split('/').slice(1) ?? [], event);
}

let local: Local;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'documented-'));
  const settings = { PORT: '0', DATA_DIR: folder, SYNC_INTERVAL_SECONDS: '86400', SEED: String(SEED) };
  local = await startLocal(readSettings(settings), {
    log: () => {},
    loadSeconds: 3_600,
    simulator: { history: 0, ordersPerMinute: 0, requestsPerSecond: Number.POSITIVE_INFINITY },
  });
  await synced();
});

afterAll(async () => {
  await local?.stop();
  await rm(folder, { recursive: true, force: true });
});

// The functions have deadlines that a busy machine misses: an answer of 503 or an error is followed by another request.

const synced = () =>
  eventually(async () => {
    const { payload = '{}' } = await local.invoke('sync-events', {});
    expect(JSON.parse(payload)).toMatchObject({ status: 'complete' });
  });

/** Requests a run over a range through the API, and waits until it is complete. */
async function listed(from: string, to: string): Promise<void> {
  const id = await eventually(async () => {
    const headers = { authorization: `Bearer ${local.tokens.operate}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ from, to });
    const requested = await fetch(`${local.url}/v2/sync-runs`, { method: 'POST', headers, body });
    expect(requested.status).toBe(202);
    return ((await requested.json()) as { data: { id: string } }).data.id;
  });
  await eventually(async () => expect((await get(`/v2/sync-runs/${id}`)).data).toMatchObject({ status: 'complete' }));
}

async function get(target: string) {
  const answer = await eventually(async () => {
    const given = await fetch(local.url + target, { headers: { authorization: `Bearer ${local.tokens.read}` } });
    expect(given.status).toBeLessThan(500);
    return given;
  });
  return answer.json() as Promise<Record<string, unknown>>;
}

/**
 * Sends until it is stored, as Telnyx does, and returns how often: an attempt answered with 503 may have been counted.
 */
async function deliver(body: string) {
  let attempts = 0;
  const answer = await eventually(async () => {
    attempts += 1;
    const timestamp = String(Math.floor(Date.now() / 1000));
    const given = await fetch(local.url + webhook.path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'telnyx-timestamp': timestamp,
        'telnyx-signature-ed25519': keys.sign(timestamp, body),
      },
      body,
    });
    expect(given.status).toBeLessThan(500);
    return given;
  });
  return { status: answer.status, result: await answer.json(), attempts };
}

/**
 * The event as the list has it and as show has it: both are the same, unless it is published between the two requests.
 */
function readBack(id: string): Promise<LedgerEvent> {
  return eventually(async () => {
    const shown = (await get(`/v2/porting/events/${id}`)).data as LedgerEvent;
    const listed = ((await get('/v2/porting/events?page[size]=250')).data as LedgerEvent[]).filter(
      (event) => event.id === id,
    );
    expect(listed).toEqual([shown]);
    return shown;
  });
}

test('Telnyx documents each type that arrives by webhook', () => {
  expect(webhooks).toHaveLength(12);
  expect(new Set(webhooks.map(({ event }) => event.id)).size).toBe(12);
  expect(new Set(webhooks.map(({ event }) => event.event_type)).size).toBe(5);
});

describe('by webhook', () => {
  test.each(webhooks)('$name: the payload comes out as it went in', async ({ raw, event }) => {
    const { status, result, attempts } = await deliver(raw);
    expect(status).toBe(200);
    if (attempts === 1) expect(result).toEqual({ result: 'stored' });
    const { ledger, ...record } = await readBack(event.id);
    expect(record.payload).toStrictEqual(event.payload);
    expect(record).toStrictEqual({
      id: event.id,
      event_type: event.event_type,
      porting_order_id: orderOf(event),
      payload_status: 'completed',
      payload: event.payload,
      available_notification_methods: ['webhook'],
      record_type: 'porting_event',
      created_at: event.occurred_at,
      updated_at: event.occurred_at,
    });
    expect(ledger).toMatchObject({ first_seen_by: 'webhook', listed_at: null });
    expect(ledger.webhook_deliveries).toBeGreaterThan(0);
    expect(ledger.webhook_deliveries).toBeLessThanOrEqual(attempts);
  });

  test.each(webhooks)('$name: is as the specification says, or as little as the sample is', async ({ name, event }) => {
    const expected = OFF_SPEC[name] ?? offSpecCodes(event);
    expect(judged({ event_type: event.event_type, payload: event.payload } as Envelope)).toEqual(expected);
    expect(judged(await readBack(event.id))).toEqual(expected);
  });
});

/** The specification's enumeration lacks codes that its samples show (docs/telnyx.md §6). */
function offSpecCodes({ payload }: Envelope): string[] {
  const { details = [] } = (payload.status ?? {}) as { details?: { code: string }[] };
  const known = telnyx.components.schemas.PortingOrdersExceptionType?.properties?.code?.enum as string[];
  return details.flatMap(({ code }, index) =>
    known.includes(code) ? [] : [`/payload/status/details/${index}/code must be equal to one of the allowed values`],
  );
}

describe('by list', () => {
  test('the answer that Telnyx documents, given to the sync, is what the ledger answers', async () => {
    if (!local.simulator) throw new Error('there is no simulator');
    local.simulator.api.intercept = ({ path }) => (path === '/v2/porting/events' ? { body: list } : undefined);
    await listed('2024-06-01T00:00:00Z', '2024-07-01T00:00:00Z');
    local.simulator.api.intercept = undefined;

    // At rest: an event must not be published between two reads of it.
    await eventually(async () => expect((await readBack(listedEvent.id)).ledger.published_at).not.toBeNull());
    const { ledger, ...record } = await readBack(listedEvent.id);
    expect(record).toStrictEqual(listedEvent);
    expect(ledger).toMatchObject({ first_seen_by: 'list', webhook_deliveries: 0, webhook_last_at: null });

    const query = new URLSearchParams({
      'filter[type]': listedEvent.event_type,
      'filter[porting_order_id]': listedEvent.porting_order_id ?? '',
      'page[size]': '25',
    });
    expect(await get(`/v2/porting/events?${query}`)).toStrictEqual({ ...list, data: [{ ...listedEvent, ledger }] });
  });

  test('is as the specification says, or as little as the sample is', async () => {
    const expected = [
      ...(OFF_SPEC['events-api.list.status_changed'] ?? []),
      ...offSpecCodes(listedEvent as unknown as Envelope),
    ].sort();
    expect(judged(listedEvent).toSorted()).toEqual(expected);
    expect(judged(await readBack(listedEvent.id)).toSorted()).toEqual(expected);
  });
});
