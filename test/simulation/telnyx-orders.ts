import type { Answer } from '../../infra/local/simulator/answers.ts';
import { particularsOf } from '../../infra/local/simulator/order-particulars.ts';
import { createOrderBook } from '../../infra/local/simulator/orders-api.ts';
import type { PortingOrder } from '../../infra/local/simulator/porting-order.ts';
import { fromMicroseconds, toMicroseconds } from '../../infra/local/simulator/timestamp.ts';
import type { Happening } from './lives.ts';
import type { Plan } from './plan.ts';

/** The porting orders of the simulated account. */
export interface TelnyxOrders {
  /** Answers a call whose path begins with `/v2/porting_orders`. */
  readonly answer: (path: string, query: Readonly<Record<string, string>>) => Answer;
  /** The order as it is now; `undefined` once it is deleted. */
  readonly get: (id: string) => PortingOrder | undefined;
  /** Its FOC date at an instant, in milliseconds since 1970; null when it had none. */
  readonly dateAt: (id: string, instant: number) => string | null;
  /** Parts of everything that an order shows and the ledger may not keep. */
  readonly privateTexts: () => readonly string[];
}

const LIST = '/v2/porting_orders';

/** Orders that follow from what happens. Nothing moves a date once the faults have ended: the world comes to rest. */
export function openTelnyxOrders(plan: Plan, now: () => number, happenings: readonly Happening[]): TelnyxOrders {
  const { moved: movedDates, speed, lag } = plan.dates;
  const present = createOrderBook({ movedDates, speed }, () => Math.min(now(), plan.calm));
  const listed = createOrderBook({ movedDates, speed }, () => Math.min(now() - lag, plan.calm));
  let then = 0;
  const past = createOrderBook({ movedDates, speed }, () => Math.min(then, plan.calm));
  for (const { event } of happenings) for (const book of [present, listed, past]) book.note(event);
  return {
    get: present.get,
    privateTexts() {
      const ids = new Set(happenings.map(({ event }) => event.porting_order_id));
      return ['private ', '+1303555', ...[...ids].flatMap((id) => uuidsIn(particularsOf(id)))];
    },
    dateAt(id, instant) {
      then = instant;
      const date = past.get(id)?.activation_settings.foc_datetime_actual;
      return date ? instantOf(date) : null;
    },
    answer(path, query) {
      if (path !== LIST) return present.show(path.slice(LIST.length + 1), query);
      const size = Math.min(Number(query['page[size]'] ?? 20), plan.list.pageSize);
      return listed.list({ ...query, 'page[size]': String(size) });
    },
  };
}

/** An instant of an order's as the ledger spells it. */
export function instantOf(text: string): string {
  return fromMicroseconds(toMicroseconds(text) ?? 0);
}

/** Those of documents, people, connections and settings. */
function uuidsIn(particulars: object): readonly string[] {
  return JSON.stringify(particulars).match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? [];
}
