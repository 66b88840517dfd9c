import { expect, test } from 'vitest';
import type { KeptCounts } from '../../functions/ledger/counts/day-counts.ts';
import { listRanges, rangesToRead } from '../../functions/ledger/counts/list-ranges.ts';
import { BEGINNING, END } from '../../functions/ledger/table/event-keys.ts';

const dayOf = (number: number) => `2026-01-${String(number).padStart(2, '0')}`;

/** Twenty days with `busy` events each; the rare type is on the days given. */
function keptWith(busy: number, rare: readonly number[]): KeptCounts {
  const days = Array.from({ length: 20 }, (_, index) => index + 1).map((number) => {
    return [dayOf(number), { common: busy, ...(rare.includes(number) && { rare: 1 }) }] as const;
  });
  return { days: new Map(days), through: dayOf(20), doubtful: new Set() };
}

function rangesOf(kept: KeptCounts): readonly (readonly [string, string])[] {
  return rangesToRead(kept, listRanges(kept, BEGINNING, END, 'rare')).map(({ from, to }) => [from, to]);
}

test('days without the type are read over while they hold few events', () => {
  expect(rangesOf(keptWith(100, [3, 9, 18]))).toEqual([[dayOf(3), END]]);
});

test('days without the type are left out when they hold more events than half a request reads', () => {
  expect(rangesOf(keptWith(1_000, [3, 4, 7, 18]))).toEqual([
    [dayOf(18), END],
    [dayOf(3), dayOf(8)],
  ]);
});

test('what is not counted yet is always read', () => {
  const { days } = keptWith(10_000, [3]);
  const doubtful: KeptCounts = {
    days: new Map([...days].slice(0, 10)),
    through: dayOf(10),
    doubtful: new Set([dayOf(6)]),
  };
  expect(rangesOf(doubtful)).toEqual([
    [dayOf(6), END],
    [dayOf(3), dayOf(4)],
  ]);
});
