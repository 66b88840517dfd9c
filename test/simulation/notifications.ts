import { stateIn } from '../../functions/ledger/orders/order-row.ts';
import { type Row, textIn } from '../../functions/ledger/table/values.ts';
import { overdueSince } from '../../functions/porting/overdue.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import { GRACE, LIMITS } from './functions.ts';
import { RECOGNISABLE } from './lives.ts';
import type { Expected, Rest } from './oracle.ts';
import { createdAtOf } from './plain-order.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Compares what the ledger reported about missing webhooks, unlisted events and waiting orders with the truth. */
export function checkNotifications(
  rest: Rest,
  expected: ReadonlyMap<string, Expected>,
  rows: ReadonlyMap<string, Row>,
  orders: readonly Row[],
): { readonly missed: number; readonly missing: number } {
  const { bus, truth, plan } = rest;
  const published = (type: string) =>
    new Map(
      bus.published.filter((one) => one.type === type).map(({ detail }) => [detail.id.replace(/:[^:]*$/, ''), detail]),
    );
  const missed = published('notification.missed');
  const recovered = published('notification.recovered');

  for (const [id, detail] of missed) {
    const one = expected.get(id);
    if (!one) {
      truth.violate('missed', 'of no event', [id]);
      continue;
    }
    const arrivedAt = arrivalOf(rest, one);
    const missedAt = Date.parse(String(detail.missed_at).slice(0, 23).concat('Z'));
    if (arrivedAt !== undefined && arrivedAt < missedAt) truth.violate('missed', 'its webhook had arrived', [id]);
    if (one.happening.goesElsewhere) truth.violate('missed', 'its webhook goes to another receiver', [id]);
    else if (!isDelivered(rest, one)) truth.violate('missed', 'its webhook was not due', [id]);
    // The ledger publishes nothing more about an event that has expired.
    const isOver = arrivedAt !== undefined && (truth.hidden.get(id) ?? Number.POSITIVE_INFINITY) <= arrivedAt;
    if (arrivedAt !== undefined && !isOver && isItsOwn(rest, one) && !recovered.has(id))
      truth.violate('recovered', 'its webhook came after all, and nothing was published', [id]);
  }
  for (const id of recovered.keys()) {
    const one = expected.get(id);
    if (!one || arrivalOf(rest, one) === undefined) truth.violate('recovered', 'its webhook never came', [id]);
    if (!missed.has(id)) truth.violate('recovered', 'it was never missed', [id]);
  }

  const missing = [...expected].filter(([, one]) => isMissing(rest, one)).map(([id]) => id);
  const unnoticed = missing.filter((id) => !missed.has(id));
  if (unnoticed.length > 0) truth.violate('missed', 'not noticed', unnoticed);

  for (const [id, row] of rows) checkGap(rest, expected.get(id), id, row);
  checkWaiting(rest, orders);
  if (plan.types === 'none' && missed.size > 0) truth.violate('missed', 'no webhook is ever due', [...missed.keys()]);
  return { missed: missed.size, missing: missing.length };
}

function arrivalOf({ truth }: Rest, { happening }: Expected): number | undefined {
  return happening.webhook && truth.arrivals.get(happening.webhook.id);
}

/** The ledger knows a webhook with another id as the event's only once the two are joined. */
function isItsOwn({ truth }: Rest, { happening: { event, webhook } }: Expected): boolean {
  return webhook?.id === event.id || truth.joined.has(webhook?.id ?? '');
}

/** True when the account's channel is known to deliver the event's type, and has done so since before the event. */
function isDelivered({ plan, truth }: Rest, { event, happening }: Expected): boolean {
  if (/\.(loa_updated|sharing_token_expired)$/.test(event.event_type)) return false;
  if (plan.types === 'none') return false;
  if (plan.types === 'all') return event.event_type !== 'porting_order.weather_changed';
  const channel = truth.channels.get(event.event_type);
  return channel !== undefined && channel.since <= createdAtOf(happening.event);
}

/**
 * True when the webhook of a listed event was due and never came, and everything that proves this was known when the
 * event was listed. What is learned afterwards may be too late: the ledger cannot know of such a gap, so it counts as
 * none.
 */
