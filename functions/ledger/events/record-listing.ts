import { dayOf } from '../../porting/day.ts';
import { type EventFacts, factsOf, mayArriveByWebhook, type PortingEvent } from '../../porting/event.ts';
import { orderFactOf, sayTheSame } from '../../porting/order-fact-of.ts';
import { millisecondsOf, timestampOf } from '../../porting/timestamp.ts';
import { dayDoubter } from '../counts/doubtful-days.ts';
import { createdAtId, RECORD_TYPE } from '../table/event-keys.ts';
import { all, any, type Change, type Condition, exists, isBelow, lacks, once, together } from '../table/expressions.ts';
import { readRows } from '../table/read-rows.ts';
import type { Store } from '../table/store.ts';
import { idIn, textIn } from '../table/values.ts';
import { update } from '../table/verbs.ts';
import { awaited } from './awaited.ts';
import { DELIVERY, deliveredIn, FORMER_BODIES, listingOf, SUPERSEDED } from './bodies.ts';
import { publish, REVISED, revise } from './outbox-marks.ts';

/** A listed event: what the ledger needs to know about it, and its record as Telnyx lists it. */
export interface ListedEvent {
  readonly facts: EventFacts;
  readonly record: PortingEvent;
}

/**
 * What a listing was: `inserted` is the event's first sight, `confirmed` the first listing of an event that came by
 * webhook, `upgraded` a listing with a newer record than the held one, and `known` one that changed nothing.
 */
export type ListingOutcome = 'inserted' | 'confirmed' | 'upgraded' | 'known';

/** What the ledger holds of a listed event. */
export interface Held {
  readonly createdAtId: string | undefined;
  /** Undefined while only the webhook has been seen. */
  readonly version: string | undefined;
  /** True once the event was held as complete as it will ever be, whether listed or delivered. */
  readonly final: boolean;
  /** The webhook in the record's shape, if the list has not shown the event. */
  readonly delivered?: PortingEvent | undefined;
}

/** What the ledger holds of these events; those it lacks are missing from the map. */
export async function readHeld(store: Store, ids: readonly string[]): Promise<ReadonlyMap<string, Held>> {
  const held = new Map<string, Held>();
  for await (const row of readRows(store, 'events', ids, {
    attributes: ['id', 'event_type', 'porting_order_id', 'created_at_id', 'record_version', 'final_at', ...DELIVERY],
  })) {
    held.set(idIn(row), {
      createdAtId: textIn(row, 'created_at_id'),
      version: textIn(row, 'record_version'),
      final: textIn(row, 'final_at') !== undefined,
      delivered: row.record_version === undefined ? deliveredIn(row) : undefined,
    });
  }
  return held;
}

/** True when the held record is as new as the listed one, so there is nothing to write. */
export function isKnown(held: Held | undefined, facts: EventFacts): boolean {
  return held?.version !== undefined && held.version >= facts.version;
}

/** Neither source has brought this event yet. */
const NOT_HELD = lacks('id');
/** The list has not brought this event yet; at most its webhook has. */
const NEVER_LISTED = lacks('record_version');

/** The webhook of an older event is not awaited: an account's first sync lists years of them. */
const AWAITED_FOR = 30 * 24 * 3_600_000;

/**
 * The kinds of listing. Only the row knows which one applies, so each is a conditional write: `news` creates the event
 * or completes it, and must be published; a `confirmation` shows the list's own record of what is known. A `repetition`
 * is a confirmation that tells the order nothing, and leaves no work.
 */
type Meaning = 'news' | 'confirmation' | 'repetition';

const REPEATS = all(NEVER_LISTED, exists('final_at'), lacks('fold_again'), lacks('joined_to'));

function conditionOf(meaning: Meaning, { final, version }: EventFacts): Condition {
  if (meaning === 'repetition') return REPEATS;
  // A completed record is never replaced by an older one: versions only grow.
  const isNewer = any(NEVER_LISTED, isBelow('record_version', version));
  if (meaning === 'news') return final ? all(lacks('final_at'), isNewer) : NOT_HELD;
  return all(exists(final ? 'final_at' : 'id'), isNewer);
}

