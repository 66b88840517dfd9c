import { readRows } from '../table/read-rows.ts';
import type { Store } from '../table/store.ts';
import { idIn, textIn } from '../table/values.ts';
import { isRetired } from './retention.ts';

/** What the ledger knows of an event whose webhook Telnyx could not deliver. */
export interface DeliveryMark {
  /** True when the webhook came after all: at another attempt, or when it was sent again. */
  readonly webhookArrived: boolean;
  readonly portingOrderId: string | undefined;
}

/**
 * Looks events up by id, up to 100 in a request. Events that the ledger lacks, or no longer shows, are missing from the
 * map.
 *
 * @param now milliseconds since 1970
 */
export async function readDeliveryMarks(
  store: Pick<Store, 'client' | 'events'>,
  ids: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, DeliveryMark>> {
  const marks = new Map<string, DeliveryMark>();
  const attributes = ['id', 'webhook_first_at', 'porting_order_id', 'expires_at'];
  for await (const row of readRows(store, 'events', ids, { attributes })) {
    if (isRetired(row, now)) continue;
    marks.set(idIn(row), {
      webhookArrived: textIn(row, 'webhook_first_at') !== undefined,
      portingOrderId: textIn(row, 'porting_order_id'),
    });
  }
  return marks;
}
