import {
  ConditionalCheckFailedException,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { type Day, dayOf, isClosed } from '../porting/day.ts';
import type { EventFacts } from '../porting/event.ts';
import { timestampOf } from '../porting/timestamp.ts';
import { MARK_COVERS_FOR, markDoubtful } from './doubtful-days.ts';
import { readRows } from './read-rows.ts';
import { createdAtId, RECORD_TYPE, SUPERSEDED } from './row.ts';
import { type Store, text, textIn, tookPlace } from './store.ts';

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
}

/** What the ledger holds of these events; those it lacks are missing from the map. */
export async function readHeld(store: Store, ids: readonly string[]): Promise<ReadonlyMap<string, Held>> {
  const held = new Map<string, Held>();
  for await (const rows of readRows(store, ids, 'id, created_at_id, record_version')) {
    for (const row of rows) {
      const version = textIn(row, 'record_version');
      held.set(textIn(row, 'id') ?? '', { createdAtId: textIn(row, 'created_at_id'), version });
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
/** The list has not brought this event yet; at most its webhook has. */
const NEVER_LISTED = 'attribute_not_exists(record_version)';
/** The held record has no payload yet, or is older. A completed record never goes back: versions only grow. */
const HELD_IS_OLDER = 'record_version < :version';

const SET_ON_LISTING = [
  '#record = :record',
  'record_version = :version',
  'record_type = :record_type',
  'event_type = :event_type',
  // Telnyx's own created_at replaces the webhook's occurred_at, which lies some seconds off.
  'created_at_id = :created_at_id',
  'listed_first_at = if_not_exists(listed_first_at, :now)',
];

/** Writes a listed event: one conditional request. */
export async function recordListing(store: Store, listed: ListedEvent, now: number): Promise<ListingOutcome> {
  try {
    const write = writeOf(store, listed, now, `${NEVER_LISTED} OR ${HELD_IS_OLDER}`);
    const { Attributes: before } = await store.client.send(new UpdateItemCommand(write));
    if (before?.record_version) return 'upgraded';
    return before?.event_type ? 'confirmed' : 'inserted';
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return 'known';
    throw error;
  }
}

/** Writes a listed event if nothing at all is held of it, and says whether it did. */
export function insertListing(store: Store, listed: ListedEvent, now: number): Promise<boolean> {
  return tookPlace(store.client.send(new UpdateItemCommand(writeOf(store, listed, now, NOT_HELD))));
}

function writeOf(store: Store, { facts, json }: ListedEvent, now: number, condition: string): UpdateItemCommandInput {
  const set = [...SET_ON_LISTING];
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
