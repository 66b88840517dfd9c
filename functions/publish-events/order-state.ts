import { idsAgree, readIdsKnowledge } from '../ledger/events/id-agreement.ts';
import { readUnpublished, type Unpublished } from '../ledger/events/outbox.ts';
import { retireAgain } from '../ledger/events/retention.ts';
import { joinTwins, separateTwins } from '../ledger/events/twins.ts';
import { changeOrder, type HeldFact, type HeldOrder } from '../ledger/orders/orders.ts';
import type { OrderStore } from '../ledger/table/store.ts';
import type { OrderState } from '../porting/order.ts';
import { orderFactOf } from '../porting/order-fact-of.ts';
import { mergeFacts } from '../porting/order-facts.ts';

/** An order after its new events, and those of them that are still to be announced. */
export interface Folded {
  readonly order: OrderState | null;
  /** The event whose action_required was announced last. */
  readonly actionTold: string | undefined;
  /** Of the order's row. */
  readonly version: number;
  readonly rows: readonly Unpublished[];
}

/**
 * Takes new events of one order into its state. Two rows that turn out to be one event are joined, and events that came back after their
 * time was over are hidden again.
 *
 * @param now milliseconds since 1970
 */
export async function foldIn(
  store: OrderStore,
  orderId: string,
  found: readonly Unpublished[],
  now: number,
): Promise<Folded> {
  const rows = await apart(store, found, now);
  const gone = new Set<string>();
  let joined = false;
  const folded = await changeOrder(store, orderId, now, async (held) => {
    const known = new Map(held.flatMap((fact) => [fact.id, ...(fact.also ?? [])].map((id) => [id, fact] as const)));
    for (const { id } of rows) if (known.get(id)?.gone) gone.add(id);
    const isApart = ({ listed, joinedTo }: Unpublished) => listed && joinedTo === undefined;
    const fresh = rows.filter((row) => !known.get(row.id)?.gone && (isApart(row) || !known.get(row.id)?.joined));
    const single = new Set(rows.filter(isApart).map(({ id }) => id));
    const before = held.map(({ joined, ...fact }) => (joined && !single.has(fact.id) ? { ...fact, joined } : fact));
    let facts: readonly HeldFact[] = mergeFacts([...before, ...fresh.map(factOf)]);
    for (const twins of [...halfJoined(fresh, known), ...(await twinsAmong(store, facts, fresh))]) {
      if (!(await joinTwins(store, twins, now))) continue;
      joined = true;
      facts = withJoined(facts, twins);
    }
    return facts;
  });
  const left = joined ? (await readUnpublished(store, idsOf(rows))).rows : rows;
  // The rows now tell what joining changed, and whatever else was written meanwhile. Nothing is announced that was not folded.
  if (joined) return foldIn(store, orderId, left, now);
  for (const { id, createdAt } of left) if (gone.has(id)) await retireAgain(store, id, createdAt, now);
  await tellOtherOrders(store, orderId, left, now);
  const { state: order, version } = folded;
  return { order, actionTold: actionToldOf(folded), version, rows: left.filter(({ id }) => !gone.has(id)) };
}

/** The webhook's fact may not be there yet: whoever brings it must find that it is joined, for the row that was read may not say so. */
function withJoined(
  facts: readonly HeldFact[],
  { listedId, webhookId }: { readonly listedId: string; readonly webhookId: string },
): readonly HeldFact[] {
  const listed = facts.find(({ id }) => id === listedId);
  if (!listed) return facts;
  const { at, type } = listed;
  const joined: HeldFact = { id: webhookId, at, type, v: '', listed: false, webhook: true, joined: true };
  return mergeFacts([...facts, { ...listed, webhook: true }, joined]);
}

/** What was said of an event under its webhook's id was said of it under the list's. */
function actionToldOf({ state, facts, actionTold }: HeldOrder): string | undefined {
  const told = facts.find(({ id }) => id === actionTold);
  const present = facts.find(({ id }) => id === state.status_event_id);
  return told?.joined && told.same === present?.same ? present?.id : actionTold;
}

/** A split is listed under one of its two orders. The other one learns it here. */
async function tellOtherOrders(
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

/** The rows as they are when those have been taken apart that the list shows under both ids. */
async function apart(store: OrderStore, rows: readonly Unpublished[], now: number): Promise<readonly Unpublished[]> {
  const mistaken = rows.flatMap(({ id, listed, joinedTo }) =>
    listed && joinedTo !== undefined ? [{ listedId: joinedTo, webhookId: id }] : [],
  );
  for (const twins of mistaken) await separateTwins(store, twins, now);
  if (mistaken.length === 0) return rows;
  return (await readUnpublished(store, idsOf(rows))).rows;
}

function idsOf(rows: readonly Unpublished[]): readonly string[] {
  return rows.map(({ id }) => id);
}

/** Pairs whose rows were being joined when the publisher died: the order has not heard of it. */
function halfJoined(rows: readonly Unpublished[], known: ReadonlyMap<string, HeldFact>) {
  return rows.flatMap(({ id: listedId, joinedFrom: webhookId }) =>
    webhookId !== undefined && !known.get(webhookId)?.joined ? [{ listedId, webhookId }] : [],
  );
}

/**
 * Pairs of facts that tell the same event, one of the list's and one of a webhook's, at least one of them new. Two events may have one key,
 * such as two refusals within a second: each of them is in one pair, with what tells the same reasons if there is such a one.
 */
async function twinsAmong(store: OrderStore, facts: readonly HeldFact[], rows: readonly Unpublished[]) {
  const fresh = new Set(rows.map(({ id }) => id));
  const pairs = alikeAmong(facts).filter(({ listedId, webhookId }) => fresh.has(webhookId) || fresh.has(listedId));
  // Where ids agree, these are two events.
  return pairs.length > 0 && idsAgree(await readIdsKnowledge(store)) === true ? [] : pairs;
}

function alikeAmong(facts: readonly HeldFact[]) {
  const recognisable = facts.filter(({ same, joined }) => same !== undefined && !joined);
  return [...Map.groupBy(recognisable, ({ same }) => same).values()].flatMap((alike) => {
    const listedOnly = alike.filter(({ listed, webhook }) => listed && !webhook);
    const webhookOnly = alike.filter(({ listed, webhook }) => webhook && !listed);
    const pairs: { readonly listedId: string; readonly webhookId: string }[] = [];
    for (const isTwin of [tellTheSame, () => true]) {
      for (const webhook of webhookOnly) {
        const place = listedOnly.findIndex((listed) => isTwin(listed, webhook));
        if (place === -1 || pairs.some(({ webhookId }) => webhookId === webhook.id)) continue;
        for (const { id } of listedOnly.splice(place, 1)) pairs.push({ listedId: id, webhookId: webhook.id });
      }
    }
    return pairs;
  });
}

function tellTheSame(one: HeldFact, other: HeldFact): boolean {
  return JSON.stringify(one.status) === JSON.stringify(other.status);
}
