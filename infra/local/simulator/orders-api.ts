import { membersOf } from '../../../functions/porting/event.ts';
import { type Answer, errorAnswer, jsonAnswer, notFound, pageAnswer } from './answers.ts';
import { createdAtOf } from './event-store.ts';
import type { FocOptions } from './foc-date.ts';
import type { PortingEvent } from './porting-event.ts';
import { type Lived, orderAt, type PortingOrder } from './porting-order.ts';
import { readQuery } from './query-reader.ts';

type Query = Readonly<Record<string, string>>;

export interface OrdersOptions extends FocOptions {
  /** The list shows orders as they were this many milliseconds ago, as is reported of Telnyx; 0 by default. */
  readonly listLagMs?: number;
}

/** The porting orders whose events have been noted. Instants are milliseconds of `now`. */
export interface OrderBook {
  /** Inserts an event into the lives of its orders, or replaces it by id. It counts from its creation on. */
  note(event: PortingEvent): void;
  /** The order as it is now. */
  get(id: string): PortingOrder | undefined;
  /** Answers `GET /v2/porting_orders`, newest first. Filters and sorts are ignored: nothing here asks for one. */
  list(query: Query): Answer;
  /** Answers `GET /v2/porting_orders/{id}`. */
  show(id: string, query: Query): Answer;
}

/** An empty book. Orders follow from their events whenever someone asks, so that they never lag behind the clock. */
export const createOrderBook = (options: OrdersOptions, now: () => number): OrderBook => {
  const { listLagMs = 0 } = options;
  const lives = new Map<string, Map<string, Lived>>();

  const orderAs = (id: string, at: number): PortingOrder | undefined => {
    const lived = [...(lives.get(id.toLowerCase())?.values() ?? [])].sort((a, b) => a.at - b.at);
    return orderAt(options, id.toLowerCase(), lived, at);
  };

  const shown = ({ phone_numbers, ...order }: PortingOrder, withNumbers: boolean): object =>
    withNumbers ? { ...order, phone_numbers } : order;

  const withNumbersIn = (read: ReturnType<typeof readQuery>): boolean =>
    read.oneOf('include_phone_numbers', ['true', 'false']) !== 'false';

  return {
    note(event) {
      const lived = { event, at: createdAtOf(event) / 1000 };
      const { to } = event.event_type === 'porting_order.split' ? membersOf(event.payload) : {};
      for (const order of [event.porting_order_id, membersOf(to).id]) {
        if (typeof order !== 'string') continue;
        const id = order.toLowerCase();
        const life = lives.get(id) ?? new Map<string, Lived>();
        lives.set(id, life.set(event.id, lived));
      }
    },
    get: (id) => orderAs(id, now()),
    list(query) {
      const read = readQuery(query);
      const { pageNumber, pageSize } = read.page();
      const withNumbers = withNumbersIn(read);
      const error = read.error();
      if (error) return errorAnswer(error);
      const orders = [...lives.keys()]
        .flatMap((id) => orderAs(id, now() - listLagMs) ?? [])
        .sort((a, b) =>
          a.created_at === b.created_at ? (a.id < b.id ? -1 : 1) : a.created_at < b.created_at ? 1 : -1,
        );
      return pageAnswer({ pageNumber, pageSize }, orders, (order) => shown(order, withNumbers));
    },
    show(id, query) {
      const read = readQuery(query);
      const withNumbers = withNumbersIn(read);
      const error = read.error();
      if (error) return errorAnswer(error);
      const order = orderAs(id, now());
      if (!order) return errorAnswer(notFound);
      const meta = { phone_numbers_url: `/v2/porting_phone_numbers?filter[porting_order_id]=${order.id}` };
      return jsonAnswer(200, JSON.stringify({ data: shown(order, withNumbers), meta }));
    },
  };
};
