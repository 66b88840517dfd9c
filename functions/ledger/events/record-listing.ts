import { UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { type Day, dayOf, isClosed } from '../../porting/day.ts';
import { type EventFacts, mayArriveByWebhook } from '../../porting/event.ts';
import { millisecondsOf, timestampOf } from '../../porting/timestamp.ts';
import { MARK_COVERS_FOR, markDoubtful } from '../counts/doubtful-days.ts';
import { createdAtId, RECORD_TYPE } from '../table/event-keys.ts';
import { readRows } from '../table/read-rows.ts';
import { type Store, text, tookPlace, unlessRefused } from '../table/store.ts';
import { textIn } from '../table/values.ts';
import { AWAITED } from './awaited.ts';
import { CHANGE, NEWS, newsValues } from './outbox-marks.ts';
import { FIRST_SEEN, SUPERSEDED } from './row.ts';

/** A listed event: what the ledger needs to know about it, and its record as JSON text. */
export interface ListedEvent {
  readonly facts: EventFacts;
  readonly json: string;
}

/**
 * What a listing was: `inserted` is the event's first sight, `confirmed` the first listing of an event that its webhook brought,
 * `upgraded` a listing whose record is newer than the held one, and `known` one that changed nothing.
 */
export type ListingOutcome = 'inserted' | 'confirmed' | 'upgraded' | 'known';

/** What is held of a listed event. */
export interface Held {
  readonly createdAtId: string | undefined;
  /** Undefined while only the webhook has been seen. */
  readonly version: string | undefined;
  /** True once the event was held as complete as it will ever be, whichever way it came. */
  readonly final: boolean;
}

/** What the ledger holds of these events; those it lacks are missing from the map. */
export async function readHeld(store: Store, ids: readonly string[]): Promise<ReadonlyMap<string, Held>> {
  const held = new Map<string, Held>();
  for await (const rows of readRows(store, 'events', ids, {
    attributes: ['id', 'created_at_id', 'record_version', 'final_at'],
  })) {
    for (const row of rows) {
      held.set(textIn(row, 'id') ?? '', {
        createdAtId: textIn(row, 'created_at_id'),
        version: textIn(row, 'record_version'),
        final: textIn(row, 'final_at') !== undefined,
      });
    }
  }
  return held;
}

/** True when the held record is as new as the listed one: nothing has to be written. */
export function isKnown(held: Held | undefined, facts: EventFacts): boolean {
  return held?.version !== undefined && held.version >= facts.version;
}

/** Neither source has brought this event yet. */
const NOT_HELD = 'attribute_not_exists(id)';
const IS_HELD = 'attribute_exists(id)';
/** The list has not brought this event yet; at most its webhook has. */
const NEVER_LISTED = 'attribute_not_exists(record_version)';
/** The held record has no payload yet, or is older. A completed record never goes back: versions only grow. */
const HELD_IS_OLDER = 'record_version < :version';
const IS_NEWER = `(${NEVER_LISTED} OR ${HELD_IS_OLDER})`;
/** The event has been announced as complete, or is about to be. */
const HELD_AS_FINAL = 'attribute_exists(final_at)';
const NOT_HELD_AS_FINAL = 'attribute_not_exists(final_at)';

const SET_ON_LISTING = [
  '#record = :record',
  'record_version = :version',
  'record_type = :record_type',
  'event_type = :event_type',
  // Telnyx's own created_at replaces the webhook's occurred_at, which lies some seconds off.
  'created_at_id = :created_at_id',
  'listed_first_at = if_not_exists(listed_first_at, :now)',
  FIRST_SEEN,
];

/** A webhook that has not come for so long is awaited no more: an account's first sync lists years, of which nobody waits for one. */
const AWAITED_FOR = 30 * 24 * 3_600_000;

/**
 * The two things that a listing may be. Which one is known only to the row, so each is a condition of its own: `news` brings the event
 * to life or completes it, and has to be announced; a `confirmation` shows the list's own record of what is known.
 */
type Meaning = 'news' | 'confirmation';

function conditionOf(meaning: Meaning, facts: EventFacts): string {
  if (meaning === 'news') return facts.final ? `${NOT_HELD_AS_FINAL} AND ${IS_NEWER}` : NOT_HELD;
  return `${facts.final ? HELD_AS_FINAL : IS_HELD} AND ${IS_NEWER}`;
}

/**
 * Writes a listed event: one conditional request, or two when the row changed since it was looked at.
 *
 * @param held what a look at the row has shown; without it the event is taken to be new
 */
export async function recordListing(
  store: Store,
  listed: ListedEvent,
  now: number,
  held?: Held,
): Promise<ListingOutcome> {
  const meanings: Meaning[] = ['news', 'confirmation'];
  if (held && (held.final || !listed.facts.final)) meanings.reverse();
  for (const meaning of meanings) {
    const write = writeOf(store, listed, now, meaning, conditionOf(meaning, listed.facts));
    const before = await unlessRefused(
      store.client.send(new UpdateItemCommand(write)).then(({ Attributes = {} }) => Attributes),
    );
    if (!before) continue;
    if (before.record_version) return 'upgraded';
    return before.event_type ? 'confirmed' : 'inserted';
  }
  return 'known';
}

/** Writes a listed event if nothing at all is held of it, and says whether it did. */
export function insertListing(store: Store, listed: ListedEvent, now: number): Promise<boolean> {
  return tookPlace(store.client.send(new UpdateItemCommand(writeOf(store, listed, now, 'news', NOT_HELD))));
}

function writeOf(
  store: Store,
  { facts, json }: ListedEvent,
  now: number,
  meaning: Meaning,
  condition: string,
): UpdateItemCommandInput {
  const news = meaning === 'news';
  // With its payload an event may be recognised under another id: it is looked at once more, also when it was given up before.
  const awaited = news && mayArriveByWebhook(facts.eventType) && now - millisecondsOf(facts.createdAt) < AWAITED_FOR;
  const set = [...SET_ON_LISTING, ...(news ? NEWS : CHANGE)];
  if (awaited) set.push(...AWAITED);
  if (facts.final) set.push('final_at = if_not_exists(final_at, :now)');
  if (facts.portingOrderId !== undefined) set.push('porting_order_id = :porting_order_id');
  if (facts.hasPayload) set.push('delivered = :superseded');
  return {
    TableName: store.events,
    Key: { id: text(facts.id) },
    ConditionExpression: condition,
    UpdateExpression: `SET ${set.join(', ')}`,
    ExpressionAttributeNames: { '#record': 'record' },
    ExpressionAttributeValues: {
      ':record': text(json),
      ':version': text(facts.version),
      ':record_type': text(RECORD_TYPE),
      ':event_type': text(facts.eventType),
      ':created_at_id': text(createdAtId(facts.createdAt, facts.id)),
      ':now': text(timestampOf(now)),
      ':first_seen_id': text(createdAtId(timestampOf(now), facts.id)),
      ...newsValues(facts.id),
      ...(facts.portingOrderId !== undefined && { ':porting_order_id': text(facts.portingOrderId) }),
      ...(facts.hasPayload && { ':superseded': text(SUPERSEDED) }),
    },
    ReturnValues: 'UPDATED_OLD',
  };
}

/**
 * Marks the closed days whose number of events a listing will change, before it is written: the event's own day when it is new,
 * and both days when Telnyx's `created_at` moves it out of the one that its webhook gave. Remembers what it marked, so that a page
 * of one day costs one mark.
 */
export function doubtMarker(store: Store, now: () => number) {
  const markedAt = new Map<Day, number>();
  return async function markDaysOf(facts: EventFacts, held: Held | undefined): Promise<void> {
    const day = dayOf(facts.createdAt);
    const heldDay = held?.createdAtId === undefined ? undefined : dayOf(held.createdAtId);
    const changed = heldDay === day ? [] : [day, ...(heldDay === undefined ? [] : [heldDay])];
    for (const doubtful of changed) {
      const covered = now() - (markedAt.get(doubtful) ?? Number.NEGATIVE_INFINITY) < MARK_COVERS_FOR / 2;
      if (covered || !isClosed(doubtful, now())) continue;
      await markDoubtful(store, doubtful, now());
      markedAt.set(doubtful, now());
    }
  };
}
