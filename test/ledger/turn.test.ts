import { describe, expect, test } from 'vitest';
import { takeSingleCall } from '../../functions/ledger/status/single-calls.ts';
import { controlKey, type Store } from '../../functions/ledger/table/store.ts';
import { takeTurn } from '../../functions/ledger/table/turn.ts';
import { counting } from '../counting-client.ts';
import { openStore } from '../open-store.ts';

const NOON = Date.parse('2026-03-20T12:00:00Z');
const KEY = controlKey('upstream', 'turns');

/** Takes turns in a row: half a second apart, for callers that wait 1,200 ms at most. */
const taker = (store: Store) => (at: number) => takeTurn(store, KEY, { spacing: 500, longestWait: 1_200 }, NOON + at);

describe('turns', () => {
  test('are taken at once after a pause, and in a row half a second apart', async () => {
    const take = taker(await openStore());
    const begin: number[] = [];
    for (const at of [0, 100, 500, 1_900, 2_400, 2_401]) begin.push(at + ((await take(at)) ?? Number.NaN));
    expect(begin).toEqual([0, 500, 1_000, 1_900, 2_400, 2_900]);
  });

  test('of many callers at once are all different, and those who would wait too long take none', async () => {
    const store = await openStore();
    const waits = await Promise.all(Array.from({ length: 8 }, () => taker(store)(0)));
    expect(waits.filter((wait) => wait !== undefined).sort((a, b) => a - b)).toEqual([0, 500, 1_000]);
    expect(await taker(store)(1_500)).toBe(0);
  });

  test('cost one write, two in a queue', async () => {
    const { store, requests, reset } = counting(await openStore());
    await taker(store)(0);
    expect(requests()).toEqual({ UpdateItem: 1 });
    reset();
    await taker(store)(0);
    expect(requests()).toEqual({ UpdateItem: 2 });
  });

  test('taken by a clock that was ahead hold up no one', async () => {
    const take = taker(await openStore());
    await take(3_600_000);
    expect(await take(0)).toBe(0);
    expect(await take(0)).toBe(500);
  });
});

test('single calls have a second each, and two may wait', async () => {
  const store = await openStore();
  const waits = [];
  for (let number = 0; number < 4; number += 1) waits.push(await takeSingleCall(store, NOON));
  expect(waits).toEqual([0, 1_000, 2_000, undefined]);
});
