import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { type Job, jobIn } from '../jobs/republish-jobs.ts';
import { runIn, type ShownRun } from '../runs/sync-runs.ts';
import { type CursorPage, fillPage, type PageRequest } from './cursor-page.ts';
import { isExpired } from './expiry.ts';
import { readStretch } from './key-range.ts';
import { type ControlKind, controlKey, type Row, type Store } from './store.ts';

/** A page of sync runs, those that began, or were asked for, last first. */
export function listRuns(store: Store, page: PageRequest, now: number): Promise<CursorPage<ShownRun>> {
  return newestFirst(store, 'sync-run', page, (row) => (isExpired(row, now) ? undefined : runIn(row)));
}

/** A page of republish jobs, newest first. */
export function listJobs(store: Store, page: PageRequest, now: number): Promise<CursorPage<Job>> {
  return newestFirst(store, 'republish-job', page, (row) => (isExpired(row, now) ? undefined : jobIn(row).job));
}

/** The sync run with this id, unless its time is over. */
export async function getRun(store: Store, id: string, now: number): Promise<ShownRun | undefined> {
  const get = new GetItemCommand({ TableName: store.control, Key: controlKey('sync-run', id), ConsistentRead: true });
  const { Item } = await store.client.send(get);
  return Item && !isExpired(Item, now) ? runIn(Item) : undefined;
}

/** Ids of both kinds begin with an instant: the order of ids is that of time. */
function newestFirst<Thing>(
  store: Store,
  kind: ControlKind,
  page: PageRequest,
  shownIn: (row: Row) => Thing | undefined,
): Promise<CursorPage<Thing>> {
  const stretch = {
    table: store.control,
    partition: { attribute: 'kind', value: kind },
    sortKey: 'id',
    newestFirst: true,
    consistent: true,
  };
  return fillPage(
    {
      sortKey: stretch.sortKey,
      read: (after) => readStretch(store, stretch, after, page.size + 1),
      show: async (rows) => rows.map(shownIn),
    },
    page,
  );
}
