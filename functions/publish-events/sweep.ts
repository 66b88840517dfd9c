import { measure } from '../lambda/metrics.ts';
import { markedAt, unpublishedUntil } from '../ledger/events/outbox.ts';
import { type Publisher, publishRows } from './publish.ts';

/**
 * Publishes rows that have been marked for a while because the stream was off, or gave up.
 *
 * @param olderThan milliseconds
 * @returns the number of rows that are still marked. Rows that wait for their payload are not late, and not in the
 *   metrics
 */
export async function sweep(
  publisher: Publisher,
  olderThan: number,
  now: () => number,
  outOfTime: () => boolean,
): Promise<{ readonly left: number }> {
  let left = 0;
  let late = 0;
  let oldest: string | undefined;
  for await (const rows of unpublishedUntil(publisher.store, now() - olderThan)) {
    const ids = rows.map(({ id }) => id);
    const { waiting, failed } = outOfTime()
      ? { waiting: 0, failed: new Map(ids.map((id) => [id, 'no time was left'])) }
      : await publishRows(ids, publisher, now, 'sweep');
    left += waiting + failed.size;
    late += failed.size;
    for (const { id, since } of rows) {
      if (failed.has(id) && (oldest === undefined || since < oldest)) oldest = since;
    }
  }
  measure({
    ...(late > 0 && { UnpublishedEvents: late }),
    OldestUnpublishedSeconds: oldest === undefined ? 0 : Math.round((now() - markedAt(oldest)) / 1000),
  });
  return { left };
}
