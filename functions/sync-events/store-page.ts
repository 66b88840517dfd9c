import { keepRejected } from '../ledger/deliveries.ts';
import { doubtMarker, isKnown, type ListedEvent, readHeld, recordListing } from '../ledger/listings.ts';
import type { Store } from '../ledger/store.ts';
import { factsOf } from '../porting/event.ts';
import { timestampOf } from '../porting/timestamp.ts';

/** Writes under way at once. 16 keep DynamoDB busy while a page is stored, and stay far below what a new table takes. */
const WRITERS = 16;

/** What storing pages has done so far. */
export interface Tally {
  inserted: number;
  confirmed: number;
  upgraded: number;
  unreadable: number;
}

/**
 * Stores listed records: reads what is held of them, writes those that are new or newer, and leaves the rest alone. An event that is
 * known and complete costs no write.
 *
 * @param tally is counted up
 * @returns a function that stores one page and returns a key for each record
 */
export function pageStorer(store: Store, now: () => number, tally: Tally) {
  const markDaysOf = doubtMarker(store, now);

  return async function storePage(records: readonly unknown[]): Promise<readonly string[]> {
    const seenAt = timestampOf(now());
    const events: ListedEvent[] = [];
    const keys: string[] = [];
    for (const record of records) {
      const json = JSON.stringify(record);
      const facts = factsOf(record, seenAt);
      keys.push(facts?.id ?? json);
      if (facts) events.push({ facts, json });
      else {
        tally.unreadable += 1;
        await keepRejected(store, Buffer.from(json), 'a listed record has no id or no event_type', now());
      }
    }

    const held = await readHeld(
      store,
      events.map(({ facts }) => facts.id),
    );
    const toWrite = events.filter(({ facts }) => !isKnown(held.get(facts.id), facts));
    for (const { facts } of toWrite) await markDaysOf(facts, held.get(facts.id));
    await withWriters(toWrite, async (event) => {
      const outcome = await recordListing(store, event, now());
      if (outcome !== 'known') tally[outcome] += 1;
    });
    return keys;
  };
}

/** Runs a task for each item, some at a time; the first failure ends it once those under way have ended. */
async function withWriters<Item>(items: readonly Item[], task: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values();
  const writers = Array.from({ length: Math.min(WRITERS, items.length) }, async () => {
    for (const item of left) await task(item);
  });
  const outcomes = await Promise.allSettled(writers);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}
