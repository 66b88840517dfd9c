import { type Row, textIn } from '../../functions/ledger/table/values.ts';
import { overdueSince } from '../../functions/porting/overdue.ts';
import { GRACE, LIMITS } from './functions.ts';
import { RECOGNISABLE } from './lives.ts';
import type { Expected, Rest } from './oracle.ts';
import { createdAtOf } from './plain-order.ts';

const HOUR = 3_600_000;

/** Compares what was said about missing webhooks, unlisted events and orders that wait with what is true. */
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
    if (one.happening.goesElsewhere) truth.violate('missed', 'its webhook goes to somebody else', [id]);
    else if (!isDelivered(rest, one)) truth.violate('missed', 'its webhook was not due', [id]);
    // An event whose time is over is spoken of no more.
    const isOver = arrivedAt !== undefined && (truth.hidden.get(id) ?? Number.POSITIVE_INFINITY) <= arrivedAt;
    if (arrivedAt !== undefined && !isOver && !recovered.has(id))
      truth.violate('recovered', 'its webhook came after all, and nobody says so', [id]);
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

/** True when the account's channel is known to deliver the event's type since before the event. */
function isDelivered({ plan, truth }: Rest, { event, happening }: Expected): boolean {
  if (/\.(loa_updated|sharing_token_expired)$/.test(event.event_type)) return false;
  if (plan.types === 'none') return false;
  if (plan.types === 'all') return event.event_type !== 'porting_order.weather_changed';
  const channel = truth.channels.get(event.event_type);
  return channel !== undefined && channel.since <= createdAtOf(happening.event);
}

/**
 * True when the webhook of a listed event was due and never came, and everything that tells so was known when the event was listed. What
 * becomes known later may come too late for it: that is no gap, for nobody can tell.
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

/** A row's gap is what is true at rest, and nothing is awaited any more. */
function checkGap(rest: Rest, one: Expected | undefined, id: string, row: Row): void {
  const { truth, timeline, happenings } = rest;
  const gap = textIn(row, 'gap');
  const awaitedSince = textIn(row, 'awaiting_since');
  if (awaitedSince !== undefined && Date.parse(`${awaitedSince.slice(0, 23)}Z`) < timeline.now() - GRACE - HOUR) {
    truth.violate('missed', 'awaited for ever', [id]);
  }
  if (!one) return;
  const wasMissed = textIn(row, 'missed_at') !== undefined;
  const isArrived = arrivalOf(rest, one) !== undefined;
  // What cannot be recognised may have been listed under another id, as long as ids are not known to agree; so may be all, until anything is known.
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

/** Orders that stand still until the customer acts, and orders that stay in a status too long, were announced. */
function checkWaiting({ bus, truth, plan, timeline }: Rest, orders: readonly Row[]): void {
  for (const row of orders) {
    const state = JSON.parse(textIn(row, 'state') ?? '{}');
    const { id, status, status_since: since, status_event_id: event, acts, act_by: actBy } = state;
    // Until an hour before now, it was time enough to say so.
    const isOver = actBy !== null && Date.parse(`${actBy.slice(0, 23)}Z`) < timeline.now();
    const told = (detail: string) => bus.published.some((one) => one.detail.id === detail);
    // With webhooks that tell another time than the list, the newest status is known only later.
    const isSure = plan.webhooks.sameIds && plan.webhooks.lag === 0;
    if (status?.value === 'exception' && !isOver && isSure && !told(`${event}:action_required`)) {
      truth.violate('action required', 'nobody was told', [id, event]);
    }
    const limit = status && overdueSince(status.value, since, LIMITS, timeline.now() - 3 * HOUR);
    const isNews = limit && Date.parse(`${limit.slice(0, 23)}Z`) > timeline.now() - 29 * 24 * HOUR;
    if (isNews && !(acts === 'customer' && isOver) && !told(`${id}:overdue:${since}`))
      truth.violate('overdue', 'nobody was told', [id]);
  }
}