/**
 * The only way to write listings. It also marks the counts that a listing will change as doubtful before it is written:
 * the count of the event's day if the event is new, and of both days if Telnyx's `created_at` moves it out of the
 * webhook's day.
 *
 * @param now milliseconds since 1970
 */
export function listingRecorder(store: Store, now: () => number) {
  const doubt = dayDoubter(store, now);

  async function doubtDays({ createdAt }: EventFacts, held: Held | undefined): Promise<void> {
    const heldDay = held?.createdAtId === undefined ? undefined : dayOf(held.createdAtId);
    if (heldDay === dayOf(createdAt)) return;
    await doubt(createdAt);
    if (heldDay !== undefined) await doubt(heldDay);
  }

  return {
    /**
     * Writes a listed event: one conditional request, or two when the row changed since it was read.
     *
     * @param held what the ledger holds of it; if omitted, the event is taken to be new
     */
    async record(listed: ListedEvent, held?: Held): Promise<ListingOutcome> {
      await doubtDays(listed.facts, held);
      const meanings: Meaning[] = ['news', 'confirmation'];
      if (held && (held.final || !listed.facts.final)) meanings.reverse();
      if (held?.delivered && repeats(listed, held.delivered)) meanings.unshift('repetition');
      for (const meaning of meanings) {
        const before = await write(store, listed, now(), meaning, conditionOf(meaning, listed.facts));
        if (!before) continue;
        if (before.record_version) return 'upgraded';
        return before.event_type ? 'confirmed' : 'inserted';
      }
      return 'known';
    },

    /** Writes a listed event if nothing of it is held; true when it did. */
    async insert(listed: ListedEvent): Promise<boolean> {
      await doubtDays(listed.facts, undefined);
      return (await write(store, listed, now(), 'news', NOT_HELD)) !== undefined;
    },
  };
}

/** True when the list's record says the same of the order as the webhook did. */
function repeats({ facts, record }: ListedEvent, delivered: PortingEvent): boolean {
  const known = factsOf(delivered, facts.createdAt);
  if (!known || !facts.final) return false;
  const factOf = (event: PortingEvent, { createdAt }: EventFacts) =>
    orderFactOf(event, { createdAt, version: undefined, listed: true, webhook: true });
  return sayTheSame(factOf(delivered, known), factOf(record, facts));
}

function write(store: Store, { facts, record }: ListedEvent, now: number, meaning: Meaning, when: Condition) {
  const { id, eventType, createdAt } = facts;
  const at = timestampOf(now);
  const news = meaning === 'news';
  // With its payload an event may be recognised under another id, so its webhook is awaited again, even if it was given
  // up before.
  const isAwaited = news && mayArriveByWebhook(eventType) && now - millisecondsOf(createdAt) < AWAITED_FOR;
  const listing: Change = {
    set: {
      listing: listingOf(record, facts),
      record_version: facts.version,
      record_type: RECORD_TYPE,
      event_type: eventType,
      porting_order_id: facts.portingOrderId,
      // Telnyx's own created_at replaces the webhook's occurred_at, which is some seconds off.
      created_at_id: createdAtId(createdAt, id),
      listed_first_at: once(at),
      first_seen_id: once(createdAtId(at, id)),
      final_at: facts.final ? once(at) : undefined,
      delivery: facts.hasPayload ? SUPERSEDED : undefined,
    },
    remove: [...(facts.hasPayload ? FORMER_BODIES : ['record']), 'fold_again'],
  };
  const left = { news: publish, confirmation: revise, repetition: () => REVISED }[meaning](id, at);
  const change = together(listing, left, isAwaited ? awaited(id, at) : {});
  return update(store, 'events', { id }, { when, ...change, returns: 'UPDATED_OLD' });
}
