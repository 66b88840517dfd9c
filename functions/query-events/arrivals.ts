import type { AuthorizedEvent } from '../http/authorize.ts';
import { dateTime, eventType, orderId, readCursorQuery } from '../http/query-parameters.ts';
import { listArrivals } from '../ledger/events/arrivals.ts';
import type { PageRequest } from '../ledger/table/cursor-page.ts';
import { timestampOf } from '../porting/timestamp.ts';
import { LARGEST_ANSWER } from './answer-size.ts';
import { answerPage } from './cursor-answer.ts';
import type { ReadRoute, Resources } from './resources.ts';

const FILTER = {
  seenFrom: ['filter[first_seen_at][gte]', dateTime],
  type: ['filter[type]', eventType],
  portingOrderId: ['filter[porting_order_id]', orderId],
} as const;

/** Events in the order in which the ledger first saw them: what is new, whenever it occurred. */
export function arrivalRoutes({ store, tokens }: Resources): readonly ReadRoute[] {
  async function list(event: AuthorizedEvent) {
    const now = Date.now();
    const { page, given: filter } = readCursorQuery(event, FILTER);
    const read = (part: PageRequest) => listArrivals(store, filter, part, LARGEST_ANSWER, now);
    // Taken before anything is read: a reader who continues from then, with some overlap, misses nothing.
    return answerPage({ tokens }, { scope: ['arrivals', filter], page, read }, async () => ({
      as_of: timestampOf(now),
    }));
  }

  return [{ path: '/v2/arrivals', handler: list }];
}
