import { describe, expect, test } from 'vitest';
import { placeOf, waitingSince, wrongIn } from '../../functions/show-console/page/places.ts';
import { onDay, orderOf, START } from './orders.ts';

const at = (day: number) => START + day * 24 * 3_600_000;

describe('where an order stands', () => {
  test.each([
    ['draft', 1, 'Draft'],
    ['draft', 27, 'Needs you'],
    ['in-process', 1, 'Waiting for Telnyx'],
    ['submitted', 1, 'Waiting for the old carrier'],
    ['exception', 1, 'Needs you'],
    ['exception', 15, 'Check with Telnyx'],
    ['foc-date-confirmed', 1, 'Date set'],
    ['ported', 1, 'Ported'],
    ['cancelled', 1, 'Cancelled'],
    ['on-hold', 1, 'on hold'],
  ])('%s for %d days: %s', (status, days, place) => {
    expect(placeOf(orderOf([{ day: 0, status }]), at(days))).toBe(place);
  });

  test('an order that waits for others needs you once Telnyx asks', () => {
    const order = orderOf([
      { day: 0, status: 'submitted' },
      { day: 2, by: 'admin' },
    ]);
    expect(placeOf(order, at(3))).toBe('Needs you');
    expect(wrongIn(order, at(3))).toEqual(['Telnyx wrote, and waits for your answer.']);
    expect(waitingSince(order, at(3))).toBe(onDay(2));
  });
});

describe('what is wrong', () => {
  const wrong = (...reasons: readonly unknown[]) => wrongIn(orderOf([{ day: 0, status: 'exception', reasons }]), at(1));

  test("is said in Telnyx's words, without the code", () => {
    expect(wrong({ code: 'ACCOUNT_NUMBER_MISMATCH', description: 'Wrong account number.' }, 'Call us.')).toEqual([
      'Wrong account number.',
      'Call us.',
    ]);
  });

  test('is the code in words where Telnyx gives no more', () => {
    expect(wrong({ code: 'ACCOUNT_NUMBER_MISMATCH' })).toEqual(['account number mismatch']);
    expect(wrong()).toEqual(['Telnyx refused it and gives no reason.']);
  });

  test('is nothing with an order that needs no one', () => {
    expect(wrongIn(orderOf([{ day: 0, status: 'ported' }]), at(1))).toEqual([]);
  });
});
