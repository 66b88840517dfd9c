import { unpublishedUntil } from '../ledger/events/outbox.ts';
import { type Publisher, publishRows } from './publish.ts';

/**
 * Publishes rows that have been marked for a while because the stream was off, or gave up.
 *
 * @param olderThan milliseconds
 * @returns the number of rows that are still marked
 */
export async function sweep(
  publisher: Publisher,
  olderThan: number,
  now: () => number,
  outOfTime: () => boolean,
): Promise<{ readonly left: number }> {
  let left = 0;
  for await (const ids of unpublishedUntil(publisher.store, now() - olderThan)) {
    const { waiting, failed } = outOfTime()
      ? { waiting: 0, failed: new Map(ids.map((id) => [id, 'no time was left'])) }
      : await publishRows(ids, publisher, now, 'sweep');
    left += waiting + failed.size;
  }
  return { left };
}
