import type { AuthorizedEvent } from '../http/authorize.ts';
import { timedIdIn } from '../http/path-parameter.ts';
import { json, notFound } from '../http/problem.ts';
import { readCursorQuery, readParameters } from '../http/query-parameters.ts';
import type { HeldJob } from '../ledger/jobs/job.ts';
import { type JobItem, listItems } from '../ledger/jobs/republish-items.ts';
import { listJobs, readJob } from '../ledger/jobs/republish-jobs.ts';
import type { CursorPage, PageRequest } from '../ledger/table/cursor-page.ts';
import { answerPage } from './cursor-answer.ts';
import type { ReadRoute, Resources } from './resources.ts';

/** Republish jobs, with the state of each of their items. */
export function jobRoutes({ store, tokens }: Resources): readonly ReadRoute[] {
  async function list(event: AuthorizedEvent) {
    const { page } = readCursorQuery(event, {});
    const read = (part: PageRequest) => listJobs(store, part, Date.now());
    return answerPage({ tokens }, { scope: ['republish-jobs'], page, read });
  }

  async function show(event: AuthorizedEvent) {
    readParameters(event, {});
    return json(200, { data: (await heldJob(event)).job });
  }

  async function items(event: AuthorizedEvent) {
    const { page } = readCursorQuery(event, {});
    const held = await heldJob(event);
    const read = (part: PageRequest) => pageOfItems(held, part);
    return answerPage({ tokens }, { scope: ['republish-items', held.job.id], page, read });
  }

  async function heldJob(event: AuthorizedEvent): Promise<HeldJob> {
    const id = timedIdIn(event.pathParameters, 'republish job');
    const held = await readJob(store, id, Date.now());
    if (!held) throw notFound(`There is no republish job ${id}.`);
    return held;
  }

  /** A selection is frozen: a position in it is the number of items before it. */
  async function pageOfItems(held: HeldJob, { size, after }: PageRequest): Promise<CursorPage<JobItem>> {
    const from = Number(after ?? 0);
    const things = await listItems(store, held, from, size);
    const end = from + size;
    return { things, next: end < held.job.total ? String(end) : undefined };
  }

  return [
    { path: '/v2/republish-jobs', handler: list },
    { path: '/v2/republish-jobs/{id}', handler: show },
    { path: '/v2/republish-jobs/{id}/items', handler: items },
  ];
}
