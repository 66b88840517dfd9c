import { expect, test } from 'vitest';
import { entryOf, MOST_BYTES, sizeOf } from '../../functions/bus/entries.ts';
import { foldOrder } from '../../functions/porting/order.ts';
import { orderFactOf } from '../../functions/porting/order-fact-of.ts';
import { uuid } from '../porting-events.ts';
import { at, ORDER, splitEvent, statusEvent } from '../publish-events/events.ts';
import { problemsOf } from './schemas.ts';

test('an order with more splits than an entry on the bus can hold is published without its splits', () => {
  const knowledge = { createdAt: at(0), version: '1', listed: true, webhook: true };
  const events = [
    statusEvent(1, 'exception', 0),
    ...Array.from({ length: 7_000 }, (_, number) => splitEvent(number + 2, 0, uuid(1_000_000 + number))),
  ];
  const order = foldOrder(
    ORDER,
    events.map((event) => orderFactOf(event, knowledge)),
  );
  expect(order.split_into).toHaveLength(7_000);
  const about = { live: true, order, details: null };
  const detail = { id: `${uuid(1)}:action_required`, revision: 1, event_id: uuid(1), act_by: order.act_by, ...about };
  const entry = entryOf({ type: 'porting_order.action_required', detail });
  expect(sizeOf(entry)).toBeLessThanOrEqual(MOST_BYTES);
  const told = JSON.parse(entry.Detail);
  expect(told).toEqual({ ...detail, order: { ...order, split_from: [], split_into: [] }, splits_omitted: true });
  expect(problemsOf({ source: entry.Source, 'detail-type': entry.DetailType, detail: told } as never)).toEqual([]);

  const few = { ...detail, order: { ...order, split_into: order.split_into.slice(0, 5_000) } };
  expect(JSON.parse(entryOf({ type: 'porting_order.action_required', detail: few }).Detail)).toEqual(few);
});
