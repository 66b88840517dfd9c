import { createHash } from 'node:crypto';
import { LARGEST_RECORD } from '../../porting/event.ts';
import { timestampOf } from '../../porting/timestamp.ts';
import { expiresIn } from '../table/expiry.ts';
import { once } from '../table/expressions.ts';
import { controlKey, type Store } from '../table/store.ts';
import { numberIn } from '../table/values.ts';
import { update } from '../table/verbs.ts';

const KEPT_DAYS = 30;
const HOUR = 3_600_000;

/**
 * Bodies stored per hour. At 256 KB each, the largest accepted, 30 days of a flood are 37 GB; most bodies have 1 KB.
 */
const KEPT_AN_HOUR = 200;

/**
 * Stores a signed body that cannot be read as an event, for 30 days. Each different body has one row, however often it
 * is delivered, and an hour has at most 200: neither repeated nor ever new bodies can fill the table.
 *
 * @param body the raw bytes, at most 256 KB
 * @param now milliseconds since 1970
 * @returns false when the hour's limit was reached and the body not stored
 */
export async function keepRejected(
  store: Store,
  body: Uint8Array,
  reason: string,
  now: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const counted = await update(store, 'control', controlKey('rejected-count', hourOf(now)), {
    set: { expires_at: expiresIn(KEPT_DAYS, now) },
    add: { deliveries: 1 },
    returns: 'UPDATED_NEW',
    signal,
  });
  if ((numberIn(counted, 'deliveries') ?? 0) > KEPT_AN_HOUR) return false;
  await update(store, 'control', controlKey('rejected-delivery', digestOf(body)), {
    set: { body, ...sighting(reason, now) },
    add: { deliveries: 1 },
    signal,
  });
  return true;
}

/** A record of Telnyx's list that is not an event, with the reason. */
export interface RejectedRecord {
  readonly json: string;
  readonly reason: string;
}

/**
 * Stores records of Telnyx's list that are not events, until 30 days after they were last listed: one row for each,
 * however often a run sees it. The hour's row remembers which it has seen. So each of a day's records is counted once,
 * without reading it.
 *
 * @param now milliseconds since 1970
 */
export async function keepRejectedRecords(
  store: Store,
  records: readonly RejectedRecord[],
  now: number,
): Promise<void> {
  if (records.length === 0) return;
  const seen = new Set<string>();
  for (const { json, reason } of records) {
    const digest = digestOf(json);
    seen.add(digest.slice(0, 16));
    await update(store, 'control', controlKey('rejected-record', digest), {
      set: { body: Buffer.from(json).subarray(0, LARGEST_RECORD), ...sighting(reason, now) },
    });
  }
  await update(store, 'control', controlKey('rejected-count', `${hourOf(now)}#listed`), {
    set: { expires_at: expiresIn(KEPT_DAYS, now) },
    add: { records: seen },
  });
}

/**
 * Counts requests that were refused at the webhook URL: one row for each hour and each of six reasons, so that a flood
 * takes a few rows. Nothing of the requests is stored.
 *
 * @param now milliseconds since 1970
 */
export async function countRefusals(
  store: Store,
  reason: string,
  count: number,
  now: number,
  signal?: AbortSignal,
): Promise<void> {
  await update(store, 'control', controlKey('refusal', `${hourOf(now)}#${reason}`), {
    set: sighting(reason, now),
    add: { count },
    signal,
  });
}

/**
 * Counts signed webhooks of another product: one row for each hour and event type. Nothing of their payloads is stored.
 *
 * @param eventType from a bounded set, at most 100 characters
 * @param now milliseconds since 1970
 */
export async function countOtherFamily(
  store: Store,
  eventType: string,
  count: number,
  now: number,
  signal?: AbortSignal,
): Promise<void> {
  await update(store, 'control', controlKey('other-family', `${hourOf(now)}#${eventType}`), {
    set: { event_type: eventType, ...sighting(`${eventType} is an event of another product than port-in`, now) },
    add: { count },
    signal,
  });
}

/** The part that all kinds of rows share. */
function sighting(reason: string, now: number) {
  const at = timestampOf(now);
  return { reason, first_at: once(at), last_at: at, expires_at: expiresIn(KEPT_DAYS, now) };
}

function digestOf(body: Uint8Array | string): string {
  return createHash('sha256').update(body).digest('hex');
}

function hourOf(now: number): string {
  return new Date(now - (now % HOUR)).toISOString().slice(0, 'yyyy-mm-ddThh'.length);
}
