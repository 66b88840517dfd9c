import { type HeldOrder, heldIn } from '../../functions/ledger/orders/order-row.ts';
import type { Published } from './bus.ts';
import type { Write } from './dynamodb.ts';
import type { Process } from './processes.ts';
import type { TelnyxOrders } from './telnyx-orders.ts';
import type { Truth } from './truth.ts';

type Date = string | null;

/** A date that was published, and who did it. */
interface Told {
  readonly number: number;
  readonly from: Date;
  readonly to: Date;
  readonly by: Process;
}

/** What was read of the orders themselves. */
export interface Readings {
  readonly onWrite: (write: Write) => void;
  readonly onEvent: (process: Process, event: Published) => void;
  /** The FOC dates of an order, as each reading that was kept found them. */
  readonly dates: (order: string) => readonly Date[];
}

const MINUTE = 60_000;

/**
 * I13, for FOC dates: what is published about an order's dates is a chain, and a reading found each link. No reading
 * replaces one that is younger.
 */
export function watchReadings(truth: Truth, telnyx: TelnyxOrders, now: () => number): Readings {
  /** When a reading that was kept was written, and the date that it found. */
  const kept = new Map<string, { readonly at: number; readonly date: Date }>();
  const dates = new Map<string, Date[]>();
  const first = new Map<string, HeldOrder>();
  const told = new Map<string, Told[]>();

  function onWrite({ table, id, input }: Write): void {
    if (table !== 'orders' || !input.Item) return;
    const order = heldIn(id, input.Item);
    if (!order.reading) return;
    if (!first.has(id)) first.set(id, order);
    const date = order.reading.details.foc ?? null;
    dates.set(id, [...(dates.get(id) ?? []), date]);
    const { at = now(), date: before = date } = kept.get(id) ?? {};
    if (date !== before && !wasDate(id, date, at)) truth.violate('I14', `an older reading brings ${date} back`, [id]);
    kept.set(id, { at: now(), date });
  }

  /** True when an order had a date at some time since an instant. */
  function wasDate(id: string, date: Date, since: number): boolean {
    for (let instant = since; instant < now(); instant += MINUTE) {
      if (telnyx.dateAt(id, instant) === date) return true;
    }
    return telnyx.dateAt(id, now()) === date;
  }

  function onEvent(by: Process, { type, detail }: Published): void {
    if (!/^porting_order\.foc_/.test(type)) return;
    const { id } = detail.order as { id: string };
    const from = detail.from as Date;
    const to = detail.to as Date;
    const fault = (what: string) => truth.violate('I13', `${type}: ${what}`, [detail.id]);
    const number = Number(/:foc:(\d+):/.exec(detail.id)?.[1]);
    if (detail.id !== `${id}:foc:${number}:${to ?? 'none'}`) fault('another id');
    if (from === to || (from === null) !== type.endsWith('foc_set')) fault(`from ${from} to ${to}`);
    if (!dates.get(id)?.includes(to)) fault('no reading has found this date');
    if ((detail.details as { foc_date: Date } | null)?.foc_date !== to) fault('the details have another date');

    const before = told.get(id) ?? [];
    const newest = before.at(-1)?.number ?? 0;
    const same = before.filter((one) => one.number === number);
    const previous = before.filter((one) => one.number === number - 1);
    const baseline = number === 1 ? [baselineOf(first.get(id))] : previous.map(({ to: date }) => date);
    if (number !== newest && number !== newest + 1) fault(`the ${number}th after the ${newest}th`);
    else if (!baseline.includes(from)) fault(`from ${from}, and the one before was to ${baseline.join(' or ')}`);
    // Published, and not noted: the date may have moved before it is repeated.
    const isSure = same.some((one) => one.to !== to && one.by.failures === 0 && one.by.endedAt < by.startedAt);
    if (isSure) fault('a number that is taken');
    told.set(id, [...before, { number, from, to, by }]);
  }

  return { onWrite, onEvent, dates: (order) => dates.get(order) ?? [] };
}

/** What is taken to be known of an order's date before the first is published. */
function baselineOf(order: HeldOrder | undefined): Date | undefined {
  return order?.told.foc?.date;
}
