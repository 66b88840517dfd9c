import type { AuthorizedEvent } from '../http/authorize.ts';
import { timedIdIn } from '../http/path-parameter.ts';
import { json, notFound } from '../http/problem.ts';
import { anyText, pageSize, readParameters } from '../http/query-parameters.ts';
import { getRun, listRuns } from '../ledger/runs/sync-runs.ts';
import type { PageRequest } from '../ledger/table/cursor-page.ts';
import { answerPage } from './cursor-answer.ts';
import type { ReadRoute, Resources } from './resources.ts';

const DEFAULT_SIZE = 20;
const READERS = { 'page[size]': pageSize, 'page[after]': anyText };

/** Sync runs of the last 90 days, those that wait for their turn included. */
export function runRoutes({ store, tokens }: Resources): readonly ReadRoute[] {
  async function list(event: AuthorizedEvent) {
    const { 'page[size]': size = DEFAULT_SIZE, 'page[after]': after } = readParameters(
      event.rawQueryString ?? '',
      READERS,
    );
    const read = (page: PageRequest) => listRuns(store, page, Date.now());
    return answerPage({ tokens }, { scope: ['sync-runs'], size, after, read });
  }

  async function show(event: AuthorizedEvent) {
    readParameters(event.rawQueryString ?? '', {});
    const id = timedIdIn(event.pathParameters, 'sync run');
    const run = await getRun(store, id, Date.now());
    if (!run) throw notFound(`There is no sync run ${id}.`);
    return json(200, { data: run });
  }

  return [
    { path: '/v2/sync-runs', handler: list },
    { path: '/v2/sync-runs/{id}', handler: show },
  ];
}
