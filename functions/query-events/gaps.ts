import type { AuthorizedEvent } from '../http/authorize.ts';
import { dateTime, eventType, oneOf, orderId, readCursorQuery } from '../http/query-parameters.ts';
import { listGaps } from '../ledger/gaps/gap-list.ts';
import { countGapsByDay } from '../ledger/gaps/gaps-by-day.ts';
import type { PageRequest } from '../ledger/table/cursor-page.ts';
import { timestampOf } from '../porting/timestamp.ts';
import { answerPage } from './cursor-answer.ts';
import type { ReadRoute, Resources } from './resources.ts';

/** The span that is counted by day if the request gives none. */
const COUNTED_BACK = 30 * 24 * 3_600_000;

const FILTER = {
  kind: ['filter[kind]', oneOf('missed', 'recovered', 'unlisted')],
  type: ['filter[type]', eventType],
  portingOrderId: ['filter[porting_order_id]', orderId],
  createdFrom: ['filter[created_at][gte]', dateTime],
  createdTo: ['filter[created_at][lte]', dateTime],
} as const;

/** Missed, recovered and unlisted notifications. */
export function gapRoutes({ store, tokens }: Resources): readonly ReadRoute[] {
  async function list(event: AuthorizedEvent) {
    const { page, given } = readCursorQuery(event, FILTER);
    const { kind = 'missed', ...rest } = given;
    const filter = { kind, ...rest };
    const read = (part: PageRequest) => listGaps(store, filter, part);
    return answerPage({ tokens }, { scope: ['gaps', filter], page, read }, async () => {
      const isBounded = rest.createdFrom !== undefined || rest.createdTo !== undefined;
      const counted = isBounded ? rest : { ...rest, createdFrom: timestampOf(Date.now() - COUNTED_BACK) };
      const { days, complete } = await countGapsByDay(store, counted);
      return { by_day: days, by_day_complete: complete };
    });
  }

  return [{ path: '/v2/gaps', handler: list }];
}
