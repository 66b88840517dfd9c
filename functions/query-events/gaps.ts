import type { AuthorizedEvent } from '../http/authorize.ts';
import { anyText, dateTime, eventType, oneOf, orderId, pageSize, readParameters } from '../http/query-parameters.ts';
import { listGaps } from '../ledger/gaps/gap-list.ts';
import { countGapsByDay } from '../ledger/gaps/gaps-by-day.ts';
import { type Timestamp, timestampOf } from '../porting/timestamp.ts';
import { answerPage } from './cursor-answer.ts';
import type { ReadRoute, Resources } from './resources.ts';

const DEFAULT_SIZE = 20;
/** What is counted by day when no time is asked for. */
const COUNTED_BACK = 30 * 24 * 3_600_000;

const READERS = {
  'page[size]': pageSize,
  'page[after]': anyText,
  'filter[kind]': oneOf('missed', 'recovered', 'unlisted'),
  'filter[type]': eventType,
  'filter[porting_order_id]': orderId,
  'filter[created_at][gte]': dateTime,
  'filter[created_at][lte]': dateTime,
};

/** Notifications that did not come as they should. */
export function gapRoutes({ store, tokens }: Resources): readonly ReadRoute[] {
  async function list(event: AuthorizedEvent) {
    const {
      'page[size]': size = DEFAULT_SIZE,
      'page[after]': after,
      'filter[kind]': kind = 'missed',
      'filter[type]': type,
      'filter[porting_order_id]': portingOrderId,
      'filter[created_at][gte]': createdFrom,
      'filter[created_at][lte]': createdTo,
    } = readParameters(event.rawQueryString ?? '', READERS);
    const narrowed = {
      ...(type !== undefined && { type }),
      ...(portingOrderId !== undefined && { portingOrderId }),
    };
    const span = spanOf(createdFrom, createdTo);
    const filter = { kind, ...narrowed, ...span };
    const read = (page: Parameters<typeof listGaps>[2]) => listGaps(store, filter, page);
    return answerPage({ tokens }, { scope: ['gaps', filter], size, after, read }, async () => {
      const counted = await countGapsByDay(store, { ...narrowed, ...countedSpan(span, Date.now()) });
      return { by_day: counted.days, by_day_complete: counted.complete };
    });
  }

  return [{ path: '/v2/gaps', handler: list }];
}

interface Span {
  readonly createdFrom?: Timestamp;
  readonly createdTo?: Timestamp;
}

function spanOf(createdFrom: Timestamp | undefined, createdTo: Timestamp | undefined): Span {
  return { ...(createdFrom !== undefined && { createdFrom }), ...(createdTo !== undefined && { createdTo }) };
}

function countedSpan(span: Span, now: number): Span {
  return Object.keys(span).length > 0 ? span : { createdFrom: timestampOf(now - COUNTED_BACK) };
}
