import { paginateQuery } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { SETTLE } from '../../functions/porting/window.ts';
import { InvalidInput, readInput } from '../../functions/sync-events/input.ts';
import { lives } from '../lives.ts';
import { listedEvent } from '../porting-events.ts';
import { MINUTE, NOON, openRig, PAGE } from './rig.ts';

const DAY = 24 * 60 * MINUTE;

describe('a large first run', () => {
  test('whose time runs out resumes where it stopped, does little twice, and shows how far it is', async () => {
    const rig = await openRig({ order: 'shuffled' });
    const lived = lives({ seed: 3, from: NOON - 400 * DAY, orders: 60, days: 370 });
    for (const { event, visibleAt } of lived) if (visibleAt < NOON) rig.telnyx.put(event);
    const events = rig.telnyx.events().length;
    expect(events).toBeGreaterThan(30 * PAGE);

    const statuses: string[] = [];
    let through = 0;
    for (let run = 0; run < 20 && statuses.at(-1) !== 'complete'; run += 1) {
      // 4 requests a second for 5 s, of the 20 s that are left: the rest is kept for the end.
      const result = await rig.run(undefined, { requestsPerSecond: 4, endsAt: rig.time + 20_000 });
      statuses.push(result?.status ?? 'skipped');
      const { completeThrough = 0 } = await rig.state();
      expect(completeThrough).toBeGreaterThanOrEqual(through);
      through = completeThrough;
      expect((await rig.state()).lastStatus).toBe(result?.status);
    }
    expect(statuses.length).toBeGreaterThan(3);
    expect(statuses.slice(0, -1).every((status) => status === 'partial')).toBe(true);
    expect(statuses.at(-1)).toBe('complete');
    await rig.expectComplete();
    // Halving, and what each run began and did not finish, may double the pages.
    expect(rig.telnyx.requests.length).toBeLessThan((events / PAGE) * 3);

    const rows: Record<string, string>[] = [];
    const pages = paginateQuery(
      { client: rig.store.client },
      {
        TableName: rig.store.control,
        KeyConditionExpression: 'kind = :kind',
        ExpressionAttributeValues: { ':kind': { S: 'sync-run' } },
      },
    );
    for await (const { Items = [] } of pages) {
      for (const row of Items)
        rows.push(Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value.S ?? value.N ?? ''])));
    }
    expect(rows).toHaveLength(statuses.length);
    expect(rows.reduce((sum, row) => sum + Number(row.inserted), 0)).toBe(events);
    for (const row of rows) expect(Number(row.expires_at)).toBeGreaterThan(NOON / 1000 + 89 * 24 * 3600);
  });
});

describe('a range', () => {
  test('is listed again, and the cursor stays where it is', async () => {
    const rig = await openRig();
    await rig.run();
    const before = await rig.state();
    rig.telnyx.put(listedEvent(1, { created_at: new Date(NOON - 3 * DAY).toISOString() }));
    rig.time += 5 * MINUTE;
    expect(await rig.run()).toMatchObject({ inserted: 0 });
    const after = await rig.state();
    expect(await rig.run({ from: NOON - 4 * DAY, to: NOON - 2 * DAY })).toMatchObject({
      status: 'complete',
      inserted: 1,
    });
    expect(await rig.state()).toEqual({ ...after, runs: after.runs + 1, endedAt: rig.time });
    expect(after.completeThrough).toBeGreaterThan(before.completeThrough ?? 0);
  });

  test('that is cut off says how to go on', async () => {
    const rig = await openRig();
    for (let number = 0; number < 18 * PAGE; number += 1) {
      rig.telnyx.put(
        listedEvent(number, { created_at: new Date(NOON - 10 * DAY + number * 25 * 60_000).toISOString() }),
      );
    }
    const range = { from: NOON - 11 * DAY, to: NOON - DAY };
    const first = await rig.run(range, { requestsPerSecond: 4, endsAt: rig.time + 18_500 });
    expect(first).toMatchObject({ status: 'partial', resume: { to: new Date(range.to).toISOString() } });
    const resume = readInput(first?.resume, rig.time);
    expect(resume?.from).toBeGreaterThan(range.from);
    expect(await rig.run(resume)).toMatchObject({ status: 'complete' });
    await rig.expectComplete();
  });
});

describe('the input', () => {
  test.each([[{}], [undefined], [null]])('%j is the scheduled run', (input) => {
    expect(readInput(input, NOON)).toBeUndefined();
  });

  test('a number of days reaches back from now', () => {
    expect(readInput({ days: 7 }, NOON)).toEqual({ from: NOON - 7 * DAY, to: NOON - SETTLE });
  });

  test('a range may be spelt in any zone, and ends before the present', () => {
    const range = readInput({ from: '2026-03-19T02:00:00+02:00', to: '2030-01-01T00:00:00Z' }, NOON);
    expect(range).toEqual({ from: Date.parse('2026-03-19T00:00:00Z'), to: NOON - SETTLE });
  });

  test.each([
    [{ from: '2026-01-01T00:00:00Z' }, '"to" is undefined'],
    [{ from: 'monday', to: '2026-01-01T00:00:00Z' }, '"from" is "monday"'],
    [{ from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 'later than "to"'],
    [{ form: '2026-02-01T00:00:00Z' }, 'It has "form"'],
    [{ days: '7' }, '"days" is not a number'],
    [{ days: 7, to: '2026-01-01T00:00:00Z' }, 'beside'],
    [[], 'It is []'],
    ['now', 'It is "now"'],
  ])('%j is refused with what is allowed', (input, says) => {
    expect(() => readInput(input, NOON)).toThrow(InvalidInput);
    expect(() => readInput(input, NOON)).toThrow(says);
    expect(() => readInput(input, NOON)).toThrow('The input must be {}');
  });
});
