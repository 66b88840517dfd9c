import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventsApi, PortingEvent } from '../../infra/local/simulator/events-api.ts';
import { createKeys, type Keys } from '../../infra/local/simulator/keys.ts';
import { planLife } from '../../infra/local/simulator/order-life.ts';
import { type Simulator, startSimulator } from '../../infra/local/simulator/simulator.ts';
import { webhookHeaders } from '../../infra/local/simulator/webhook-body.ts';
import { PATIENCE } from './patience.ts';

/** A webhook as Telnyx documents it, under a new id: some documented webhooks share one. */
export interface Documented {
  readonly file: string;
  readonly id: string;
  readonly event_type: string;
  readonly occurred_at: string;
  readonly payload: unknown;
  /** The documented text. */
  readonly body: string;
}

/** An account at Telnyx: its Events API, its key pairs and its webhooks. */
export interface Telnyx {
  /** Paused until it is resumed, and without a URL for its webhooks. */
  readonly simulator: Simulator;
  readonly api: EventsApi;
  readonly apiKey: string;
  readonly keys: Keys;
  /** The pair that the account rotates to. */
  readonly nextKeys: Keys;
  readonly documented: readonly Documented[];
  /** Further ids under which a documented webhook was sent. */
  readonly others: Set<string>;
}

const SEED = 1;
/**
 * Orders of the last four weeks, new orders a minute, and the pace of their lives: an event or two each second once it
 * is resumed.
 */
const HISTORY = 30;
const ORDERS_PER_MINUTE = 20;
const SPEED = 40_000;

const fixtures = join(import.meta.dirname, '../fixtures/telnyx/port-in');

/** Starts an account on a free port of 127.0.0.1. Its webhooks get lost, doubled and out of order. */
export async function startTelnyx(): Promise<Telnyx> {
  const apiKey = `KEY${randomBytes(24).toString('hex')}`;
  const simulator = await startSimulator({
    apiKey,
    seed: SEED,
    order: 'shuffled',
    offSpec: true,
    history: HISTORY,
    ordersPerMinute: ORDERS_PER_MINUTE,
    speed: SPEED,
    losses: 0.25,
    duplicates: 0.25,
    // However late the emulator answers, a webhook is not sent again because of that.
    timeoutMs: PATIENCE,
    retriesAfterMs: [500, 1_000, 1_000, 1_000, 1_000],
  });
  await simulator.pause();
  const { api } = simulator;
  return {
    simulator,
    api,
    apiKey,
    keys: createKeys(SEED),
    nextKeys: createKeys(),
    documented: readDocumented(),
    others: new Set(),
  };
}

/** The first event of an order, which the API lists only from now on although it is old. */
export function lateEvent(order: number, secondsAgo: number): PortingEvent {
  const createdAt = (Date.now() - secondsAgo * 1000) * 1000;
  const [step] = planLife(SEED + 1, order);
  if (!step) throw new Error('unreachable: every life has a first step');
  return step.draft(createdAt, createdAt + 3_000_000);
}

/** A documented webhook under an id that is used for the first time. */
export function anotherWebhook({ documented, others }: Telnyx): { readonly id: string; readonly body: string } {
  const [{ id, body } = { id: '', body: '' }] = documented;
  const other = randomUUID();
  others.add(other);
  return { id: other, body: body.replace(id, other) };
}

/**
 * The documented webhook of an exception, for an order with no other event. It has just occurred, so there is still
 * time to act.
 */
export function exceptionWebhook(telnyx: Telnyx) {
  const exception = telnyx.documented.find(({ file }) => file === 'porting_order.status_changed.exception.json');
  if (!exception) throw new Error('test/fixtures has no webhook of an exception');
  const [id, orderId] = [randomUUID(), randomUUID()];
  telnyx.others.add(id);
  const { id: documentedOrder } = exception.payload as { id: string };
  const body = exception.body
    .replace(exception.id, id)
    .replaceAll(documentedOrder, orderId)
    .replace(exception.occurred_at, new Date().toISOString());
  return { id, orderId, body };
}

/** The headers of a webhook signed now, or this many seconds ago. */
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
