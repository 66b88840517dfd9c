import { describe, expect, test } from 'vitest';
import { readIdsAgree } from '../../functions/ledger/events/id-agreement.ts';
import { recordDelivery } from '../../functions/ledger/events/record-delivery.ts';
import { readUpstream } from '../../functions/ledger/status/upstream-state.ts';
import { problemsOf } from '../bus/schemas.ts';
import { deliveredEvent, listedEvent } from '../porting-events.ts';
import { startRealBus } from '../real-bus.ts';
import { MINUTE, NOON, openRig } from './rig.ts';

const down = { status: 500, body: { errors: [] } };

test.each([
  [401, 'key refused'],
  [403, 'key refused'],
  [429, 'rate limited'],
])('a run records that Telnyx answered %i', async (status, fault) => {
  const rig = await openRig();
  let faults = 1;
  rig.telnyx.intercept = () => (faults-- > 0 ? { status, body: { errors: [] } } : undefined);
  await rig.run();
  expect((await readUpstream(rig.store)).lastFault?.fault).toBe(fault);
});

describe('a run that failed', () => {
  test("has Telnyx's code and title in its error, and in the status that it is not available for the account", async () => {
    const rig = await openRig();
    const error = { code: '10038', title: 'Not permitted at this account level' };
    rig.telnyx.intercept = () => ({ status: 403, body: { errors: [error] } });
    const result = await rig.run();
    expect(result).toMatchObject({ status: 'failed', pages: 0 });
    expect(result?.error).toBe('UpstreamError: Telnyx answered 403 (10038 Not permitted at this account level).');
    expect((await readUpstream(rig.store)).lastFault?.fault).toBe('not available');
    expect(rig.telnyx.requests).toHaveLength(1);
  });

  test('is published in the documented form', async () => {
    const { bus, client } = await startRealBus();
    const rig = await openRig();
    rig.telnyx.intercept = () => down;
    const result = await rig.run(undefined, { bus: client });
    expect(bus.events()).toMatchObject([
      { 'detail-type': 'sync.failed', detail: { id: result?.run_id, revision: 1, run: { status: 'failed' } } },
    ]);
    expect(bus.events().flatMap(problemsOf)).toEqual([]);
  });

  test('has the same result when the bus refuses the event', async () => {
    const { client } = await startRealBus({ request: () => ({ refuse: 500, type: 'InternalException' }) });
    const rig = await openRig();
    rig.telnyx.intercept = () => down;
    expect(await rig.run(undefined, { bus: client })).toMatchObject({ status: 'failed' });
  });
});

test('the ledger learns that ids agree from an event that is listed under the id of its webhook', async () => {
  const rig = await openRig();
  const event = listedEvent(1, { created_at: new Date(NOON - MINUTE).toISOString() });
  rig.telnyx.put(event);
  rig.telnyx.put(listedEvent(2, { created_at: new Date(NOON - MINUTE).toISOString() }));
  expect(await readIdsAgree(rig.store)).toBeUndefined();
  await recordDelivery(rig.store, deliveredEvent(event), NOON - 30_000);
  await rig.run();
  expect(await readIdsAgree(rig.store)).toBe(true);
});
