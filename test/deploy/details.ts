import type { ShownDetails } from '../../functions/porting/shown-details.ts';
import type { Ledger } from './ledger.ts';
import { readAll } from './orders.ts';
import type { Rehearsal } from './rehearsal.ts';
import { equal, holds } from './report.ts';
import type { Tokens } from './secrets.ts';

interface Order {
  readonly id: string;
  readonly terminal: boolean;
  readonly details: ShownDetails | null;
}

/** The sync has read orders: what it shows of them is Telnyx's, and nothing private is in it. */
export async function checkDetails({ telnyx }: Rehearsal, ledger: Ledger, tokens: Tokens): Promise<void> {
  const { result } = await ledger.invoke('sync-events', '{}');
  equal('a sync run, and what it reads after it', result.status, 'complete');
  const orders = await readAll<Order>(ledger, tokens, '/v2/orders');
  const read = orders.filter(({ details }) => details !== null);
  holds(`${read.length} of ${orders.length} orders have details`, read.length > 0, orders);
  const known = read.flatMap(({ id, details }) => {
    const order = telnyx.api.order(id);
    return order && details ? [{ id, details, order }] : [];
  });
  equal(
    'the number of phone numbers, the old carrier and the creation are those of the order at Telnyx',
    known.map(({ id, details }) => [
      id,
      details.number_count,
      details.losing_carrier,
      details.created_at?.slice(0, 19),
    ]),
    known.map(({ id, order }) => [
      id,
      order.porting_phone_numbers_count,
      order.old_service_provider_ocn,
      order.created_at.slice(0, 19),
    ]),
  );
  const text = JSON.stringify(orders);
  holds('nothing private is in the answers', !/private |\+1303555/.test(text), text.slice(0, 2_000));
}
