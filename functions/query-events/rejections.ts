import type { AuthorizedEvent } from '../http/authorize.ts';
import { readCursorQuery } from '../http/query-parameters.ts';
import { listRejections } from '../ledger/rejections/rejection-list.ts';
import type { PageRequest } from '../ledger/table/cursor-page.ts';
import { answerPage } from './cursor-answer.ts';
import type { ReadRoute, Resources } from './resources.ts';

/** What came in the last 30 days, at the webhook URL or in Telnyx's list, and is not an event. */
export function rejectionRoutes({ store, tokens }: Resources): readonly ReadRoute[] {
  async function list(event: AuthorizedEvent) {
    const { page } = readCursorQuery(event, {});
    let complete = true;
    const read = async (part: PageRequest) => {
      const found = await listRejections(store, part, Date.now());
      complete = found.complete;
      return found;
    };
    return answerPage({ tokens }, { scope: ['rejections'], page, read }, async () => ({ complete }));
  }

  return [{ path: '/v2/rejections', handler: list }];
}
