import { invalid } from '../http/problem.ts';
import { describeEvents, type SelectedEvent, SelectionTooLarge, selectEvents } from '../ledger/events/selection.ts';
import type { Store } from '../ledger/table/store.ts';
import { outOfRange } from './body.ts';
import { type JobRequest, MOST_EVENTS } from './requests.ts';

/** The number of events that a dry run shows. */
const SHOWN = 100;

/** What a job would do. */
export interface DryRun {
  readonly dry_run: true;
  readonly total: number;
  /** `unknown`: ids that the ledger lacks. A job requests them too, because Telnyx may know them. */
  readonly by_type: Readonly<Record<string, number>>;
  readonly first: readonly SelectedEvent[];
}

/**
 * The ids that a job would have: oldest event first, or in the given order.
 *
 * @throws a 422 when there are none, or too many
 */
export async function selectedIds(store: Store, request: JobRequest): Promise<readonly string[]> {
  return request.ids ?? (await select(store, request)).map(({ id }) => id);
}

/**
 * What a job would request, without creating it. Throws as {@link selectedIds} does.
 *
 * @param now milliseconds since 1970
 */
export async function dryRunOf(store: Store, request: JobRequest, now: number): Promise<DryRun> {
  const events = await (request.ids ? describeEvents(store, request.ids, now) : select(store, request));
  const byType = new Map<string, number>();
  for (const { event_type: type } of events) byType.set(type ?? 'unknown', (byType.get(type ?? 'unknown') ?? 0) + 1);
  const first = events.slice(0, SHOWN);
  const firstIds = first.map(({ id }) => id);
  return {
    dry_run: true,
    total: events.length,
    by_type: Object.fromEntries([...byType].sort(([, a], [, b]) => b - a)),
    // An index does not hold everything that is shown.
    first: request.ids ? first : await describeEvents(store, firstIds, now),
  };
}

async function select(store: Store, { filter }: JobRequest): Promise<readonly SelectedEvent[]> {
  const events = await selectEvents(store, filter, MOST_EVENTS).catch((error: unknown) => {
    if (!(error instanceof SelectionTooLarge)) throw error;
    throw outOfRange('/filter', `More than ${MOST_EVENTS} events are selected. Narrow it down, above all by time.`);
  });
  if (events.length > 0) return events;
  throw invalid('10027', 'Unprocessable', 'No event is selected.', { pointer: '/filter' });
}
