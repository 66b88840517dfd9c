import type { AuthorizedEvent } from '../http/authorize.ts';
import { anyText, pageSize, readParameters } from '../http/query-parameters.ts';
import { listRejections } from '../ledger/rejections/rejection-list.ts';
import { answerPage } from './cursor-answer.ts';
import type { ReadRoute, Resources } from './resources.ts';

const DEFAULT_SIZE = 20;
const READERS = { 'page[size]': pageSize, 'page[after]': anyText };

/** What came in the last 30 days, at the webhook URL or in Telnyx's list, and is no event. */
export function rejectionRoutes({ store, tokens }: Resources): readonly ReadRoute[] {
  async function list(event: AuthorizedEvent) {
    const { 'page[size]': size = DEFAULT_SIZE, 'page[after]': after } = readParameters(
      event.rawQueryString ?? '',
      READERS,
    );
    let complete = true;
    const read = async (page: Parameters<typeof listRejections>[1]) => {
      const found = await listRejections(store, page, Date.now());
      complete = found.complete;
      return found;
    };
    return answerPage({ tokens }, { scope: ['rejections'], size, after, read }, async () => ({ complete }));
  }

  return [{ path: '/v2/rejections', handler: list }];
}
