import { setTimeout as sleep } from 'node:timers/promises';
import { startErrands } from './errands.ts';
import type { Keys } from './keys.ts';
import type { PortingEvent } from './porting-event.ts';
import { createRandom } from './random.ts';
import { webhookBody, webhookCount, webhookHeaders } from './webhook-body.ts';

export { createKeys, type Keys } from './keys.ts';
export { webhookBody, webhookCount, webhookHeaders } from './webhook-body.ts';

/** One attempt at one webhook. */
export interface Delivery {
  /** The event's id. */
  readonly id: string;
  /** From 1. */
  readonly attempt: number;
  /** `delivered` is an answer of exactly 200 in time; `lost` was never sent, on purpose. */
  readonly outcome: 'delivered' | 'failed' | 'lost';
  /** The answer's status, when there was one. */
  readonly status?: number;
}

export interface WebhooksOptions {
  readonly keys: Keys;
  /** Decides which webhooks are lost, doubled and late. */
  readonly seed: number;
  /** Asked at each attempt; without a URL nothing is sent. */
  readonly url: () => string | undefined;
  /** The share of webhooks never sent; 0.1 unless told. */
  readonly losses?: number;
  /** The share of webhooks sent twice; 0.1 unless told. */
  readonly duplicates?: number;
  /** Each webhook waits up to so many milliseconds, so that they overtake each other; 3000 unless told. */
  readonly latenessMs?: number;
  /** Pauses before the further attempts, in milliseconds. Telnyx's own schedule is not known. */
  readonly retriesAfterMs?: readonly number[];
  /** 2000 unless told, as Telnyx documents. */
  readonly timeoutMs?: number;
  /** Whether `data.id` is the id that the Events API shows, which Telnyx does not document; true unless told. */
  readonly sameIds?: boolean;
}

export interface Webhooks {
  /** Announces a complete event, with the losses, duplicates and delays of the options. */
  send(event: PortingEvent): void;
  /** Announces it again, as a republish does: at once, and surely. */
  resend(event: PortingEvent): void;
  readonly deliveries: readonly Delivery[];
  /** Resolves when nothing is waiting or under way. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Sends signed webhooks as Telnyx does: retried until the answer is 200, in no order, some twice and some never. */
export const startWebhooks = (options: WebhooksOptions): Webhooks => {
  const { keys, seed, url, losses = 0.1, duplicates = 0.1, latenessMs = 3000 } = options;
  const { retriesAfterMs = [1000, 4000, 15_000], timeoutMs = 2000, sameIds = true } = options;
  const deliveries: Delivery[] = [];
  const errands = startErrands();

  const attemptOnce = async (
    event: PortingEvent,
    attempt: number,
    target: string,
    signal: AbortSignal,
  ): Promise<Delivery> => {
    const id = sameIds ? event.id : createRandom(`${seed}/webhook id/${event.id}`).uuid();
    const body = webhookBody(event, { url: target, attempt, id });
    const request: RequestInit = {
      method: 'POST',
      headers: webhookHeaders(keys, body, Date.now()),
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    };
    try {
      const { status, body: rest } = await fetch(target, request);
      await rest?.cancel();
      return { id: event.id, attempt, outcome: status === 200 ? 'delivered' : 'failed', status };
    } catch {
      signal.throwIfAborted();
      return { id: event.id, attempt, outcome: 'failed' };
    }
  };

  const deliver = async (event: PortingEvent, signal: AbortSignal): Promise<void> => {
    for (const [index, pause] of [0, ...retriesAfterMs].entries()) {
      if (pause > 0) await sleep(pause, undefined, { signal });
      const target = url();
      if (target === undefined) return;
      const delivery = await attemptOnce(event, index + 1, target, signal);
      deliveries.push(delivery);
      if (delivery.outcome === 'delivered') return;
    }
  };

  return {
    deliveries,
    idle: errands.idle,
    close: errands.close,
    resend(event) {
      for (let number = 0; number < webhookCount(event); number += 1) errands.run((signal) => deliver(event, signal));
    },
    send(event) {
      if (url() === undefined) return;
      const random = createRandom(`${seed}/webhook/${event.id}`);
      for (let number = 0; number < webhookCount(event); number += 1) {
        const isLost = random.chance(losses);
        const copies = random.chance(duplicates) ? 2 : 1;
        if (isLost) deliveries.push({ id: event.id, attempt: 1, outcome: 'lost' });
        for (let copy = 0; copy < copies && !isLost; copy += 1) {
          const lateness = random.between(0, latenessMs);
          errands.run(async (signal) => {
            await sleep(lateness, undefined, { signal });
            await deliver(event, signal);
          });
        }
      }
    },
  };
};
