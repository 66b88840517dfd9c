import { describe, expect, test } from 'vitest';
import { REQUESTS_A_SECOND } from '../../functions/porting/shares.ts';
import type { Fault } from '../../infra/local/simulator/events-api.ts';
import { passDeadlinesSoon } from '../own-time.ts';
import { listedEvent } from '../porting-events.ts';
import { MINUTE, NOON, openRig, PAGE, type Rig, TIMEOUT } from './rig.ts';

/** Enough events for three pages, so that the second page can fail. */
const LISTED = 2 * PAGE + 1;
/** Enough events where the first request fails. */
const FEW = 3;

const tooMany = { errors: [{ code: '10011', title: 'Too many requests' }] };
const totals = { page_number: 1, page_size: PAGE, total_pages: 3, total_results: LISTED };

/** The ways in which Telnyx can fail, and the error that a run then reports. */
const faults: Record<string, { fault: Fault; says: RegExp }> = {
  '429 without Retry-After': { fault: { status: 429, body: tooMany }, says: /429 \(10011/ },
  '429 with Retry-After': { fault: { status: 429, body: tooMany, headers: { 'retry-after': '2' } }, says: /429/ },
  '429 that asks for an hour': {
    fault: { status: 429, body: tooMany, headers: { 'retry-after': '3600' } },
    says: /429/,
  },
  500: {
    fault: { status: 500, body: { errors: [{ code: '10007', title: 'Unexpected error' }] } },
    says: /500 \(10007/,
  },
  '503 with HTML': { fault: { status: 503, body: '<html>', headers: { 'content-type': 'text/html' } }, says: /503/ },
  'a time-out': { fault: { hang: true }, says: /did not answer within/ },
  'truncated JSON': { fault: { truncate: true }, says: /Telnyx/ },
  'text that is not JSON': { fault: { status: 200, body: '{"data": [' }, says: /cannot be read/ },
  'HTML with a 200': {
    fault: { status: 200, body: '<html>', headers: { 'content-type': 'text/html' } },
    says: /cannot be read/,
  },
  'JSON without totals': { fault: { status: 200, body: { data: [] } }, says: /no page of events/ },
  'totals without a list': {
    fault: { status: 200, body: { meta: { total_pages: 0, total_results: 0 } } },
    says: /no page of events/,
  },
  'a key that was revoked': {
    fault: { status: 401, body: { errors: [{ code: '10009', title: 'Authentication failed' }] } },
    says: /401 \(10009/,
  },
};

/** Makes Telnyx fail as `fault` says. If it does not answer, the run's request times out. */
function happen(fault: Fault | undefined): Fault | undefined {
  if (fault?.hang) passDeadlinesSoon(TIMEOUT);
  return fault;
}

function fill(rig: Rig, many = LISTED): void {
  for (let number = 0; number < many; number += 1) {
    rig.telnyx.put(listedEvent(number, { created_at: new Date(NOON - 60 * MINUTE + number * 1000).toISOString() }));
  }
}

describe.each(Object.entries(faults))('%s', (_, { fault, says }) => {
  test('during a whole run: it fails and says why, the cursor does not move, the next run repeats it', async () => {
    const rig = await openRig();
    expect(await rig.run()).toMatchObject({ status: 'complete' });
    const { completeThrough, lastCompleteAt } = await rig.state();
    fill(rig);
    rig.time += 5 * MINUTE;
    // The first page succeeds: a failure in the middle must not count as complete.
    rig.telnyx.intercept = ({ query }) => (query['page[number]'] === '1' ? undefined : happen(fault));

    // The run before ended 5 s before noon, and looks back only 15 minutes: list from before the outage.
    const outage = { from: NOON - 90 * MINUTE, to: NOON };
    const failed = await rig.run(outage);
    expect(failed).toMatchObject({ status: 'failed', inserted: expect.any(Number) });
    expect(failed?.error).toMatch(says);
    expect(failed?.error).not.toContain('KEYtest');
    expect(await rig.state()).toMatchObject({ completeThrough, lastCompleteAt });

    const scheduled = await rig.run();
    rig.telnyx.intercept = undefined;
    if (scheduled?.status === 'complete') expect(scheduled.inserted).toBe(0);
    expect(await rig.run(outage)).toMatchObject({ status: 'complete', seen: LISTED });
    await rig.expectComplete();
  });

  test('during the very first run: the cursor is not set, and the second run stores everything', async () => {
    const rig = await openRig();
    fill(rig, FEW);
    rig.telnyx.intercept = () => happen(fault);
    expect(await rig.run()).toMatchObject({ status: 'failed', seen: 0 });
    expect(await rig.state()).toMatchObject({ completeThrough: undefined, lastStatus: 'failed' });
    rig.telnyx.intercept = undefined;
    expect(await rig.run()).toMatchObject({ status: 'complete', seen: FEW });
    await rig.expectComplete();
  });
});

describe('a fault that passes', () => {
  test.each([
    '429 without Retry-After',
    '500',
    'a time-out',
    'truncated JSON',
    'HTML with a 200',
  ])('%s: the request is repeated', async (name) => {
    const rig = await openRig();
    fill(rig, FEW);
    let left = 2;
    rig.telnyx.intercept = () => (left-- > 0 ? happen(faults[name]?.fault) : undefined);
    expect(await rig.run()).toMatchObject({ status: 'complete', seen: FEW });
    await rig.expectComplete();
  });

  test('the pause is as long as Telnyx asks for', async () => {
    const rig = await openRig();
    let left = 1;
    rig.telnyx.intercept = () =>
      left-- > 0 ? { status: 429, body: tooMany, headers: { 'x-ratelimit-reset': '7' } } : undefined;
    expect(await rig.run()).toMatchObject({ status: 'complete' });
    expect(rig.sleeps).toEqual([7_000]);
  });

  test('without Retry-After the pauses grow, and the run gives up after the fifth try', async () => {
    const rig = await openRig();
    rig.telnyx.intercept = () => ({ status: 500 });
    expect(await rig.run()).toMatchObject({ status: 'failed' });
    expect(rig.telnyx.requests).toHaveLength(5);
    const [first = 0, second = 0, third = 0, fourth = 0] = rig.sleeps;
    expect(first).toBeGreaterThanOrEqual(500);
    expect(fourth).toBeLessThanOrEqual(5_000);
    expect([second > first, third > second, fourth > third]).toEqual([true, true, true]);
  });

  test('a request with a revoked key is not repeated', async () => {
    const rig = await openRig();
    expect(await rig.run(undefined, { apiKey: 'KEYrevoked' })).toMatchObject({ status: 'failed' });
    expect(rig.telnyx.requests).toHaveLength(1);
  });

  test('a secret without a key fails only the run', async () => {
    const rig = await openRig();
    const api = () => Promise.reject(new Error('no Telnyx API key has been put into it yet'));
    const run = await rig.run(undefined, { api });
    expect(run).toMatchObject({ status: 'failed', error: 'Error: no Telnyx API key has been put into it yet' });
    expect(await rig.run()).toMatchObject({ status: 'complete' });
  });
});

describe('the rate', () => {
  test('at most 2 requests begin in any second', async () => {
    const rig = await openRig();
    fill(rig);
    for (let number = LISTED; number < 12 * PAGE; number += 1) {
      rig.telnyx.put(
        listedEvent(number, { created_at: new Date(NOON - 600 * MINUTE + number * 25_000).toISOString() }),
      );
    }
    expect(await rig.run(undefined, { requestsPerSecond: REQUESTS_A_SECOND.sync })).toMatchObject({
      status: 'complete',
      seen: 12 * PAGE,
    });
    const starts = rig.telnyx.requests.map(({ at }) => at);
    expect(starts.length).toBeGreaterThan(20);
    for (const [index, at] of starts.entries())
      expect((starts[index + 2] ?? at + 1_000) - at).toBeGreaterThanOrEqual(1_000);
    expect(rig.telnyx.requests.filter(({ status }) => status === 429)).toEqual([]);
  });

  test('after an answer that uses up the limit, the next request waits until the limit is reset', async () => {
    const rig = await openRig();
    fill(rig);
    rig.telnyx.intercept = ({ query }) => {
      if (query['page[number]'] !== '1') return undefined;
      const page = rig.telnyx.events().slice(-PAGE);
      return {
        status: 200,
        body: { data: page, meta: totals },
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '3' },
      };
    };
    expect(await rig.run()).toMatchObject({ status: 'complete', seen: LISTED });
    expect(rig.sleeps).toEqual([3_000]);
  });
});
