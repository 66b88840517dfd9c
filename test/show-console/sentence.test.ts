import { expect, test } from 'vitest';
import type { ShownSummary } from '../../functions/query-events/orders.ts';
import { isAllZero, sentenceOf } from '../../functions/show-console/page/sentence.ts';
import { onDay, START } from './orders.ts';

const summary = (given: Partial<ShownSummary>): ShownSummary => ({
  ...{ needs_you: 0, next_deadline: null, waiting_for_telnyx: 0, waiting_for_losing_carrier: 0, ended_7d: 0 },
  ...{ foc_dates: [], details_as_of: onDay(0), timezone: 'UTC', as_of: onDay(0) },
  ...given,
});
const portingOn = (...orders: readonly number[]) => orders.map((count, day) => ({ day: onDay(day), orders: count }));
const said = (given: Partial<ShownSummary>, zone = 'UTC', isComplete = true) =>
  sentenceOf(summary(given), START, zone, isComplete);

test('says how many need you, the next deadline, what ports within seven days, and what waits', () => {
  const foc_dates = portingOn(1, 0, 0, 0, 0, 0, 3, 5);
  const counts = { needs_you: 3, waiting_for_telnyx: 5, waiting_for_losing_carrier: 7 };
  expect(said({ ...counts, next_deadline: onDay(3), foc_dates })).toBe(
    '3 ports need you. The next is due Thursday. 4 port this week. 12 wait for others.',
  );
});

test('speaks of one order as one', () => {
  const counts = { needs_you: 1, waiting_for_telnyx: 1, foc_dates: portingOn(1) };
  expect(said({ ...counts, next_deadline: onDay(1) })).toBe(
    '1 port needs you. It is due tomorrow. 1 ports this week. 1 waits for others.',
  );
});

test('says kindly that there is nothing', () => {
  expect(said({})).toBe('Nothing needs you. Nothing ports this week. Nothing waits for others.');
});

test('names no deadline where there is none', () => {
  expect(said({ needs_you: 2 })).toBe('2 ports need you. Nothing ports this week. Nothing waits for others.');
});

test('before the first sync is complete, does not say that nothing needs you', () => {
  expect(said({}, 'UTC', false)).toBe('Nothing is known yet: the ledger has not read your orders.');
  expect(said({ ended_7d: 2 }, 'UTC', false)).toMatch(/^So far, nothing needs you\. Nothing ports/);
  expect(said({ needs_you: 2 }, 'UTC', false)).toMatch(/^So far, 2 ports need you\. /);
});

test('says nothing of what ports while no date was ever read', () => {
  expect(said({ details_as_of: null })).toBe('Nothing needs you. Nothing waits for others.');
  expect(said({ details_as_of: null, foc_dates: portingOn(2) })).toContain('2 port this week.');
});

test.each([
  [0.1, 'UTC', 'today at 14:24'],
  [0.1, 'Europe/Berlin', 'today at 15:24'],
  // Half an hour after midnight in Berlin.
  [0.48, 'Europe/Berlin', 'tomorrow'],
  [0.48, 'UTC', 'today at 23:31'],
  [6, 'UTC', 'Sunday'],
  [7, 'UTC', 'Mon 9 Mar'],
])('a deadline in %d days is named for %s: %s', (days, zone, words) => {
  expect(said({ needs_you: 1, next_deadline: onDay(days) }, zone)).toContain(`It is due ${words}.`);
});

test('a summary that counts anything is not all zero', () => {
  expect(isAllZero(summary({}))).toBe(true);
  for (const given of [{ needs_you: 1 }, { ended_7d: 1 }, { foc_dates: portingOn(0, 1) }, { waiting_for_telnyx: 1 }]) {
    expect(isAllZero(summary(given))).toBe(false);
  }
});
