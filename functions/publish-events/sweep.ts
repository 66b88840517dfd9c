import { measure } from '../lambda/metrics.ts';
import { markedAt, unpublishedUntil } from '../ledger/publications.ts';
import { type Publisher, publishRows } from './publish.ts';

/**
 * Publishes what has been marked for a while and the stream has not taken: it was off, or gave up.
 *
 * @param olderThan milliseconds
 * @returns how many rows are still marked, and when the oldest of them was
 */
export async function sweep(
  publisher: Publisher,
  olderThan: number,
  now: () => number,
  outOfTime: () => boolean,
): Promise<{ readonly left: number; readonly oldest: number | undefined }> {
  let left = 0;
  let oldest: number | undefined;
  for await (const rows of unpublishedUntil(publisher.store, now() - olderThan)) {
    const ids = rows.map(({ id }) => id);
    const { waiting, failed } = outOfTime()
      ? { waiting: ids.length, failed: new Map() }
      : await publishRows(ids, publisher, now, 'sweep');
    left += waiting + failed.size;
    // Rows come oldest first. Which of them waits does not matter to an alarm that looks at minutes.
    if (waiting + failed.size > 0)
      oldest = Math.min(oldest ?? Number.POSITIVE_INFINITY, markedAt(rows[0]?.since ?? ''));
  }
  measure({
    UnpublishedEvents: left,
    OldestUnpublishedSeconds: oldest === undefined ? 0 : Math.round((now() - oldest) / 1000),
  });
  return { left, oldest };
}
