import { derivedFrom, type Told } from '../../porting/derived.ts';
import { countGathered, countSplits, type Gather, gatherEqual, gatherPast } from '../../porting/gathered-facts.ts';
import { namesOf } from '../../porting/order-names.ts';
import { withoutDifference } from '../../porting/order-reading.ts';
import { presentId } from '../../porting/pairs.ts';
import { shownDetails } from '../../porting/shown-details.ts';
import { any, exists, is, lacks } from '../table/expressions.ts';
import type { OrderStore } from '../table/store.ts';
import { get, put, update } from '../table/verbs.ts';
import { noteLargeOrder } from './large-orders.ts';
import { addNames, removeNames } from './order-names.ts';
import { type HeldFact, pack } from './order-packing.ts';
import { type HeldOrder, heldIn, rowOf, stateOf, statusOf, toldAttributes } from './order-row.ts';
import { noteStatus } from './order-statuses.ts';

/** Bytes of facts, of DynamoDB's 400 KB per row. Some 10,000 deflated events are 300 KB. */
const LARGEST = 370_000;
/** What is done to an order's facts, one after the other, until they fit. Only the first two leave nothing out. */
const STEPS: readonly (Gather | undefined)[] = [undefined, gatherEqual, gatherPast, countGathered, countSplits];
const LEAVES_OUT = 3;

/** An order has few writers at once, and each conflict means that another one succeeded. */
const MOST_CONFLICTS = 20;

/** What the ledger holds of an order; an empty history when there is nothing. */
export async function readOrder(store: OrderStore, id: string): Promise<HeldOrder> {
  return heldIn(id, await get(store, 'orders', { id }, { consistent: true }));
}

/**
 * Changes the facts of an order's events and folds them again; what was read of the order itself stays. The status is
 * folded however many events an order has. An order with too many events to keep, so that some are only counted, is
 * noted in `control`, and the ledger's status names it.
 *
 * @param now milliseconds since 1970
 * @param change makes the new facts from the held ones; it may be called several times
 */
export function changeOrder(
  store: OrderStore,
  id: string,
  now: number,
  change: (held: readonly HeldFact[]) => readonly HeldFact[],
): Promise<HeldOrder> {
  return rewriteOrder(store, id, now, async (held) => {
    const { facts, packed, state, step } = fitted(held, change(held.facts));
    if (packed.equals(pack(held))) return undefined;
    if (step >= LEAVES_OUT) await noteLargeOrder(store, id, now);
    await noteStatus(store, statusOf(state));
    const isMoved = statusOf(state) !== statusOf(held.state);
    return {
      ...held,
      facts,
      state,
      reading: isMoved && held.reading ? withoutDifference(held.reading) : held.reading,
      overdueSince: held.overdueSince === state.status_since ? held.overdueSince : undefined,
      told: {
        ...held.told,
        action: presentId(held.told.action, state.status_event_id, facts),
        comment: presentId(held.told.comment, state.last_comment?.event_id ?? null, facts),
        draft: presentId(held.told.draft, state.status_event_id, facts),
      },
    };
  });
}

/**
 * Changes an order's row as a whole. When another process writes it at the same time, it is read and changed again: a
 * fold keeps what a reading found, and a reading keeps what a fold found.
 *
 * @param now milliseconds since 1970
 * @param change may be called several times; `undefined` changes nothing
 */
export async function rewriteOrder(
  store: OrderStore,
  id: string,
  now: number,
  change: (held: HeldOrder) => Promise<HeldOrder | undefined>,
): Promise<HeldOrder> {
  for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
    const held = await readOrder(store, id);
    const changed = await change(held);
    if (!changed) return held;
    const next = { ...changed, version: held.version + 1 };
    const [before, after] = [namesHeld(held), namesHeld(next)];
    await addNames(store, id, without(after, before), next.version);
    const isUnchanged = any(lacks('version'), is('version', held.version));
    if (await put(store, 'orders', rowOf(next, now), { when: isUnchanged })) {
      await removeNames(store, id, without(before, after), next.version);
      return next;
    }
  }
  throw new Error(`The order ${id} was written by others ${MOST_CONFLICTS} times in a row.`);
}

function namesHeld({ state, reading }: HeldOrder): readonly string[] {
  return namesOf({ ...state, details: shownDetails(reading) });
}

function without(names: readonly string[], others: readonly string[]): readonly string[] {
  return names.filter((name) => !others.includes(name));
}

/**
 * Records what was published about an order, or that there is nothing to publish, and takes it out of `undecided`. It
 * stays there while there is something else to publish, and when it was written since it was read.
 *
 * @param held the order as it was read
 * @param told what was published; empty when nothing was
 * @param now milliseconds since 1970
 */
export async function markDecided(store: OrderStore, held: HeldOrder, told: Told, now: number): Promise<void> {
  const { id, version } = held;
  // A concurrent fold of the order must see the marks, or the same would be published a second time.
  const decided = { set: toldAttributes(told), add: { version: 1 } };
  const isDone = derivedFrom({ ...held, told: { ...held.told, ...told } }, now).length === 0;
  const when = is('version', version);
  if (isDone && (await update(store, 'orders', { id }, { ...decided, when, remove: ['undecided'] }))) return;
  if (Object.keys(told).length > 0) await update(store, 'orders', { id }, { ...decided, when: exists('id') });
}

/** Facts that fit into a row, with their state. */
function fitted({ id, reading }: HeldOrder, given: readonly HeldFact[]) {
  for (const [step, gather] of STEPS.entries()) {
    const facts: readonly HeldFact[] = gather ? gather(id, given) : given;
    const packed = pack({ facts, reading });
    if (packed.length <= LARGEST) return { facts, packed, state: stateOf(id, facts), step };
  }
  throw new Error(`The order ${id} has ${given.length} events that do not fit into a row.`);
}
