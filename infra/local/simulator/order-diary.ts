import { createRandom, type Random } from './random.ts';
import * as records from './records.ts';
import { type CommentAuthor, comments, exceptions, exceptionsOffSpec } from './vocabulary.ts';

/** One event of an order's life. `after` counts seconds since the life began, `payloadTakes` since the event. */
export interface Step {
  readonly after: number;
  readonly payloadTakes: number;
  readonly draft: records.Draft;
}

/** The share of orders, from 0 to 1, whose webhooks go to their own URL instead of the account's. */
export interface OwnWebhooks {
  readonly share: number;
  readonly url: string;
}

/** The order's own URL, if it has one. It depends on the order's id alone, so the id is enough to find the URL. */
export const ownWebhookUrl = (orderId: string, { share, url }: OwnWebhooks): string | undefined =>
  createRandom(`${orderId}/webhook_url`).chance(share) ? url : undefined;

/** The order of an event. With `offSpec`, some members that Telnyx may leave out are null. */
export const createOrder = (random: Random, offSpec: boolean, own: OwnWebhooks): records.Order => {
  const orNull = (probability: number, text: string): string | null =>
    offSpec && random.chance(probability) ? null : text;
  const id = random.uuid();
  return {
    id,
    customer_reference: orNull(0.3, `port-${random.integer(1000, 9999)}`),
    support_key: orNull(0.1, `sr_${random.hex(6)}`),
    // Telnyx sends null for none; the specification allows only text, and requires no member.
    webhook_url: ownWebhookUrl(id, own) ?? (offSpec ? null : undefined),
  };
};

/** Records an order's life step by step: `wait` advances the time (seconds), every other call adds an event. */
export const openDiary = (random: Random, order: records.Order, offSpec: boolean) => {
  const steps: Step[] = [];
  let after = 0;

  const add = (draft: records.Draft): void => {
    // Telnyx's documented sample took 3.26 s.
    steps.push({ after, payloadTakes: random.between(2.5, 3.8), draft });
  };

  return {
    steps,
    wait: (least: number, most: number): void => {
      after += random.between(least, most);
    },
    status: (value: string): void => {
      // An order has no support key while it is a draft.
      const told = offSpec && value === 'draft' ? { ...order, support_key: null } : order;
      add(records.statusChanged(random, told, value));
    },
    messaging: (value: string): void => add(records.messagingChanged(random, order, value)),
    loaUpdated: (): void => add(records.loaUpdated(random, order)),
    sharingTokenExpired: (): void => add(records.sharingTokenExpired(random, order)),
    deleted: (): void => add(records.deleted(random, order, random.chance(0.5))),
    comment: (author: CommentAuthor): void => {
      const userId = offSpec && author !== 'user' ? null : random.uuid();
      add(records.newComment(random, order, author, userId, random.pick(comments[author])));
    },
    exception: (): void => {
      const first = random.pick(offSpec && random.chance(0.15) ? exceptionsOffSpec : exceptions);
      const second = random.pick(exceptions);
      const details = random.chance(0.3) && second !== first ? [first, second] : [first];
      add(records.statusChanged(random, order, 'exception', details));
    },
    /** `life` is the life of the new order from now on. */
    split: (part: records.Order, life: readonly Step[]): void => {
      const moved = Array.from({ length: random.integer(1, 3) }, () => random.uuid());
      add(records.split(random, order, part, moved));
      for (const step of life) steps.push({ ...step, after: after + step.after });
    },
  };
};
