import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Clock, pace } from '../../functions/telnyx/pace.ts';
import { UpstreamError, type UpstreamFault } from '../../functions/telnyx/upstream-error.ts';

/** A clock that advances only by sleeping, which takes no real time. */
function testClock(): Clock {
  let time = 1_000_000;
  return {
    now: () => time,
    sleep: async (milliseconds) => {
      time += milliseconds;
    },
  };
}

const fault = (is: UpstreamFault, retryAfter?: number) =>
  new UpstreamError(is, is, retryAfter === undefined ? {} : { retryAfter });

/** Makes one call whose attempts have these outcomes. Returns when each began, in milliseconds after the first. */
async function attemptsOf(
  outcomes: (UpstreamError | Error | 'fine')[],
  { perSecond = Number.POSITIVE_INFINITY, within = 1e9 } = {},
) {
  const clock = testClock();
  const start = clock.now();
  const calls = pace(perSecond, () => start + within, clock);
  const beganAt: number[] = [];
  const ask = async () => {
    beganAt.push(clock.now() - start);
    const outcome = outcomes[beganAt.length - 1] ?? 'fine';
    if (outcome !== 'fine') throw outcome;
    return outcome;
  };
  const result = await calls.call(ask).catch((error: unknown) => error);
  return { beganAt, result };
}

describe('the rate', () => {
  test('spaces the starts of calls evenly', async () => {
    const clock = testClock();
    const start = clock.now();
    const calls = pace(4, () => start + 1e9, clock);
    const beganAt: number[] = [];
    const call = () => calls.call(async () => beganAt.push(clock.now() - start));
    for (let number = 0; number < 9; number += 1) await call();
    expect(beganAt).toEqual([0, 250, 500, 750, 1000, 1250, 1500, 1750, 2000]);
  });

  test('allows no burst after idle time', async () => {
    const clock = testClock();
    const calls = pace(4, () => clock.now() + 1e9, clock);
    await calls.call(async () => 'first');
    await clock.sleep(10_000);
    const start = clock.now();
    const beganAt: number[] = [];
    for (let number = 0; number < 3; number += 1) await calls.call(async () => beganAt.push(clock.now() - start));
    expect(beganAt).toEqual([0, 250, 500]);
  });

  test('spaces calls from when they really begin, however long it took to get ready', async () => {
    const clock = testClock();
    const start = clock.now();
    const calls = pace(4, () => start + 1e9, clock);
    const beganAt: number[] = [];
    for (const takes of [0, 200, 0, 0]) {
      await calls.call(
        async () => beganAt.push(clock.now() - start),
        () => clock.sleep(takes),
      );
    }
    expect(beganAt).toEqual([0, 450, 700, 950]);
  });

  test('includes retries', async () => {
    const { beganAt } = await attemptsOf([fault('rate limited', 0), fault('rate limited', 0)], { perSecond: 4 });
    expect(beganAt).toEqual([0, 250, 500]);
  });

  test('holds every later call for the time that an answer asks for, at most 30 s', async () => {
    for (const [asked, waited] of [
      [2, 2_000],
      [3_600, 30_000],
    ] as const) {
      const clock = testClock();
      const start = clock.now();
      const calls = pace(4, () => start + 1e9, clock);
      calls.holdFor(asked);
      await calls.call(async () => 'fine');
      expect(clock.now() - start).toBe(waited);
    }
  });
});

test('a call that fails for good holds the next one for the time that Telnyx asked for', async () => {
  const clock = testClock();
  const start = clock.now();
  const calls = pace(4, () => start + 1e9, clock);
  let attempts = 0;
  const refused = calls.call(async () => {
    attempts += 1;
    throw attempts === 5 ? fault('rate limited', 20) : fault('failed');
  });
  await expect(refused).rejects.toThrow('rate limited');
  const failedAt = clock.now();
  await calls.call(async () => 'fine');
  expect(clock.now() - failedAt).toBe(20_000);
});

describe('retries', () => {
  test.each([
    'rate limited',
    'unavailable',
    'failed',
    'unreadable',
    'not reached',
    'no answer',
  ] as const)('%s: at most 4 retries', async (is) => {
    expect((await attemptsOf([fault(is), fault(is)])).result).toBe('fine');
    const { beganAt, result } = await attemptsOf(Array(9).fill(fault(is)));
    expect(result).toMatchObject({ fault: is });
    expect(beganAt).toHaveLength(5);
  });

  test.each([
    'key refused',
    'not available',
    'not found',
    'refused',
    'gave up',
  ] as const)('%s: no retry', async (is) => {
    const { beganAt, result } = await attemptsOf([fault(is)]);
    expect(result).toMatchObject({ fault: is });
    expect(beganAt).toHaveLength(1);
  });

  test('a 4xx that Telnyx calls retryable: at most 4 retries', async () => {
    for (const is of ['not available', 'refused'] as const) {
      const { beganAt } = await attemptsOf(Array(9).fill(new UpstreamError(is, is, { retryable: true })));
      expect(beganAt).toHaveLength(5);
    }
  });

  test("an error that is not Telnyx's: no retry", async () => {
    const bug = new TypeError('a bug');
    const { beganAt, result } = await attemptsOf([bug]);
    expect(result).toBe(bug);
    expect(beganAt).toHaveLength(1);
  });

  test('pauses double, with a random part of at most a quarter', async () => {
    const { beganAt } = await attemptsOf(Array(5).fill(fault('failed')));
    const pauses = beganAt.slice(1).map((at, index) => at - (beganAt[index] as number));
    expect(pauses).toHaveLength(4);
    for (const [index, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(500 * 2 ** index);
      expect(pause).toBeLessThan(625 * 2 ** index);
    }
  });

  test('a pause is as long as Telnyx asks for', async () => {
    const { beganAt } = await attemptsOf([fault('rate limited', 7), fault('failed', 1.5)]);
    expect(beganAt).toEqual([0, 7_000, 8_500]);
  });

  test('a pause of more than 30 s is refused: the call fails at once', async () => {
    const { beganAt, result } = await attemptsOf([fault('rate limited', 31)]);
    expect(result).toMatchObject({ fault: 'rate limited' });
    expect(beganAt).toEqual([0]);
  });

  test('no pause ends after the deadline, whatever happens', async () => {
    const faults = fc.constantFrom<UpstreamFault>('rate limited', 'failed', 'no answer');
    const waits = fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined });
    const outcomes = fc.array(fc.tuple(faults, waits), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(outcomes, fc.integer({ min: 1, max: 20_000 }), async (given, within) => {
        const { beganAt } = await attemptsOf(
          given.map(([is, wait]) => fault(is, wait)),
          { within },
        );
        expect(beganAt.at(-1)).toBeLessThan(within);
      }),
    );
  });
});
