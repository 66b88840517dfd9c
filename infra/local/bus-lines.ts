import type { BusEvent } from './put-events.ts';

/** The first sync of an account brings its whole past at once. */
const PAST_MS = 10 * 60_000;
const GATHERED_MS = 1_000;

/**
 * Shows each event on the bus as a line; past events, which come by the hundred, only as a number.
 *
 * @param lineOf gives an event's line
 */
export function busReporter(
  log: (line: string) => void,
  lineOf: (event: BusEvent) => string,
  now: () => number = Date.now,
): (event: BusEvent) => void {
  let past = 0;
  return function report(event) {
    if (!isPast(event, now())) return log(lineOf(event));
    past += 1;
    if (past > 1) return;
    setTimeout(() => {
      log(`${new Date(now()).toISOString().slice(11, 19)}Z bus       ${past} events of the past`);
      past = 0;
    }, GATHERED_MS).unref();
  };
}

/** Only events of an order can be of the past. What the ledger itself reports about it is of the present. */
function isPast({ 'detail-type': type, detail }: BusEvent, now: number): boolean {
  if (!type.startsWith('porting_order.') || type === 'porting_order.overdue') return false;
  const { event, order } = detail as { event?: { created_at?: string }; order?: { changed_at?: string } | null };
  return Date.parse(event?.created_at ?? order?.changed_at ?? '') < now - PAST_MS;
}
