import type { OwnWebhooks } from '../infra/local/simulator/order-diary.ts';
import { planLife } from '../infra/local/simulator/order-life.ts';
import type { PortingEvent } from '../infra/local/simulator/porting-event.ts';

/** An event and its two instants, in milliseconds since 1970 with a fraction. */
export interface LivedEvent {
  /** The event with its complete payload; until then the API shows `withoutPayload` of it. */
  readonly event: PortingEvent;
  /** When the event is created. */
  readonly visibleAt: number;
  readonly completeAt: number;
}

export interface LivesOptions {
  readonly seed: number;
  /** When the first order begins, in milliseconds since 1970. */
  readonly from: number;
  readonly orders: number;
  /** The orders begin evenly over this many days; each lasts one to four weeks. */
  readonly days: number;
  /** Includes what Telnyx sends contrary to its specification: nulls, other codes, `activation-in-progress`. */
  readonly offSpec?: boolean;
  /** Orders with their own webhook URL. The default is that of Telnyx's samples. */
  readonly ownWebhooks?: OwnWebhooks;
}

const dayMs = 86_400_000;

/** All events of many orders, about eleven for each, oldest first. Pure: the same options give the same events. */
export const lives = ({
  seed,
  from,
  orders,
  days,
  offSpec = false,
  ownWebhooks,
}: LivesOptions): readonly LivedEvent[] => {
  const events = Array.from({ length: orders }, (_, number) => {
    const start = from + (number / orders) * days * dayMs;
    return planLife(seed, number, offSpec, ownWebhooks).map(({ after, payloadTakes, draft }): LivedEvent => {
      const createdAt = Math.round((start + after * 1000) * 1000);
      const completedAt = createdAt + Math.round(payloadTakes * 1_000_000);
      return { event: draft(createdAt, completedAt), visibleAt: createdAt / 1000, completeAt: completedAt / 1000 };
    });
  });
  return events.flat().sort((a, b) => a.visibleAt - b.visibleAt);
};
