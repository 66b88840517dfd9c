import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { listEvents } from '../../functions/ledger/events/event-list.ts';
import { readStatus } from '../../functions/ledger/status/status.ts';
import { openStore } from '../open-store.ts';
import { listedEvent, listing, recordListing } from '../porting-events.ts';

const NOW = Date.UTC(2026, 2, 1, 13);

test('a request that only counts names no attributes: only DynamoDB itself would refuse them', async () => {
  const store = await openStore();
  await recordListing(store, listing(listedEvent(1)), NOW);
  const counts: QueryCommandInput[] = [];
  const client = Object.create(store.client, {
    send: {
      value: (command: { input: QueryCommandInput }, ...rest: never[]) => {
        if (command.input.Select === 'COUNT') counts.push(command.input);
        return store.client.send(command as unknown as Parameters<typeof store.client.send>[0], ...rest);
      },
    },
  });
  const type = 'porting_order.status_changed';
  for (const filter of [{}, { type }]) {
    expect((await listEvents({ ...store, client }, filter, { number: 1, size: 1 }, 1e6, NOW)).total).toBe(1);
  }
  await readStatus({ ...store, client }, NOW);
  expect(counts.length).toBeGreaterThan(10);
  for (const count of counts) expect(count).not.toHaveProperty('ProjectionExpression');
});