function isMissing(rest: Rest, one: Expected): boolean {
  const { truth, plan } = rest;
  const { happening, event, byWebhookOnly } = one;
  const listedAt = truth.listings.get(event.id);
  if (byWebhookOnly || listedAt === undefined || !isDelivered(rest, one) || happening.goesElsewhere) return false;
  if (arrivalOf(rest, one) !== undefined || listedAt - happening.createdAt > 29 * 24 * HOUR) return false;
  const isKnown =
    plan.types !== 'learned' || (truth.channels.get(event.event_type)?.knownAt ?? Number.POSITIVE_INFINITY) < listedAt;
  const isRecognisable = RECOGNISABLE.includes(event.event_type) && happening.completeAt < listedAt;
  const agree = truth.agreeKnownAt !== undefined && truth.agreeKnownAt < listedAt && plan.webhooks.sameIds;
  return isKnown && (isRecognisable || agree);
}

/** At rest, a row's gap is the truth, and no webhook is awaited. */
function checkGap(rest: Rest, one: Expected | undefined, id: string, row: Row): void {
  const { truth, timeline, happenings } = rest;
  const gap = textIn(row, 'gap');
  const awaitedSince = textIn(row, 'awaiting_since');
  if (awaitedSince !== undefined && Date.parse(`${awaitedSince.slice(0, 23)}Z`) < timeline.now() - GRACE - HOUR) {
    truth.violate('missed', 'awaited without end', [id]);
  }
  if (!one) return;
  const wasMissed = textIn(row, 'missed_at') !== undefined;
  const isArrived = arrivalOf(rest, one) !== undefined && isItsOwn(rest, one);
  // Until ids are known to agree, an event that cannot be recognised may have been listed under another id. Until
  // anything is known, this holds for every event.
  const isRecognised = truth.differKnownAt !== undefined && RECOGNISABLE.includes(one.event.event_type);
  const isTold = truth.agreeKnownAt !== undefined || isRecognised;
  const isUnlisted =
    one.byWebhookOnly &&
    isTold &&
    !happenings.some(
      ({ event, visibleAt }) => event.id === one.happening.event.id && visibleAt < Number.POSITIVE_INFINITY,
    );
  const wanted = wasMissed ? (isArrived ? 'recovered' : 'missed') : isUnlisted ? 'unlisted' : undefined;
  if (gap !== wanted) truth.violate('gap', `${gap} instead of ${wanted}`, [id]);
}

/** Orders that wait for the customer, and orders that stay in a status too long, were published. */
function checkWaiting({ bus, truth, plan, timeline }: Rest, orders: readonly Row[]): void {
  for (const row of orders) {
    const { id, status, status_since, status_event_id: event, acts, act_by: actBy, terminal, ...state } = stateIn(row);
    const { last_comment: last } = state;
    const since = status_since ?? undefined;
    // A deadline that passed within the last hour still left time to publish.
    const isOver = actBy !== null && Date.parse(`${actBy.slice(0, 23)}Z`) < timeline.now();
    const told = (detail: string) => bus.published.some((one) => one.detail.id === detail);
    // When webhooks give another time than the list does, the newest status becomes known only later.
    const isSure = plan.webhooks.sameIds && plan.webhooks.lag === 0;
    if (status?.value === 'exception' && !isOver && isSure && !told(`${event}:action_required`))
      truth.violate('told', 'the refusal was not', [id, String(event)]);
    // The day was closed less than an hour ago.
    const isExpiring = actBy !== null && timestampOf(timeline.now() - HOUR + 5 * DAY) > actBy;
    if (status?.value === 'draft' && isExpiring && !isOver && isSure && !told(`${event}:draft_expiring`))
      truth.violate('told', 'the expiring draft was not', [id, String(event)]);
    const isOpen = last?.by === 'admin' && !terminal && (since ?? '') <= last.at;
    const isRecent = last && last.at > timestampOf(timeline.now() - 6 * DAY);
    if (isOpen && isRecent && isSure && !told(`${last.event_id}:comment_from_telnyx`))
      truth.violate('told', 'the question was not', [id, last.event_id]);
    const limit = status && overdueSince(status.value, since, LIMITS, timeline.now() - 3 * HOUR);
    const isNews = limit && Date.parse(`${limit.slice(0, 23)}Z`) > timeline.now() - 29 * 24 * HOUR;
    if (isNews && !(acts === 'customer' && isOver) && !told(`${id}:overdue:${since}`))
      truth.violate('overdue', 'not published', [id]);
  }
}
