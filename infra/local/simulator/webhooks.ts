import { type Sleep, sleep as sleepFor } from '../sleep.ts';
import type { DeliveryAttempt, DeliveryRecord } from './delivery-log.ts';
import { startErrands } from './errands.ts';
import type { Keys } from './keys.ts';
import type { PortingEvent } from './porting-event.ts';
import { createRandom } from './random.ts';
import { attemptOnce } from './webhook-attempt.ts';
import { webhookBody, webhookCount, webhookHeaders } from './webhook-body.ts';

export { createKeys, type Keys } from './keys.ts';
export { webhookBody, webhookCount, webhookHeaders } from './webhook-body.ts';

/** One attempt at one webhook. */
export interface Delivery {
  /** The event's id. */
  readonly id: string;
  /** From 1. */
  readonly attempt: number;
  /** `delivered` means an answer of exactly 200 in time; `lost` means never sent, on purpose. */
  readonly outcome: 'delivered' | 'failed' | 'lost';
  /** The answer's status, when there was one. */
  readonly status?: number;
}

/** One number for every event type, or a number for each named type and 0 for the others. */
export type ByType = number | Readonly<Record<string, number>>;

export interface WebhooksOptions {
  readonly keys: Keys;
  /** Determines which webhooks are lost, doubled and late. */
  readonly seed: number;
  /** Called at each attempt; nothing is sent without a URL. */
  readonly url: (event: PortingEvent) => string | undefined;
  /** The share of webhooks never sent; 0.1 by default. */
  readonly losses?: ByType;
  /** The share of webhooks sent twice; 0.1 by default. */
  readonly duplicates?: ByType;
  /** Each webhook waits up to this many milliseconds, so that they overtake each other; 3000 by default. */
  readonly latenessMs?: ByType;
  /** Pauses before the further attempts, in milliseconds. Telnyx's own schedule is not known. */
  readonly retriesAfterMs?: readonly number[];
  /** 2000 by default, as Telnyx documents. */
  readonly timeoutMs?: number;
  /** Whether `data.id` is the id that the Events API shows, which Telnyx does not document; true by default. */
  readonly sameIds?: boolean;
  /** How to wait before a late webhook and before a further attempt. */
  readonly sleep?: Sleep;
}

export interface Webhooks {
  /** Sends a complete event's webhooks, with the losses, duplicates and delays of the options. */
  send(event: PortingEvent): void;
  /** Sends them again, as a republish does: at once, and without losses. */
  resend(event: PortingEvent): void;
  readonly deliveries: readonly Delivery[];
  /** What Telnyx's log shows: webhooks that arrived or were given up, without those that were never sent. */
  readonly log: readonly DeliveryRecord[];
  /** Resolves when nothing is waiting or under way. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** How many webhooks the log holds; the oldest are removed first. Telnyx's own retention is not known. */
const logLength = 5000;

const userId = createRandom('user').uuid();

const numberFor = (numbers: ByType, { event_type }: PortingEvent): number =>
  typeof numbers === 'number' ? numbers : (numbers[event_type] ?? 0);

const deliveryOf = (id: string, number: number, { status: outcome, http }: DeliveryAttempt): Delivery => ({
  id,
  attempt: number,
  outcome,
  ...(http.response && { status: http.response.status }),
});

/** Sends signed webhooks as Telnyx does: retried until the answer is 200, in no order, some twice and some never. */
export const startWebhooks = (options: WebhooksOptions): Webhooks => {
  const { keys, seed, url, losses = 0.1, duplicates = 0.1, latenessMs = 3000 } = options;
  const { retriesAfterMs = [1000, 4000, 15_000], timeoutMs = 2000, sameIds = true, sleep = sleepFor } = options;
  const deliveries: Delivery[] = [];
  const log: DeliveryRecord[] = [];
  const errands = startErrands();
  const recordIds = createRandom(`${seed}/delivery records`);

  const writeDown = (body: string, [last, ...before]: readonly DeliveryAttempt[]): void => {
    if (!last) return;
    const parsed = JSON.parse(body);
    const { id, event_type, occurred_at, payload } = parsed.data ?? parsed;
    log.push({
      id: recordIds.uuid(),
      record_type: 'webhook_delivery',
      user_id: userId,
      status: last.status,
      started_at: (before.at(-1) ?? last).started_at,
      finished_at: last.finished_at,
      attempts: [last, ...before],
      webhook: { id, event_type, occurred_at, payload, record_type: 'event' },
    });
    if (log.length > logLength) log.shift();
  };

  const deliver = async (event: PortingEvent, signal: AbortSignal): Promise<void> => {
    const id = sameIds ? event.id : createRandom(`${seed}/webhook id/${event.id}`).uuid();
    const attempts: DeliveryAttempt[] = [];
    let body = '';
    for (const [index, pause] of [0, ...retriesAfterMs].entries()) {
      if (pause > 0) await sleep(pause, signal);
      const target = url(event);
      if (target === undefined) break;
      body = webhookBody(event, { url: target, attempt: index + 1, id });
      const headers = webhookHeaders(keys, body, Date.now());
      const attempt = await attemptOnce({ url: target, headers, body, timeoutMs, signal });
      attempts.unshift(attempt);
      deliveries.push(deliveryOf(event.id, index + 1, attempt));
      if (attempt.status === 'delivered') break;
    }
    writeDown(body, attempts);
  };

  return {
    deliveries,
    log,
    idle: errands.idle,
    close: errands.close,
    resend(event) {
      for (let number = 0; number < webhookCount(event); number += 1) errands.run((signal) => deliver(event, signal));
    },
    send(event) {
      if (url(event) === undefined) return;
      const random = createRandom(`${seed}/webhook/${event.id}`);
      for (let number = 0; number < webhookCount(event); number += 1) {
        const isLost = random.chance(numberFor(losses, event));
        const copies = random.chance(numberFor(duplicates, event)) ? 2 : 1;
        if (isLost) deliveries.push({ id: event.id, attempt: 1, outcome: 'lost' });
        for (let copy = 0; copy < copies && !isLost; copy += 1) {
          const lateness = random.between(0, numberFor(latenessMs, event));
          errands.run(async (signal) => {
            await sleep(lateness, signal);
            await deliver(event, signal);
          });
        }
      }
    },
  };
};
