import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { eventAskingToAct } from '../../porting/derived.ts';
import { countGathered, countSplits, type Gather, gatherEqual, gatherPast } from '../../porting/gathered-facts.ts';
import { readJson } from '../../porting/json.ts';
import { questionIn } from '../../porting/needs.ts';
import { foldOrder, type OrderState } from '../../porting/order.ts';
import { factsIn } from '../../porting/order-facts.ts';
import { type JoinableFact, presentId, withoutJoined } from '../../porting/pairs.ts';
import { type Timestamp, timestampOf } from '../../porting/timestamp.ts';
import { createdAtId } from '../table/event-keys.ts';
import { any, exists, is, lacks, once } from '../table/expressions.ts';
import { readKeys } from '../table/key-range.ts';
import { controlRange } from '../table/read-rows.ts';
import { controlKey, type OrderStore, type Store } from '../table/store.ts';
import { idIn, numberIn, type Row, textIn } from '../table/values.ts';
import { get, put, update } from '../table/verbs.ts';
import { isKey, NO_STATUS, UNDECIDED } from './order-keys.ts';
import { noteStatus } from './order-statuses.ts';

/**
 * A row of the table `orders`:
 * - `id`; `facts`: what the fold knows of each event, as deflated JSON. They stay even when the events expire
 * - `version` grows with every write: a writer must have read the present row
 * - the keys of the indexes: `status`, `customer_reference`, `changed_at_id`; and `since`, the status's own
 * - `asked_at`: when Telnyx had the last word in an open order, and still has it
 * - `support_key`, for people who look at the table
 * - `action_told`: the event whose action_required was last published
 * - `undecided`, the key of a sparse index: as far as is known the customer must act, and that has not been published
 * - `overdue_since`, `overdue_at`: the stay in a status that was published as too long, and when it was
 * - `retired` once all its events have expired
 */
export interface HeldOrder {
  readonly state: OrderState;
  readonly facts: readonly HeldFact[];
  readonly overdueSince: string | undefined;
  /** The event whose action_required was last published. */
  readonly actionPublished: string | undefined;
  /** The version of the row; 0 when there is none. */
  readonly version: number;
}

/** A fact, with the state of its event's row. */
export type HeldFact = JoinableFact & {
  /** The event has expired. When the list shows it again, that is not news. */
  readonly gone?: true;
};

/** Bytes of facts, of DynamoDB's 400 KB per row. Some 10,000 deflated events are 300 KB. */
const LARGEST = 370_000;
/** What is done to an order's facts, one after the other, until they fit. Only the first two leave nothing out. */
const STEPS: readonly (Gather | undefined)[] = [undefined, gatherEqual, gatherPast, countGathered, countSplits];
const LEAVES_OUT = 3;

/** An order has few writers at once, and each conflict means that another one succeeded. */
const MOST_CONFLICTS = 20;

/** What the ledger holds of an order; an empty history when there is nothing. */
export async function readOrder(store: OrderStore, id: string): Promise<HeldOrder> {
  const row = await get(store, 'orders', { id }, { consistent: true });
  const facts = unpack(row);
  return {
    facts,
    state: stateOf(id, facts),
    overdueSince: textIn(row, 'overdue_since'),
    actionPublished: textIn(row, 'action_told'),
    version: numberIn(row, 'version') ?? 0,
  };
}

/**
 * Changes the facts of an order's events and folds them again. When another process writes the order at the same time,
 * it is read and changed again: no event is lost between the two. The status is folded however many events an order
 * has. An order with too many events to keep, so that some are only counted, is noted in `control`, and the ledger's
 * status names it.
 *
 * @param now milliseconds since 1970
 * @param change makes the new facts from the held ones; it may be called several times
 */
