import { describe, expect, test } from 'vitest';
import { ACTION_REQUIRED, dutyOf, TERMINAL } from '../../functions/porting/acts.ts';

const SINCE = '2026-02-27T23:30:00.000123Z';

describe('who must act, and by when', () => {
  test.each([
    ['draft', 'customer', '2026-03-29T23:30:00.000123Z'],
    ['in-process', 'telnyx', null],
    ['submitted', 'losing_carrier', null],
    ['exception', 'customer', '2026-03-13T23:30:00.000123Z'],
    ['foc-date-confirmed', 'nobody', null],
    ['activation-in-progress', 'telnyx', null],
    ['cancel-pending', 'telnyx', '2026-03-01T23:30:00.000123Z'],
    ['ported', 'nobody', null],
    ['cancelled', 'nobody', null],
    ['deleted', 'nobody', null],
  ])('%s: %s, %s', (status, acts, actBy) => {
    expect(dutyOf(status, SINCE)).toEqual({
      acts,
      act_by: actBy,
      terminal: ['ported', 'cancelled', 'deleted'].includes(status),
      action_required: status === 'exception',
    });
  });

  test.each([
    ['on-hold'],
    // Messaging and port-out use this spelling; port-in does not.
    ['canceled'],
    ['__proto__'],
    ['constructor'],
    [''],
    [undefined],
  ])('in the status %s it is unknown', (status) => {
    expect(dutyOf(status, SINCE)).toEqual({ acts: 'unknown', act_by: null, terminal: false, action_required: false });
  });

  test('a status with an unknown beginning has no deadline', () => {
    expect(dutyOf('exception', undefined)).toEqual({
      acts: 'customer',
      act_by: null,
      terminal: false,
      action_required: true,
    });
  });

  test('a deadline after the year 9999 becomes the last instant that can be written', () => {
    expect(dutyOf('draft', '9999-12-25T00:00:00.000000Z').act_by).toBe('9999-12-31T23:59:59.999999Z');
  });

  test('the terminal statuses are ported, cancelled and deleted', () => {
    expect(TERMINAL).toEqual(['ported', 'cancelled', 'deleted']);
  });

  test('only an exception waits for a correction by the customer', () => {
    expect(ACTION_REQUIRED).toEqual(['exception']);
  });
});
