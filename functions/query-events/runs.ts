import type { AuthorizedEvent } from '../http/authorize.ts';
import { timedIdIn } from '../http/path-parameter.ts';
import { json, notFound } from '../http/problem.ts';
import { readCursorQuery, readParameters } from '../http/query-parameters.ts';
import { getRun, listRuns } from '../ledger/runs/sync-runs.ts';
import type { PageRequest } from '../ledger/table/cursor-page.ts';
import { answerPage } from './cursor-answer.ts';
import type { ReadRoute, Resources } from './resources.ts';

/** Sync runs of the last 90 days, including those that wait for their turn. */
export function runRoutes({ store, tokens }: Resources): readonly ReadRoute[] {
  async function list(event: AuthorizedEvent) {
    const { page } = readCursorQuery(event, {});
    const read = (part: PageRequest) => listRuns(store, part, Date.now());
    return answerPage({ tokens }, { scope: ['sync-runs'], page, read });
  }

  async function show(event: AuthorizedEvent) {
    readParameters(event, {});
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
