import { readIdsAgree } from '../ledger/events/id-agreement.ts';
import { hideJoined, join, restoreListed } from '../ledger/events/join.ts';
import { foldAgainWhenListed, readUnpublished, type Unpublished } from '../ledger/events/outbox.ts';
import { retireAgain } from '../ledger/events/retention.ts';
import type { HeldFact } from '../ledger/orders/order-packing.ts';
import type { HeldOrder } from '../ledger/orders/order-row.ts';
import { changeOrder } from '../ledger/orders/orders.ts';
import type { OrderStore } from '../ledger/table/store.ts';
import { orderFactOf } from '../porting/order-fact-of.ts';
import { mergeFacts } from '../porting/order-facts.ts';
import { type Pair, pairsAmong, withoutJoined } from '../porting/pairs.ts';

/** An order after its new events, and those of them that are yet to be published. */
export interface Folded {
  readonly held: HeldOrder;
  readonly rows: readonly Unpublished[];
}

/**
 * Folds new events of one order into its state. Where ids are known to differ, it joins the two rows of one event and
 * folds the order again. An event that comes back after it expired is hidden again.
 *
 * @param now milliseconds since 1970
 */
export async function foldIn(
  store: OrderStore,
  orderId: string,
  found: readonly Unpublished[],
  now: number,
): Promise<Folded> {
  const rows = await settlePairs(store, found, now);
  const gone = new Set<string>();
  const folded = await changeOrder(store, orderId, now, (held) => {
    gone.clear();
    const expired = new Set(held.flatMap(({ gone, id, also = [] }) => (gone ? [id, ...also] : [])));
    for (const { id } of rows) if (expired.has(id)) gone.add(id);
    return mergeFacts([...held, ...rows.filter(({ id }) => !gone.has(id)).map(factOf)]);
  });
  const joined = await joinPairs(store, pairsAmong(folded.facts), now);
  if (joined.length > 0) return foldIn(store, orderId, await readAgain(store, rows, joined), now);
  for (const { id, createdAt } of rows) if (gone.has(id)) await retireAgain(store, id, createdAt, now);
  await foldOtherOrders(store, orderId, rows, now);
  await settleTies(store, folded.facts, rows, now);
  return { held: folded, rows: rows.filter(({ id }) => !gone.has(id)) };
}

/** Completes joins that an earlier publisher began, and separates rows when the list has shown the webhook's id. */
async function settlePairs(store: OrderStore, rows: readonly Unpublished[], now: number) {
  const settled: Pair[] = [];
  for (const { id, joinedFrom, mistakenFor } of rows) {
    if (joinedFrom !== undefined) {
      const pair = { listedId: id, webhookId: joinedFrom };
      if (!(await hideJoined(store, pair, now))) await restoreListed(store, pair, now);
      settled.push(pair);
    }
    if (mistakenFor !== undefined) {
      const pair = { listedId: mistakenFor, webhookId: id };
      await restoreListed(store, pair, now);
      settled.push(pair);
    }
  }
  return settled.length > 0 ? readAgain(store, rows, settled) : rows;
}

/** @returns the pairs whose rows are joined; none where ids agree, or may agree */
async function joinPairs(store: OrderStore, pairs: readonly Pair[], now: number): Promise<readonly Pair[]> {
  if (pairs.length === 0 || (await readIdsAgree(store)) !== false) return [];
  const joined: Pair[] = [];
  for (const pair of pairs) if (await join(store, pair, now)) joined.push(pair);
  return joined;
}

/** Reads the rows and those of the pairs again: anything written since must be folded before it is published. */
async function readAgain(store: OrderStore, rows: readonly Unpublished[], pairs: readonly Pair[]) {
  const ids = [...rows.map(({ id }) => id), ...pairs.flatMap(({ listedId, webhookId }) => [listedId, webhookId])];
  return (await readUnpublished(store, ids)).rows;
}

/** An order with more events gathers those that are known from both sources: gathered-facts.ts. */
const LARGE = 100;
/** Earlier events of the same second are marked already when there are more. */
const FEW = 10;

/**
 * Most confirmations by the list are not folded, so the facts keep the date of the webhook. It must be the list's in a
 * large order, and where two events have one time, since only that date then says which came first.
 */
async function settleTies(
  store: OrderStore,
  facts: readonly HeldFact[],
  rows: readonly Unpublished[],
  now: number,
): Promise<void> {
  const ids = new Set(rows.map(({ id }) => id));
  const isNew = ({ id }: HeldFact) => ids.has(id);
  const tied = [...Map.groupBy(withoutJoined(facts), ({ at }) => at).values()]
    .filter((those) => those.length > 1 && those.some(isNew))
    .flatMap((those) => (those.length > FEW ? those.filter(isNew) : those));
  const deciding = new Set([...tied, ...(facts.length > LARGE ? facts.filter(isNew) : [])]);
  for (const { id, listed } of deciding) if (!listed) await foldAgainWhenListed(store, id, now);
}

/** A split is listed under one of its two orders; this folds the other one. */
async function foldOtherOrders(
  store: OrderStore,
  orderId: string,
  rows: readonly Unpublished[],
  now: number,
): Promise<void> {
  const splits = rows.map(factOf).filter(({ into }) => into !== undefined);
  const others = new Set(splits.flatMap(({ into, from }) => [into, from]));
  others.delete(orderId);
  for (const other of others) {
    if (other === undefined) continue;
    const about = splits.filter(({ into, from }) => into === other || from === other);
    await changeOrder(store, other, now, (held) => mergeFacts([...held, ...about]));
  }
}

function factOf({ event, createdAt, recordVersion, listed, byWebhook, joinedTo }: Unpublished): HeldFact {
  const fact = orderFactOf(event, { createdAt, version: recordVersion, listed, webhook: byWebhook });
  return joinedTo === undefined ? fact : { ...fact, joined: true };
}
