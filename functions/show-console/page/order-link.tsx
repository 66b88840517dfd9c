import { orderName } from '../../porting/order-words.ts';
import { hrefTo } from './address.ts';
import type { Order } from './answers.ts';
import { ask } from './api.ts';
import { useLive } from './live.ts';

/** A link to another order by its name; by its id until the name is known. */
export function OrderLink({ id }: { readonly id: string }) {
  const path = `/v2/orders/${encodeURIComponent(id)}`;
  const { data: order } = useLive(path, async (signal) => (await ask<{ data: Order }>(path, { signal })).data);
  return (
    <a class="line" href={hrefTo(`orders/${id}`)} dir="auto">
      {order ? orderName(order) : id}
    </a>
  );
}
