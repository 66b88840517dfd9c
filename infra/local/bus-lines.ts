import type { BusEvent } from './put-events.ts';

/** An account that is listed for the first time brings its whole past at once. */
const PAST_MS = 10 * 60_000;
const GATHERED_MS = 1_000;

/**
 * Shows what is put on the bus, a line each; the past, which comes by the hundred, as a number.
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

/** Only what happened to an order is of a time. What this ledger has to say about it is of now. */
function isPast({ 'detail-type': type, detail }: BusEvent, now: number): boolean {
  if (!type.startsWith('porting_order.') || type === 'porting_order.overdue') return false;
  const { event, order } = detail as { event?: { created_at?: string }; order?: { changed_at?: string } | null };
  return Date.parse(event?.created_at ?? order?.changed_at ?? '') < now - PAST_MS;
}
