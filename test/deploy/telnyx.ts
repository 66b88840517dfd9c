import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EventsApi, type PortingEvent, startEventsApi } from '../../infra/local/simulator/events-api.ts';
import { createKeys, type Keys } from '../../infra/local/simulator/keys.ts';
import { planLife } from '../../infra/local/simulator/order-life.ts';
import { webhookHeaders } from '../../infra/local/simulator/webhook-body.ts';

/** A webhook as Telnyx documents it, under an id of its own: some of the documented ones share theirs. */
export interface Documented {
  readonly file: string;
  readonly id: string;
  readonly event_type: string;
  readonly occurred_at: string;
  readonly payload: unknown;
  /** The documented text. */
  readonly body: string;
}

/** An account at Telnyx: its Events API, its key pairs, and what its webhooks look like. */
export interface Telnyx {
  readonly api: EventsApi;
  readonly apiKey: string;
  readonly keys: Keys;
  /** The pair that the account rotates to. */
  readonly nextKeys: Keys;
  readonly documented: readonly Documented[];
}

const ORDERS = 45;
const DAY = 86_400_000_000;
const fixtures = join(import.meta.dirname, '../fixtures/telnyx/port-in');

/** Starts the Events API on a free port of 127.0.0.1, with a month of orders and no rate limit of its own beyond Telnyx's. */
export async function startTelnyx(): Promise<Telnyx> {
  const apiKey = `KEY${randomBytes(24).toString('hex')}`;
  const api = await startEventsApi({ apiKey, order: 'shuffled', seed: 1 });
  const now = Date.now() * 1000;
  for (let number = 0; number < ORDERS; number += 1) {
    const beganAt = now - Math.round(((ORDERS - number) / ORDERS) * 30 * DAY);
    for (const { after, payloadTakes, draft } of planLife(1, number, true)) {
      const createdAt = beganAt + Math.round(after * 1_000_000);
      if (createdAt < now - 60_000_000) api.put(draft(createdAt, createdAt + Math.round(payloadTakes * 1_000_000)));
    }
  }
  return { api, apiKey, keys: createKeys(), nextKeys: createKeys(), documented: readDocumented() };
}

/** An event that the API begins to list only now, though it is a minute old. */
export function lateEvent(): PortingEvent {
  const createdAt = Date.now() * 1000 - 60_000_000;
  const [step] = planLife(2, 0);
  if (!step) throw new Error('unreachable: every life has a first step');
  return step.draft(createdAt, createdAt + 3_000_000);
}

/** The headers of a webhook that is signed now, or so many seconds ago. */
export function signed(keys: Keys, body: string, secondsAgo = 0): Readonly<Record<string, string>> {
  return webhookHeaders(keys, body, Date.now() - secondsAgo * 1000);
}

function readDocumented(): readonly Documented[] {
  const files = readdirSync(fixtures).filter((name) => name.startsWith('porting_order.'));
  return files.map((file) => {
    const text = readFileSync(join(fixtures, file), 'utf8');
    const { data, ...flat } = JSON.parse(text);
    const { id: documentedId, event_type, occurred_at, payload } = data ?? flat;
    const id = randomUUID();
    return { file, id, event_type, occurred_at, payload, body: text.replace(documentedId, id) };
  });
}
