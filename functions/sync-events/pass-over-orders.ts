import { forgetDisagreement } from '../ledger/orders/disagreements.ts';
import { digestOf } from '../ledger/orders/order-digest.ts';
import { NO_STATUS } from '../ledger/orders/order-keys.ts';
import { completePass, keepPlace, readPlace } from '../ledger/orders/order-pass.ts';
import { readStatuses } from '../ledger/orders/order-statuses.ts';
import { readOrder } from '../ledger/orders/orders.ts';
import { ordersInStatus } from '../ledger/orders/orders-by-status.ts';
import type { OrderStore } from '../ledger/table/store.ts';
import { DELETED, TERMINAL } from '../porting/acts.ts';
import { type OrderDetails, readDetails } from '../porting/order-details.ts';
import { isWorthReading } from '../porting/order-reading.ts';
import { type Timestamp, timestampOf } from '../porting/timestamp.ts';
import type { OrderReader } from './order-reader.ts';

/** What the index shows of an open order. */
interface OpenOrder {
  readonly status: string;
  readonly readAs: string | undefined;
}

/**
 * Reads the orders that have ended since a pass or two, if what was read of them last may not be their end: an event is
 * often folded only after its order is read. Then compares the open orders with Telnyx's list, newest first and down to
 * the oldest of them: so the ledger sees what changes without an event, such as a FOC date that moves. The list may lag
 * behind the order itself: where it differs, the order is asked for. Nothing is written about an order that says what
 * it said before.
 *
 * A pass that is cut off goes on from its page in the next call.
 *
 * @param now milliseconds since 1970
 * @param backTo how long ago an order may have ended to be looked at again, in milliseconds
 */
export async function passOverOrders(
  store: OrderStore,
  reader: OrderReader,
  now: number,
  backTo: number,
): Promise<void> {
  const place = await readPlace(store);
  const open = await readOpenOrders(store);
  const gone = await settleDisagreements(store, reader);
  await readEnded(store, reader, now, timestampOf(now - backTo));
  const left = new Set((place?.left ?? [...open.keys()]).filter((id) => open.has(id) && !gone.has(id)));
  const beganAt = place?.beganAt ?? now;
  let page = place?.page ?? 1;
  try {
    while (left.size > 0) {
      const { records, totalPages } = await reader.list(page);
      for (const record of records) {
        const { id, details } = readDetails(record) ?? {};
        const held = id === undefined ? undefined : open.get(id);
        if (id === undefined || !details || !held) continue;
        await compare(reader, id, details, held);
        left.delete(id);
      }
      if (records.length === 0 || page >= totalPages) break;
      page += 1;
    }
    // The list does not have these: they are gone, or it lags.
    for (const id of left) {
      await reader.read(id);
      left.delete(id);
    }
  } catch (error) {
    await keepPlace(store, { beganAt, page, left: [...left] });
    throw error;
  }
  await completePass(store, beganAt, place !== undefined);
}

async function readOpenOrders(store: OrderStore): Promise<ReadonlyMap<string, OpenOrder>> {
  const open = new Map<string, OpenOrder>();
  for (const status of await readStatuses(store)) {
    if (TERMINAL.includes(status)) continue;
    for await (const { id, readAs } of ordersInStatus(store, status)) open.set(id, { status, readAs });
  }
  return open;
}

/**
 * Forgets the differences of status that an event has settled, and reads the orders that have ended in the ledger alone.
 *
 * @returns orders that Telnyx did not have an hour apart: they are not asked for again
 */
async function settleDisagreements(store: OrderStore, reader: OrderReader): Promise<ReadonlySet<string>> {
  const gone = new Set<string>();
  for (const { id, telnyx, lasts } of (await reader.disagreements()).values()) {
    reader.goOn();
    const { state, reading } = await readOrder(store, id);
    if (!reading?.differs) await forgetDisagreement(store, id);
    else if (telnyx === DELETED && lasts) gone.add(id);
    else if (state.terminal) await reader.read(id);
  }
  return gone;
}

async function readEnded(store: OrderStore, reader: OrderReader, now: number, from: Timestamp): Promise<void> {
  const settled = await reader.disagreements();
  for (const status of TERMINAL) {
    for await (const { id } of ordersInStatus(store, status, { from })) {
      reader.goOn();
      const { state, reading } = await readOrder(store, id);
      if (!settled.has(id) && isWorthReading(state, reading, now)) await reader.read(id);
    }
  }
}

async function compare(reader: OrderReader, id: string, details: OrderDetails, held: OpenOrder): Promise<void> {
  const { status, ...others } = details;
  const isSame = status === undefined || held.status === NO_STATUS || held.status === status;
  // A first reading may come from the list: what lags in it, the next pass corrects.
  if (isSame && held.readAs === undefined) await reader.recordFirst(id, others);
  else if (!isSame || held.readAs !== digestOf(details)) await reader.read(id);
}
