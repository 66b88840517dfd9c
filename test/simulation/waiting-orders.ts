import type { Random } from '../../infra/local/simulator/random.ts';
import * as records from '../../infra/local/simulator/records.ts';
import { comments, exceptions } from '../../infra/local/simulator/vocabulary.ts';
import type { Plan } from './plan.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** An event that will happen. `at` is milliseconds since 1970. */
export interface Coming {
  readonly at: number;
  readonly draft: records.Draft;
  readonly order: records.Order;
}

/**
 * A draft that Telnyx deletes after 30 days: its last five days begin, or end, about when the world begins. Some are sent
 * or deleted before the end.
 */
export function drawOldDraft(random: Random, plan: Plan, order: records.Order): readonly Coming[] {
  const end = plan.begins + random.between(-0.5, 6) * DAY;
  const begun = { at: Math.floor(end - 30 * DAY), draft: records.statusChanged(random, order, 'draft'), order };
  const isEnded = random.chance(0.4);
  const next = random.chance(0.5)
    ? records.statusChanged(random, order, 'in-process')
    : records.deleted(random, order, random.chance(0.5));
  const at = Math.floor(random.chance(0.5) ? random.between(begun.at, plan.begins) : random.between(plan.begins, end));
  return isEnded ? [begun, { at, draft: next, order }] : [begun];
}

/**
 * An order that waits for the losing carrier's date. The date moves at most four days after it was given, as fast as
 * dates do here; some are taken back, and given again.
 */
export function drawDatedOrder(random: Random, plan: Plan, order: records.Order): readonly Coming[] {
  const span = plan.calm - plan.begins;
  const statuses = ['submitted', 'foc-date-confirmed', 'exception', 'foc-date-confirmed'];
  let at = plan.begins + random.between((-4 * DAY) / plan.dates.speed, span / 2) - HOUR;
  return statuses.slice(0, random.pick([2, 2, 3, 4])).map((value) => {
    const draft = records.statusChanged(random, order, value, value === 'exception' ? [random.pick(exceptions)] : []);
    const coming = { at: Math.floor(at), draft, order };
    at += value === 'submitted' ? HOUR : random.between(MINUTE, span);
    return coming;
  });
}

/** Comments of Telnyx's about orders that live, and what the customer answers, or what Telnyx adds. */
export function drawConversations(random: Random, plan: Plan, lives: readonly Coming[]): readonly Coming[] {
  return [...Map.groupBy(lives, ({ order }) => order).entries()].flatMap(([order, life]) => {
    if (!random.chance(plan.questions)) return [];
    let { at } = life[random.integer(0, life.length - 1)] as Coming;
    const turns = random.integer(1, 3);
    return Array.from({ length: turns }, (_, turn) => {
      // At times within the second of a status.
      at += Math.floor(random.pick([SECOND, 5 * MINUTE, 40 * MINUTE]) * random.next());
      const author = turn === 0 || random.chance(0.3) ? 'admin' : random.pick(['user', 'user', 'system'] as const);
      const user = author === 'user' ? random.uuid() : null;
      return { at, draft: records.newComment(random, order, author, user, random.pick(comments[author])), order };
    });
  });
}
