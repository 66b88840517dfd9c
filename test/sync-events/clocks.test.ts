import { describe, expect, test } from 'vitest';
import { listedEvent } from '../porting-events.ts';
import { MINUTE, NOON, openRig } from './rig.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const eventAt = (number: number, at: number) => listedEvent(number, { created_at: new Date(at).toISOString() });

describe('a clock that was three hours ahead for one run', () => {
  test('leaves the cursor in the future: the next run sets it back and lists 7 days', async () => {
    let telnyxTime = NOON;
    const rig = await openRig({ now: () => telnyxTime });
    await rig.run();
    rig.time = NOON + 3 * HOUR;
    expect(await rig.run()).toMatchObject({ status: 'complete' });
    expect((await rig.state()).completeThrough).toBeGreaterThan(NOON + 2 * HOUR);

    // This event is created before the cursor's instant, and was never listed.
    rig.telnyx.put(eventAt(1, NOON + 10 * MINUTE));
    rig.telnyx.put(eventAt(2, NOON - 6 * DAY));
    rig.time = NOON + 20 * MINUTE;
    telnyxTime = rig.time;
    expect(await rig.run()).toMatchObject({ status: 'complete', inserted: 2, from: '2026-03-13T12:20:00.000Z' });
    expect(await rig.state()).toMatchObject({ completeThrough: rig.time - 5_000, setBackAt: rig.time });
    await rig.expectComplete();
    rig.time += 5 * MINUTE;
    expect(await rig.run()).toMatchObject({ from: '2026-03-20T12:04:55.000Z' });
  });

  test('leaves the cursor in the past if that run fails', async () => {
    const rig = await openRig();
    rig.time = NOON + 3 * HOUR;
    await rig.run();
    rig.time = NOON;
    rig.telnyx.intercept = () => ({ status: 401, body: { errors: [] } });
    expect(await rig.run()).toMatchObject({ status: 'failed' });
    expect((await rig.state()).completeThrough).toBe(NOON - 7 * DAY);
  });
});

describe("a clock that disagrees with Telnyx's", () => {
  test.each([
    ['ahead', 121_000, 121],
    ['behind', -600_000, -600],
  ])('by more than two minutes: each run records the difference (%s)', async (_, ahead, seconds) => {
    let telnyxTime = NOON - ahead;
    const rig = await openRig({ now: () => telnyxTime });
    await rig.run();
    expect((await rig.state()).clockAheadSeconds).toBe(seconds);
    // A run without an answer from Telnyx cannot measure the difference.
    rig.telnyx.intercept = () => ({ status: 401, body: { errors: [] } });
    await rig.run();
    expect((await rig.state()).clockAheadSeconds).toBe(seconds);
    rig.telnyx.intercept = undefined;
    telnyxTime = NOON;
    await rig.run();
    expect((await rig.state()).clockAheadSeconds).toBeUndefined();
  });

  test('by two minutes is not recorded: it may be network delay', async () => {
    const rig = await openRig({ now: () => NOON - 120_000 });
    await rig.run();
    expect((await rig.state()).clockAheadSeconds).toBeUndefined();
  });
});
