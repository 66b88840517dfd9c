import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isUsedUp, retryAfterOf } from '../../functions/telnyx/rate-limit.ts';

const NOW = Date.parse('2026-03-12T19:03:58.250Z');

const NAMES = ['retry-after', 'retry-after-ms', 'x-ratelimit-reset', 'ratelimit-reset', 'ratelimit', 'ratelimit-limit'];

const trimmed = ([name, value]: [string, string]): [string, string] => [name, value.trim()];

describe('how long Telnyx asks to wait, in every spelling', () => {
  test.each<[string, Record<string, string>, number | undefined]>([
    ['Retry-After in seconds', { 'retry-after': '7' }, 7],
    ['Retry-After of 0', { 'retry-after': '0' }, 0],
    ['Retry-After with a fraction', { 'retry-after': '0.5' }, 0.5],
    ['Retry-After as a date', { 'retry-after': 'Thu, 12 Mar 2026 19:04:08 GMT' }, 9.75],
    ['Retry-After as a date that has passed', { 'retry-after': 'Thu, 12 Mar 2026 19:00:00 GMT' }, 0],
    ['x-ratelimit-reset in seconds', { 'x-ratelimit-reset': '12' }, 12],
    ['x-ratelimit-reset as an epoch', { 'x-ratelimit-reset': String(Math.floor(NOW / 1000) + 3) }, 2.75],
    ['x-ratelimit-reset as an epoch that has passed', { 'x-ratelimit-reset': '1500000000' }, 0],
    ['x-ratelimit-reset as an epoch in milliseconds', { 'x-ratelimit-reset': String(NOW + 3_000) }, 3],
    ['x-ratelimit-reset as an epoch in microseconds', { 'x-ratelimit-reset': String(NOW * 1000 + 3e6) }, 3],
    ['x-ratelimit-reset as a date', { 'x-ratelimit-reset': 'Thu, 12 Mar 2026 19:04:08 GMT' }, 9.75],
    ['x-ratelimit-reset as a date in ISO 8601', { 'x-ratelimit-reset': '2026-03-12T19:04:08.250Z' }, 10],
    ['Retry-After as an epoch', { 'retry-after': String(Math.floor(NOW / 1000) + 3) }, 2.75],
    ['Retry-After given twice', { 'retry-after': '5, 5' }, 5],
    ['retry-after-ms', { 'retry-after-ms': '1500' }, 1.5],
    ['ratelimit-reset', { 'ratelimit-reset': '4' }, 4],
    ['ratelimit-reset as an epoch in milliseconds', { 'ratelimit-reset': String(NOW + 3_000) }, 3],
    ["the IETF's older ratelimit", { ratelimit: 'limit=100, remaining=0, reset=5' }, 5],
    ["the IETF's newer ratelimit", { ratelimit: '"default";r=0;t=5' }, 5],
    ['ratelimit with two policies, one of them used up', { ratelimit: '"day";r=9;t=4000, "burst";r=0;t=2' }, 2],
    ['ratelimit with two policies, both used up', { ratelimit: '"burst";r=0;t=2, "minute";r=0;t=30' }, 30],
    ['ratelimit without a reset', { ratelimit: '"default";r=0' }, undefined],
    ['ratelimit-limit with a window', { 'ratelimit-limit': '5, 5;w=1' }, 1],
    ['ratelimit-limit with a blank before the window', { 'ratelimit-limit': '100, 100; w=60' }, 60],
    ['ratelimit-limit without a window', { 'ratelimit-limit': '5' }, undefined],
    ['Retry-After before all others', { 'retry-after': '1', 'x-ratelimit-reset': '9', 'ratelimit-limit': '5;w=8' }, 1],
    ['nonsense in Retry-After, then a reset', { 'retry-after': 'soon', 'x-ratelimit-reset': '9' }, 9],
    [
      'nonsense everywhere',
      { 'retry-after': 'soon', 'x-ratelimit-reset': 'later', 'ratelimit-limit': 'a;w=b' },
      undefined,
    ],
    ['x-ratelimit-remaining alone', { 'x-ratelimit-remaining': '0' }, undefined],
    ['more than an hour', { 'retry-after': '7200' }, 3600],
    ['more than a day', { 'retry-after': '86401' }, undefined],
    ['a date next year', { 'retry-after': 'Fri, 12 Mar 2027 19:04:08 GMT' }, undefined],
    ['more than a day, then a reset', { 'retry-after': '1e9, 99999999', 'x-ratelimit-reset': '9' }, 9],
    ['an implausible reset, then a window', { 'x-ratelimit-reset': '99999999', 'ratelimit-limit': '5;w=2' }, 2],
    ['a text that Date.parse would take for a year', { 'retry-after': 'policy 5' }, undefined],
    ['nothing', {}, undefined],
  ])('%s', (_, headers, seconds) => {
    expect(retryAfterOf(new Headers(headers), NOW)).toEqual(seconds);
  });

  test('for any headers it is undefined or 0 to 3600 seconds', () => {
    const values = fc.oneof(
      fc.string({ unit: 'grapheme-ascii' }),
      fc.integer().map(String),
      fc.bigInt({ min: 0n }).map(String),
      fc.double().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
      fc.nat().map((reset) => `limit=100, remaining=0, reset=${reset}`),
      fc.tuple(fc.nat(3), fc.nat()).map(([r, t]) => `"default";r=${r};t=${t}, "other";r=0;t=${t * 2}`),
      fc.nat().map((w) => `100, 100;w=${w}`),
    );
    const names = fc.constantFrom(...NAMES);
    const headers = fc.dictionary(names, values).map((given) => new Headers(Object.entries(given).map(trimmed)));
    fc.assert(
      fc.property(headers, fc.nat({ max: 4e12 }), (given, now) => {
        const seconds = retryAfterOf(given, now) ?? 0;
        expect(seconds >= 0 && seconds <= 3600).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('no headers at all', () => {
    expect(retryAfterOf(undefined, NOW)).toBeUndefined();
  });
});

describe('an answer that uses up the limit', () => {
  test.each<[Record<string, string>, boolean]>([
    [{ 'x-ratelimit-remaining': '0' }, true],
    [{ 'x-ratelimit-remaining': '0, 0' }, true],
    [{ 'x-ratelimit-remaining': '3' }, false],
    [{ 'x-ratelimit-remaining': '' }, false],
    [{ 'ratelimit-remaining': '0' }, true],
    [{ ratelimit: 'limit=100, remaining=0, reset=5' }, true],
    [{ ratelimit: 'limit=100, remaining=7, reset=5' }, false],
    [{ ratelimit: '"default";r=0;t=5' }, true],
    [{ ratelimit: '"default";r=10;t=5' }, false],
    [{}, false],
  ])('%j: %s', (headers, usedUp) => {
    expect(isUsedUp(new Headers(headers))).toBe(usedUp);
  });
});