export async function changeOrder(
  store: OrderStore,
  id: string,
  now: number,
  change: (held: readonly HeldFact[]) => readonly HeldFact[],
): Promise<HeldOrder> {
  for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
    const held = await readOrder(store, id);
    const { facts, packed, state, step } = fitted(id, change(held.facts));
    if (packed.equals(pack(held.facts))) return held;
    if (step >= LEAVES_OUT) await noteLargeOrder(store, id, now);
    await noteStatus(store, statusOf(state));
    const overdueSince = held.overdueSince === state.status_since ? held.overdueSince : undefined;
    const actionPublished = presentId(held.actionPublished, state.status_event_id, facts);
    const version = held.version + 1;
    const row = {
      ...rowOf(state, packed, version),
      overdue_since: overdueSince,
      action_told: actionPublished,
      undecided: eventAskingToAct(state, actionPublished, now) === undefined ? undefined : UNDECIDED,
      retired: facts.every(({ gone, of = id }) => gone || of !== id) ? 'yes' : undefined,
    };
    const isUnchanged = any(lacks('version'), is('version', held.version));
    if (await put(store, 'orders', row, { when: isUnchanged })) {
      return { state, facts, overdueSince, actionPublished, version };
    }
  }
  throw new Error(`The order ${id} was written by others ${MOST_CONFLICTS} times in a row.`);
}

/**
 * Records whose action_required was published, or that there is none to publish, and takes the order out of
 * `undecided`. Does nothing if the order has been written since it was read, because it may then ask for something
 * else.
 *
 * @param eventId the event; undefined when nothing was published
 * @param version of the row as it was read
 */
export async function markDecided(
  store: OrderStore,
  id: string,
  eventId: string | undefined,
  version: number,
): Promise<void> {
  // A concurrent fold of the order must see the mark, or the event would be published a second time.
  const decided = { set: { action_told: eventId }, add: { version: 1 } };
  const when = is('version', version);
  if (await update(store, 'orders', { id }, { ...decided, when, remove: ['undecided'] })) return;
  if (eventId !== undefined) await update(store, 'orders', { id }, { ...decided, when: exists('id') });
}

/** Facts that fit into a row, with their state. */
function fitted(id: string, given: readonly HeldFact[]) {
  for (const [step, gather] of STEPS.entries()) {
    const facts: readonly HeldFact[] = gather ? gather(id, given) : given;
    const state = stateOf(id, facts);
    const packed = pack(facts);
    if (packed.length <= LARGEST) return { facts, packed, state, step };
  }
  throw new Error(`The order ${id} has ${given.length} events that do not fit into a row.`);
}

/** Records that some of an order's events are only counted. */
async function noteLargeOrder(store: OrderStore, id: string, now: number): Promise<void> {
  await update(store, 'control', controlKey('large-order', id), { set: { since: once(timestampOf(now)) } });
}

/** An order with events that are only counted. */
export interface LargeOrder {
  readonly id: string;
  readonly since: Timestamp;
}

/** The orders with events that are only counted, 100 at most. */
export async function readLargeOrders(store: Store): Promise<readonly LargeOrder[]> {
  const { rows } = await readKeys(store, controlRange('large-order'), undefined, 100);
  return rows.map((row) => ({ id: idIn(row), since: textIn(row, 'since') ?? '' }));
}

/** The order in a row. */
export function stateIn(row: Row): OrderState {
  return stateOf(idIn(row), unpack(row));
}

function stateOf(id: string, facts: readonly HeldFact[]): OrderState {
  return foldOrder(id, withoutJoined(facts));
}

function rowOf(state: OrderState, facts: Buffer, version: number) {
  const { id, status_since, customer_reference: reference, support_key } = state;
  return {
    id,
    status: statusOf(state),
    since: status_since ?? undefined,
    customer_reference: reference && isKey(reference) ? reference : undefined,
    support_key: support_key ?? undefined,
    asked_at: questionIn(state),
    changed_at_id: createdAtId(state.changed_at, id),
    facts,
    version,
  };
}

function statusOf({ status }: OrderState): string {
  return status?.value ?? NO_STATUS;
}

function unpack(row: Row | undefined): readonly HeldFact[] {
  const packed = row?.facts?.B;
  return packed ? factsIn(readJson(inflateRawSync(packed).toString())) : [];
}

function pack(facts: readonly HeldFact[]): Buffer {
  return deflateRawSync(JSON.stringify(facts));
}
