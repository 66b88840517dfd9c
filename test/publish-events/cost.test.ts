import { describe, expect, test } from 'vitest';
import type { OrderStore } from '../../functions/ledger/table/store.ts';
import { publishRows } from '../../functions/publish-events/publish.ts';
import { sweep } from '../../functions/publish-events/sweep.ts';
import { counting } from '../counting-client.ts';
import { uuid } from '../porting-events.ts';
import { commentEvent, statusEvent } from './events.ts';
import { NOON, openRig } from './rig.ts';

/** The same publisher, but its requests to DynamoDB are counted. */
async function openCounted() {
  const rig = await openRig();
  const { store, requests, reset } = counting(rig.store);
  const publisher = { ...rig.publisher, store: store as OrderStore };
  // The time of the latest arrival is recorded once in five minutes; this test does not count that write.
  await rig.deliver(statusEvent(99, 'draft', -1));
  await rig.sweep();
  const publish = async (...ids: readonly string[]) => {
    reset();
    await publishRows(ids, publisher, () => NOON, 'stream');
    return requests();
  };
  return { rig, publisher, publish, requests, reset };
}

describe('publishing costs', () => {
  test('two reads and two writes for each event', async () => {
    const { rig, publish } = await openCounted();
    await rig.deliver(statusEvent(1, 'submitted', 0));
    expect(await publish(uuid(1))).toEqual({ BatchGetItem: 1, GetItem: 1, PutItem: 1, UpdateItem: 1 });
  });

  test('little more than one write for each event if the events of an order come together', async () => {
    const { rig, publish } = await openCounted();
    const ids = Array.from({ length: 20 }, (_, number) => uuid(number));
    for (const [number] of ids.entries()) await rig.list(commentEvent(number, number));
    expect(await publish(...ids)).toEqual({ BatchGetItem: 1, GetItem: 1, PutItem: 1, UpdateItem: 20 });
  });

  test('one read if there is nothing to do', async () => {
    const { rig, publish } = await openCounted();
    await rig.deliver(statusEvent(1, 'submitted', 0));
    await publish(uuid(1));
    expect(await publish(uuid(1))).toEqual({ BatchGetItem: 1 });
  });

  test('four queries for a sweep that has nothing to do', async () => {
    const { publisher, requests, reset } = await openCounted();
    reset();
    await sweep(
      publisher,
      0,
      () => NOON,
      () => false,
    );
    expect(requests()).toEqual({ Query: 4 });
  });
});
