import { paginateQuery } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { oldestRequested } from '../../functions/ledger/runs/requested-runs.ts';
import { REQUESTS_A_SECOND } from '../../functions/porting/shares.ts';
import { lives } from '../lives.ts';
import { listedEvent } from '../porting-events.ts';
import { MINUTE, NOON, openRig, PAGE } from './rig.ts';

const DAY = 24 * 60 * MINUTE;

describe('a large first run', () => {
  test('whose time runs out resumes where it stopped, repeats little work, and shows its progress', async () => {
    const rig = await openRig({ order: 'shuffled' });
    const lived = lives({ seed: 3, from: NOON - 400 * DAY, orders: 60, days: 370 });
    for (const { event, visibleAt } of lived) if (visibleAt < NOON) rig.telnyx.put(event);
    const events = rig.telnyx.events().length;
    expect(events).toBeGreaterThan(30 * PAGE);

    const statuses: string[] = [];
    let through = 0;
    for (let run = 0; run < 20 && statuses.at(-1) !== 'complete'; run += 1) {
      // 2 requests a second for 10 of the remaining 25 s: the other 15 s are kept for ending the run.
      const result = await rig.run(undefined, {
        requestsPerSecond: REQUESTS_A_SECOND.sync,
        endsAt: rig.time + 25_000,
      });
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
    // Halving, and the unfinished part of each run, may double the number of pages.
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
  test('is listed again, and the cursor does not move', async () => {
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

  test('that is cut off shows up to where it is complete, and continues there', async () => {
    const rig = await openRig();
    for (let number = 0; number < 18 * PAGE; number += 1) {
      rig.telnyx.put(
        listedEvent(number, { created_at: new Date(NOON - 10 * DAY + number * 25 * 60_000).toISOString() }),
      );
    }
    const range = { from: NOON - 11 * DAY, to: NOON - DAY };
    const first = await rig.run(range, { requestsPerSecond: REQUESTS_A_SECOND.sync, endsAt: rig.time + 22_000 });
    expect(first).toMatchObject({ status: 'partial', to: new Date(range.to).toISOString() });
    const rest = await oldestRequested(rig.store, rig.time);
    expect(rest?.through).toBeGreaterThan(range.from);
    expect(await rig.run({ from: rest?.through ?? 0, to: range.to })).toMatchObject({ status: 'complete' });
    await rig.expectComplete();
  });
});
