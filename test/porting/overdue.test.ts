import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TERMINAL } from '../../functions/porting/acts.ts';
import { overdueSince, readOverdueLimits } from '../../functions/porting/overdue.ts';
import { readSetting } from '../../functions/porting/settings.ts';
import { millisecondsOf } from '../../functions/porting/timestamp.ts';

const defaults = readOverdueLimits('default');
const MONDAY = '2026-03-02T12:00:00.000500Z';
const NEXT_MONDAY = '2026-03-09T12:00:00.000500Z';

describe('the limits', () => {
  test('are the defaults if nothing else is set', () => {
    const expected = {
      draft: 15,
      'in-process': 5,
      submitted: 20,
      exception: 5,
      'foc-date-confirmed': 20,
      'activation-in-progress': 1,
      'cancel-pending': 2,
    };
    for (const override of ['default', ' default ']) {
      expect(Object.fromEntries(readSetting('OVERDUE_AFTER', override, readOverdueLimits))).toEqual(expected);
    }
  });

  test('are the defaults except those that are set', () => {
    const limits = readOverdueLimits(' exception=3, submitted = 365 ');
    expect(Object.fromEntries(limits)).toEqual({ ...Object.fromEntries(defaults), exception: 3, submitted: 365 });
    expect(readOverdueLimits('default').get('exception')).toBe(5);
  });

  test.each([
    ['', 'empty is none'],
    ['  ', 'empty is none'],
    ['exeption=5', 'exeption=5 is none'],
    ['exception', 'exception is none'],
    ['exception=0', 'exception=0 is none'],
    ['exception=-1', 'exception=-1 is none'],
    ['exception=1.5', 'exception=1.5 is none'],
    ['exception=5d', 'exception=5d is none'],
    ['exception=5,', 'empty is none'],
    ['limits=exception=5', 'limits=exception=5 is none'],
    ['ported=5', 'ported=5 is none'],
    ['__proto__=5', '__proto__=5 is none'],
    ['default,exception=5', 'default is none'],
    ['exception=366', 'exception=366 has more days'],
    ['exception=5,exception=6', 'exception is there twice'],
  ])('%s is refused', (override, found) => {
    expect(() => readOverdueLimits(override)).toThrow(found);
    expect(() => readOverdueLimits(override)).toThrow('1 to 365 business days, such as exception=5,submitted=10');
    expect(() => readOverdueLimits(override)).toThrow('draft, in-process, submitted, exception, foc-date-confirmed');
  });

  test('every refusal is an error that says what is allowed', () => {
    fc.assert(
      fc.property(fc.string(), (override) => {
        try {
          readOverdueLimits(override);
        } catch (error) {
          expect(String(error)).toContain('must be default, or statuses with 1 to 365 business days');
        }
      }),
    );
  });
});

describe('an order is overdue', () => {
  test('from the instant at which its limit ends', () => {
    const since = '2026-03-02T12:00:00.000000Z';
    const end = '2026-03-09T12:00:00.000000Z';
    expect(overdueSince('exception', since, defaults, Date.UTC(2026, 2, 9, 12) - 1)).toBeUndefined();
    expect(overdueSince('exception', since, defaults, Date.UTC(2026, 2, 9, 12))).toBe(end);
  });

  test('from the next millisecond if its limit ends within a millisecond', () => {
    const ranOut = millisecondsOf(NEXT_MONDAY);
    expect(overdueSince('exception', MONDAY, defaults, ranOut)).toBeUndefined();
    expect(overdueSince('exception', MONDAY, defaults, ranOut + 1)).toBe(NEXT_MONDAY);
    expect(overdueSince('exception', MONDAY, defaults, ranOut + 1e12)).toBe(NEXT_MONDAY);
  });

  test('by the configured limit', () => {
    const now = millisecondsOf('2026-03-05T12:00:00.000000Z');
    expect(overdueSince('exception', MONDAY, readOverdueLimits('exception=2'), now)).toBe(
      '2026-03-04T12:00:00.000500Z',
    );
  });

  test('never in a terminal or unknown status, or without a status', () => {
    for (const status of [...TERMINAL, 'on-hold', '__proto__', '', undefined]) {
      expect(overdueSince(status, MONDAY, defaults, Date.UTC(2100, 0))).toBeUndefined();
    }
    expect(overdueSince('exception', undefined, defaults, Date.UTC(2100, 0))).toBeUndefined();
  });
});
