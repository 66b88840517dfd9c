import { describe, expect, test } from 'vitest';
import type { OrderStore } from '../../functions/ledger/table/store.ts';
import { publishRows } from '../../functions/publish-events/publish.ts';
import { sweep } from '../../functions/publish-events/sweep.ts';
import { counting } from '../counting-client.ts';
import { uuid } from '../porting-events.ts';
import { commentEvent, statusEvent } from './events.ts';
import { NOON, openRig } from './rig.ts';

/** The same publisher, with its requests to DynamoDB counted. */
async function openCounted() {
  const rig = await openRig();
  const { store, requests, reset } = counting(rig.store);
  const publisher = { ...rig.publisher, store: store as OrderStore };
  // What arrives is written down once in five minutes, which is not what is counted here.
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
  test('two reads and two writes an event', async () => {
    const { rig, publish } = await openCounted();
    await rig.deliver(statusEvent(1, 'submitted', 0));
    expect(await publish(uuid(1))).toEqual({ BatchGetItem: 1, GetItem: 1, PutItem: 1, UpdateItem: 1 });
  });

  test('one write an event, and little more, when those of an order come together', async () => {
    const { rig, publish } = await openCounted();
    const ids = Array.from({ length: 20 }, (_, number) => uuid(number));
    for (const [number] of ids.entries()) await rig.list(commentEvent(number, number));
    expect(await publish(...ids)).toEqual({ BatchGetItem: 1, GetItem: 1, PutItem: 1, UpdateItem: 20 });
  });

  test('one read when there is nothing to do', async () => {
    const { rig, publish } = await openCounted();
    await rig.deliver(statusEvent(1, 'submitted', 0));
    await publish(uuid(1));
    expect(await publish(uuid(1))).toEqual({ BatchGetItem: 1 });
  });

  test('four queries a sweep with nothing to do', async () => {
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
