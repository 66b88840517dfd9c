import { expect, test } from 'vitest';
import { listEvents } from '../../functions/ledger/events/event-list.ts';
import type { Store } from '../../functions/ledger/table/store.ts';
import { openStore } from '../open-store.ts';
import { listedEvent, listing, recordListing, uuid } from '../porting-events.ts';

const put = (store: Store, number: number) =>
  recordListing(store, listing(listedEvent(number, { created_at: `2026-03-01T12:00:0${number}Z` })), Date.now());

/** Acts right after events were counted, before they are read. */
function onceCounted(store: Store, work: () => Promise<unknown>): void {
  let done = false;
  store.client.middlewareStack.add(
    (next) => async (request) => {
      const answer = await next(request);
      const { input } = request as { input: { Select?: string } };
      if (input.Select === 'COUNT' && !done) {
        done = true;
        await work();
      }
      return answer;
    },
    { step: 'initialize' },
  );
}

/** Reads pages of one as the SDK does, until it has reached the last page that the list has named. */
async function paged(store: Store, before: (pageNumber: number) => void): Promise<string[]> {
  const seen: string[] = [];
  for (let number = 1; ; number += 1) {
    before(number);
    const { total, events } = await listEvents(store, {}, { number, size: 1 }, 1_000_000);
    seen.push(...events.map(({ id }) => id));
    if (number >= total) return seen;
  }
}

test('an event that arrives while the last page is asked for pushes no event off it', async () => {
  const store = await openStore();
  await put(store, 1);
  await put(store, 2);
  const seen = await paged(store, (number) => {
    if (number === 2) onceCounted(store, () => put(store, 3));
  });
  expect(seen).toEqual([2, 2, 1].map(uuid));
});
