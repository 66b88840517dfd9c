import { type PortingEvent, typesWithoutWebhook } from '../../infra/local/simulator/porting-event.ts';
import { createRandom, type Random } from '../../infra/local/simulator/random.ts';
import * as records from '../../infra/local/simulator/records.ts';
import { fromMicroseconds } from '../../infra/local/simulator/timestamp.ts';
import { exceptions } from '../../infra/local/simulator/vocabulary.ts';
import type { Plan } from './plan.ts';
import { type Coming, drawConversations, drawDatedOrder, drawOldDraft } from './waiting-orders.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** Where this ledger is, and where another receiver is. */
export const OUR_URL = 'https://webhooks.ledger.example/webhooks/telnyx';
const ANOTHER_URL = 'https://crm.example/telnyx';

/** Types that can be recognised under another id (docs/telnyx.md §3.2). */
export const RECOGNISABLE = ['status_changed', 'new_comment', 'deleted'].map((type) => `porting_order.${type}`);

/** An event of the simulated account. Instants are milliseconds since 1970. */
export interface Happening {
  /** The event with its complete payload. */
  readonly event: PortingEvent;
  readonly createdAt: number;
  /** When it becomes listed; `Infinity` when it never is. */
  readonly visibleAt: number;
  readonly completeAt: number;
  /** When Telnyx changes the record once more, which it does for some. */
  readonly revised: { readonly at: number; readonly event: PortingEvent } | undefined;
  /** Its webhooks, if its type has any and the order's webhooks come here. */
  readonly webhook:
    | { readonly id: string; readonly at: number; readonly copies: number; readonly event: PortingEvent }
    | undefined;
  /** True when the order's webhooks go to another receiver. */
  readonly goesElsewhere: boolean;
}

type Course = [wait: number, draft: records.Draft, order: records.Order, status: string | undefined][];

const PATHS: readonly [readonly string[], ...(readonly string[])[]] = [
  ['draft', 'in-process', 'submitted', 'foc-date-confirmed', 'activation-in-progress', 'ported'],
  ['draft', 'in-process', 'submitted', 'exception', 'submitted', 'foc-date-confirmed', 'ported'],
  ['draft', 'in-process', 'submitted', 'exception', 'exception', 'submitted', 'foc-date-confirmed', 'exception'],
  ['draft', 'in-process', 'submitted', 'exception', 'cancel-pending', 'cancelled'],
  ['draft', 'in-process', 'some-new-status', 'submitted'],
  ['draft', 'deleted'],
];

/** Everything that happens in the account of a plan, oldest first. Pure: the same plan gives the same events. */
export function drawLives(plan: Plan): readonly Happening[] {
  const random = createRandom(`${plan.seed}/lives`);
  const span = plan.calm - plan.begins;
  const lives = Array.from({ length: plan.orders }, () => {
    const order = drawOrder(random, plan);
    return placed(plan, plan.begins + random.between(0, span * 0.7), drawCourse(random, plan, order, true));
  });
  const old = drawOrder(random, plan);
  const history = placed(
    plan,
    plan.begins - random.between(2, 40) * DAY,
    drawCourse(random, plan, old, true, 8 * 60 * MINUTE),
  );
  const settled = Array.from({ length: plan.settled }, () => {
    const order = drawOrder(random, plan);
    const course = drawCourse(random, plan, order, true, random.pick([8 * 60, 3 * 24 * 60]) * MINUTE);
    // Some are refused so recently that the customer could still act if no correction had followed.
    return placed(plan, plan.begins - random.between(1, random.pick([12, 60])) * DAY, course);
  });
  const events = [
    ...lives.flat().filter(({ at }) => at < plan.calm),
    ...settled.flat().filter(({ at }) => at < plan.begins),
    ...history.slice(0, plan.history).filter(({ at }) => at < plan.begins),
  ];
  const happenings = events.map((coming) => happening(random, plan, coming));
  // With random numbers of their own: they change no other life.
  const others = createRandom(`${plan.seed}/waiting`);
  const drafts = Array.from({ length: plan.drafts }, () => drawOldDraft(others, plan, drawOrder(others, plan)));
  const dated = Array.from({ length: plan.dates.orders }, () => drawDatedOrder(others, plan, drawOrder(others, plan)));
  const more = [...drafts.flat(), ...dated.flat()];
  const waiting = [...more, ...drawConversations(others, plan, [...events, ...more])];
  return [...happenings, ...waiting.filter(({ at }) => at < plan.calm).map((one) => happening(others, plan, one))].sort(
    (a, b) => a.createdAt - b.createdAt,
  );
}

function placed({ webhooks }: Plan, from: number, course: Course): readonly Coming[] {
  let at = Math.floor(from);
  const toldIn = new Map<string, number>();
  return course.map(([wait, draft, order, status]) => {
    at += Math.floor(wait);
    const told = `${order.id} ${status}`;
    // Under different ids, nothing tells two such events apart.
    if (!webhooks.sameIds && toldIn.get(told) === Math.floor(at / SECOND)) at += SECOND;
    if (status !== undefined) toldIn.set(told, Math.floor(at / SECOND));
    return { at, draft, order };
  });
}

