import { log } from '../lambda/log.ts';
import { learnIdsDiffer, readIdsAgree } from '../ledger/events/id-agreement.ts';
import type { LedgerEvent } from '../ledger/events/row.ts';
import type { Store } from '../ledger/table/store.ts';
import { factsOf } from '../porting/event.ts';
import { millisecondsOf, timestampOf } from '../porting/timestamp.ts';

/**
 * Learns that ids differ from a listed event and a webhook's event that look like one: it is proved when the list was
 * read completely for an hour around the webhook and does not have its id. From then on such events are joined.
 *
 * @param delivered as its row was read after `isRead` was made: whatever the list showed until then is in the row
 * @param isRead whether the list was read completely around an instant: see listIsRead
 * @returns whether ids agree, as far as is known
 */
export async function learnFromPair(
  store: Store,
  { listedId, delivered }: { readonly listedId: string; readonly delivered: LedgerEvent },
  isRead: (at: number) => boolean,
  now: number,
): Promise<boolean | undefined> {
  const seenAt = delivered.ledger.first_seen_at ?? timestampOf(now);
  if (!isRead(millisecondsOf(factsOf(delivered, seenAt)?.createdAt ?? seenAt))) return undefined;
  await learnIdsDiffer(store, now);
  log('warn', 'ids_differ', { listed: listedId, delivered: delivered.id });
  return readIdsAgree(store);
}
