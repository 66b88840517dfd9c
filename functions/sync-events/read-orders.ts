import { describeError, log } from '../lambda/log.ts';
import { readConfirmedAt } from '../ledger/orders/order-pass.ts';
import { readOrder } from '../ledger/orders/orders.ts';
import { readOrdersRefused, recordOrdersRefused } from '../ledger/status/upstream-state.ts';
import type { OrderStore } from '../ledger/table/store.ts';
import { isWorthReading } from '../porting/order-reading.ts';
import { millisecondsOf, type Timestamp } from '../porting/timestamp.ts';
import type { OrdersApi } from '../telnyx/orders-api.ts';
import { UpstreamError } from '../telnyx/upstream-error.ts';
import type { ChangedOrders } from './changed-orders.ts';
import { type OrderReader, type OrderReaderOptions, orderReader } from './order-reader.ts';
import { passOverOrders } from './pass-over-orders.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How orders are read after the runs of a call. */
export interface OrderDetailsOptions {
  readonly store: OrderStore;
  readonly api: () => Promise<OrdersApi>;
  /** Milliseconds between two scheduled runs. */
  readonly interval: number;
}

/**
 * The longest that one call reads orders, in milliseconds. On a laptop, where runs are 15 s apart and the next one waits
 * for this call, it is less.
 */
export function timeForOrders(interval: number): number {
  return Math.min(MINUTE, interval / 2);
}

/** A pass each hour, or each twelfth run: on a laptop orders live for minutes. */
function passEvery(interval: number): number {
  return Math.min(HOUR, 12 * interval);
}

/**
 * Reads orders after the runs of a call: those that a new event may have changed, and once an hour all that are open.
 * It never throws: a failure ends the reading, and the next call goes on.
 *
 * @param changed what the runs have changed
 */
export async function readAfterRuns(
  { interval, ...options }: Omit<OrderReaderOptions, 'lastRun' | 'wasRefused'> & OrderDetailsOptions,
  changed: ChangedOrders,
): Promise<void> {
  const { store, clock } = options;
  const every = passEvery(interval);
  let reader: OrderReader | undefined;
  try {
    const [refused, passedAt] = await Promise.all([readOrdersRefused(store), readConfirmedAt(store)]);
    if (isWithin(every, refused?.at, clock.now())) return;
    const lastRun = changed.lastRun();
    if (!lastRun) return;
    reader = orderReader({ ...options, lastRun: lastRun.version, wasRefused: refused !== undefined });
    await readAfterEvents(store, reader, changed, clock.now());
    // What a first sync has just listed, publish-events is about to fold. By the next run, these orders have rows.
    if (lastRun.wasCurrent && !isWithin(every, passedAt, clock.now()))
      await passOverOrders(store, reader, clock.now(), 2 * every);
  } catch (error) {
    await endedBy(error, store, clock.now());
  }
  const { read, changed: many, listed } = reader?.counts ?? { read: 0, changed: 0, listed: 0 };
  if (read + listed > 0) log('info', 'orders_read', { read, changed: many, listed });
}

/** True when an instant is less than `age` milliseconds ago. A clock that was ahead may have left a future one. */
function isWithin(age: number, at: Timestamp | undefined, now: number): boolean {
  const ago = at === undefined ? age : now - millisecondsOf(at);
  return ago >= 0 && ago < age;
}

async function readAfterEvents(
  store: OrderStore,
  reader: OrderReader,
  { ids }: ChangedOrders,
  now: number,
): Promise<void> {
  for (const [id, isNews] of ids) {
    reader.goOn();
    const { version, state, reading } = await readOrder(store, id);
    if (version > 0 && isWorthReading(state, reading, now)) await reader.read(id, isNews);
  }
}

async function endedBy(error: unknown, store: OrderStore, now: number): Promise<void> {
  const fault = error instanceof UpstreamError ? error.fault : undefined;
  if (fault === 'gave up') return;
  log('warn', 'orders_not_read', { error: describeError(error) });
  if (fault !== 'key refused' && fault !== 'not available') return;
  await recordOrdersRefused(store, now).catch((thrown: unknown) => {
    log('warn', 'orders_not_read', { error: describeError(thrown) });
  });
}
