import { alarms } from '../../infra/aws/alarm-table.ts';
import { freeEachMonth, prices } from './cost-prices.ts';

const MONTHS = 12;
/** The queues that a look counts. */
const QUEUES = 2;

/**
 * What watches a ledger in a year, whatever it does.
 *
 * @param looks how often watch-ledger looks
 */
export function watching(looks: number) {
  return {
    // The heartbeat, which is written every hour.
    metric: MONTHS,
    // An alarm is billed for each metric that it reads, alone or in a formula.
    alarm: alarms.reduce((sum, { reads }) => sum + Object.keys(reads).length, 0) * MONTHS,
    queueRequest: looks * QUEUES,
  };
}

/** The dollars of these that are free for an account that does not use them otherwise. */
export function coveredByFreeTier(used: ReturnType<typeof watching>): number {
  const kinds = Object.keys(freeEachMonth) as (keyof typeof freeEachMonth)[];
  return kinds.reduce(
    (sum, kind) => sum + Math.min(used[kind], freeEachMonth[kind] * MONTHS) * prices[kind].dollars,
    0,
  );
}
