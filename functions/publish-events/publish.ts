import type { Bus } from '../bus/bus.ts';
import type { BusEvent } from '../bus/entries.ts';
import { describeError, log } from '../lambda/log.ts';
import { learnChannel } from '../ledger/events/channels.ts';
import { markPublished, readUnpublished, type Unpublished } from '../ledger/events/outbox.ts';
import type { HeldOrder } from '../ledger/orders/order-row.ts';
import { markDecided } from '../ledger/orders/orders.ts';
import type { OrderStore } from '../ledger/table/store.ts';
import { type Derived, derivedFrom, isLive, type KnownOrder, toldBy } from '../porting/derived.ts';
import { type Folded, foldIn } from './order-state.ts';
import { derivedEvents, type ToPublish, toPublish } from './publications.ts';
import { foldWhole } from './whole-order.ts';

export interface Publisher {
  readonly store: OrderStore;
  readonly bus: Bus;
  /** The address of the ledger's API. */
  readonly apiUrl: string;
}

/** The result of publishing rows. */
export interface Outcome {
  /** Events put on the bus. */
  readonly events: number;
  /** Events that wait for their payload. */
  readonly waiting: number;
  /** Ids of rows that were not published completely, with the reason. */
  readonly failed: ReadonlyMap<string, string>;
}

/** Orders processed at once. */
const AT_ONCE = 8;

interface Prepared extends ToPublish {
  readonly row: Unpublished;
  /** The order, and what is published about it with this row. */
  readonly about?: { readonly held: HeldOrder; readonly derived: readonly Derived[] };
}

/**
 * Processes rows that the stream or the sweep names: folds their events into their orders, puts them on the bus, and
 * marks them as published, in this order. After a crash between two steps, all steps are repeated with the same ids. A
 * failure of one row does not affect the others.
 *
 * @param now milliseconds since 1970
 */
export async function publishRows(
  ids: readonly string[],
  publisher: Publisher,
  now: () => number,
  trigger: 'stream' | 'sweep',
): Promise<Outcome> {
  const { store, bus, apiUrl } = publisher;
  const { rows, broken } = await readUnpublished(store, ids);
  const failed = new Map(broken);
  const prepared: Prepared[] = [];

  const groups = Map.groupBy(rows, ({ portingOrderId }) => portingOrderId).entries();
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (const [orderId, group] of groups) {
      try {
        const folded = orderId === undefined ? undefined : await foldIn(store, orderId, group, now());
        const about = folded && (await liveDerived(store, folded, now()));
        for (const [index, row] of (folded?.rows ?? group).entries()) {
          const said = toPublish(row, folded?.held.state ?? null, apiUrl, now());
          // Goes with one row: if the bus does not take it, that row is retried.
          const busEvents = about && index === 0 ? derivedEvents(about.held, about.derived, true) : [];
          prepared.push({
            ...said,
            row,
            busEvents: [...said.busEvents, ...busEvents],
            ...(busEvents.length > 0 && about && { about }),
          });
        }
      } catch (error) {
        for (const { id } of group) failed.set(id, describeError(error));
      }
    }
  });
  await Promise.all(workers);

  const refused = await bus.put(prepared.flatMap(({ busEvents }) => busEvents));
  const done = await settle(store, prepared, refused, failed, now);
  await learnChannels(store, prepared, now());
  report(done, failed, trigger);
  return { ...done, failed };
}

/**
 * What is published about an order at once, because a live webhook brought it. Anything else waits until the ledger is
 * current: see decide.ts.
 */
async function liveDerived(store: OrderStore, { held, rows }: Folded, now: number) {
  const live = new Set(
    rows.flatMap(({ id, createdAt, receivedAt }) => (receivedAt && isLive(createdAt, receivedAt) ? id : [])),
  );
  const liveIn = (order: KnownOrder) =>
    derivedFrom(order, now).filter((one) => 'eventId' in one && live.has(one.eventId));
  if (liveIn(held).length === 0) return undefined;
  const whole = await foldWhole(store, held.id, now);
  return { held: whole.held, derived: liveIn(whole.held) };
}

/** Marks and counts what was published. */
async function settle(
  store: OrderStore,
  prepared: readonly Prepared[],
  refused: ReadonlyMap<BusEvent, string>,
  failed: Map<string, string>,
  now: () => number,
) {
  const done = { events: 0, waiting: 0, missed: 0, recovered: 0 };
  const queue = prepared.values();
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (const { row, busEvents, waits, event, missed, recovered, about } of queue) {
      const reason = busEvents.map((each) => refused.get(each)).find((each) => each !== undefined);
      if (reason !== undefined) {
        failed.set(row.id, reason);
        continue;
      }
      const revision = event ? row.ledger.revision : undefined;
      try {
        if (about) await markDecided(store, about.held, toldBy(about.derived), now());
        await markPublished(store, row, { revision, missed, recovered, everything: !waits }, now());
      } catch (error) {
        failed.set(row.id, describeError(error));
        continue;
      }
      if (busEvents.some(({ type }) => type === row.event.event_type)) done.events += 1;
      if (waits) done.waiting += 1;
      if (missed) done.missed += 1;
      if (recovered) done.recovered += 1;
    }
  });
  await Promise.all(workers);
  return done;
}

/** The event types whose arrival this execution environment has recorded, each with when it last did. */
const told = new Map<string, number>();
const TOLD_EVERY = 5 * 60_000;

async function learnChannels(store: OrderStore, prepared: readonly Prepared[], now: number): Promise<void> {
  const arrivals = new Map<string, string>();
  for (const { row } of prepared) {
    if (row.byWebhook && row.ledger.webhook_last_at) arrivals.set(row.event.event_type, row.ledger.webhook_last_at);
  }
  for (const [type, at] of arrivals) {
    const key = `${store.control} ${type}`;
    if (now - (told.get(key) ?? 0) < TOLD_EVERY) continue;
    try {
      await learnChannel(store, type, at);
      told.set(key, now);
    } catch (error) {
      log('warn', 'channel_not_learned', { event_type: type, error: describeError(error) });
    }
  }
}

function report(
  done: { events: number; waiting: number; missed: number; recovered: number },
  failed: ReadonlyMap<string, string>,
  trigger: string,
): void {
  for (const [id, error] of failed) log('error', 'not_published', { id, error });
  if (done.events + done.missed + done.recovered + failed.size > 0) {
    log(failed.size > 0 ? 'error' : 'info', 'publish', { trigger, ...done, failed: failed.size });
  }
}