function drawOrder(random: Random, { ownUrls }: Plan): records.Order {
  const isOwn = random.chance(ownUrls);
  const none = random.chance(0.5) ? null : undefined;
  const own = random.chance(0.3) ? `${OUR_URL.toUpperCase().replace('HTTPS', 'https')}/` : ANOTHER_URL;
  return {
    id: random.uuid(),
    customer_reference: random.chance(0.2) ? null : `port-${random.integer(1000, 9999)}`,
    support_key: random.chance(0.2) ? null : `sr_${random.hex(6)}`,
    webhook_url: isOwn ? own : none,
  };
}

function drawCourse(random: Random, plan: Plan, order: records.Order, whole: boolean, longest = 12 * MINUTE): Course {
  const course: Course = [];
  const add = (draft: records.Draft, status?: string): void => {
    const wait = random.chance(0.2) ? random.between(SECOND, 20 * SECOND) : random.between(0, longest);
    course.push([random.chance(plan.equalInstants) ? 0 : wait, draft, order, status]);
  };
  const path = random.pick(PATHS);
  for (const value of whole ? path : path.slice(2)) {
    if (value === 'deleted') add(records.deleted(random, order, random.chance(0.5)));
    else if (value === 'exception') add(records.statusChanged(random, order, value, [random.pick(exceptions)]), value);
    else add(records.statusChanged(random, order, value), value);
    if (random.chance(0.5)) add(drawAside(random, order));
    if (whole && random.chance(0.06)) {
      const part = { ...drawOrder(random, plan), webhook_url: order.webhook_url };
      // One event for each split; the documented webhook comes once for each number in it.
      for (let splits = random.integer(1, 2); splits > 0; splits -= 1) {
        add(
          records.split(
            random,
            order,
            part,
            Array.from({ length: random.integer(1, 3) }, () => random.uuid()),
          ),
        );
      }
      course.push(...drawCourse(random, plan, part, false, longest).slice(0, 3));
    }
  }
  return course;
}

function drawAside(random: Random, order: records.Order): records.Draft {
  const kind = random.integer(0, 5);
  if (kind === 0) return records.loaUpdated(random, order);
  if (kind === 1) return records.sharingTokenExpired(random, order);
  if (kind === 2) return records.messagingChanged(random, order, random.pick(['pending', 'activating', 'ported']));
  if (kind === 3) return unknownType(random, order);
  const author = random.pick(['user', 'admin', 'system'] as const);
  return records.newComment(random, order, author, author === 'user' ? random.uuid() : null, 'Hello.');
}

/** A type that the ledger does not know. */
function unknownType(random: Random, order: records.Order): records.Draft {
  const id = random.uuid();
  return (createdAt, completedAt) => ({
    id,
    event_type: 'porting_order.weather_changed',
    porting_order_id: order.id,
    payload_status: 'completed',
    payload: { id: order.id, weather: 'mild' },
    available_notification_methods: ['email', 'webhook'],
    record_type: 'porting_event',
    created_at: fromMicroseconds(createdAt),
    updated_at: fromMicroseconds(completedAt),
  });
}

function happening(random: Random, plan: Plan, { at: createdAt, draft, order }: Coming): Happening {
  const { list, webhooks } = plan;
  const isSlow = random.chance(plan.slowPayloads);
  const completeAt = createdAt + (isSlow ? random.between(1, 20) * MINUTE : random.between(0, 4) * SECOND);
  const event = draft(createdAt * 1000 + Number(random.chance(0.5)) * 123, Math.round(completeAt * 1000));
  const isOld = createdAt < plan.begins;
  const visibleAt = isOld
    ? createdAt
    : createdAt + (random.chance(list.lateRows) ? random.between(0, 8) * MINUTE : random.between(0, 2_000));
  const goesElsewhere = typeof order.webhook_url === 'string' && order.webhook_url === ANOTHER_URL;
  const silent = typesWithoutWebhook.some((type) => type === event.event_type);
  const id = webhooks.sameIds ? event.id : random.uuid();
  const isEarly = random.chance(webhooks.early);
  const shown = {
    ...event,
    ...(event.created_at !== undefined && { created_at: fromMicroseconds((createdAt + webhooks.lag) * 1000) }),
  };
  const numbers = event.payload?.porting_phone_numbers;
  const copies = Array.isArray(numbers) ? numbers.length : 1;
  const neverListed = !silent && !goesElsewhere && webhooks.sameIds && random.chance(webhooks.neverListed);
  const revisedAt = completeAt + random.between(0, 90) * MINUTE;
  const newer = {
    ...event,
    available_notification_methods: ['email'],
    updated_at: fromMicroseconds(Math.round(revisedAt * 1000)),
  };
  return {
    event,
    createdAt,
    visibleAt: neverListed ? Number.POSITIVE_INFINITY : visibleAt,
    completeAt,
    revised:
      random.chance(plan.revisions) && event.updated_at !== undefined ? { at: revisedAt, event: newer } : undefined,
    webhook:
      silent || goesElsewhere || isOld
        ? undefined
        : { id, at: isEarly ? createdAt + random.between(0, 3_000) : completeAt, copies, event: shown },
    goesElsewhere,
  };
}
