import type { AuthorizedEvent } from '../http/authorize.ts';
import { anyText, dateTime, eventType, orderId, pageSize, readParameters } from '../http/query-parameters.ts';
import { listArrivals } from '../ledger/events/arrivals.ts';
import { timestampOf } from '../porting/timestamp.ts';
import { LARGEST_ANSWER } from './answer-size.ts';
import { answerPage } from './cursor-answer.ts';
import type { ReadRoute, Resources } from './resources.ts';

const DEFAULT_SIZE = 20;

const READERS = {
  'page[size]': pageSize,
  'page[after]': anyText,
  'filter[first_seen_at][gte]': dateTime,
  'filter[type]': eventType,
  'filter[porting_order_id]': orderId,
};

/** Events in the order in which the ledger first saw them: what is new, whenever it occurred. */
export function arrivalRoutes({ store, tokens }: Resources): readonly ReadRoute[] {
  async function list(event: AuthorizedEvent) {
    const now = Date.now();
    const {
      'page[size]': size = DEFAULT_SIZE,
      'page[after]': after,
      'filter[first_seen_at][gte]': seenFrom,
      'filter[type]': type,
      'filter[porting_order_id]': portingOrderId,
    } = readParameters(event.rawQueryString ?? '', READERS);
    const filter = {
      ...(seenFrom !== undefined && { seenFrom }),
      ...(type !== undefined && { type }),
      ...(portingOrderId !== undefined && { portingOrderId }),
    };
    const read = (page: Parameters<typeof listArrivals>[2]) => listArrivals(store, filter, page, LARGEST_ANSWER, now);
    // Before anything is read: whoever asks again from a little before then misses nothing.
    return answerPage({ tokens }, { scope: ['arrivals', filter], size, after, read }, async () => ({
      as_of: timestampOf(now),
    }));
  }

  return [{ path: '/v2/arrivals', handler: list }];
}
