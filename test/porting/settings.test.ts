import { describe, expect, test } from 'vitest';
import {
  readGraceMinutes,
  readHealing,
  readHealingPerDay,
  readRetainDays,
  readSyncIntervalSeconds,
} from '../../functions/porting/settings.ts';

describe('whole numbers', () => {
  test.each([
    ['minutes of grace', readGraceMinutes, 0, 1440],
    ['seconds between runs', readSyncIntervalSeconds, 1, 86_400],
    ['healing a day', readHealingPerDay, 1, 10_000],
    ['days that are kept', readRetainDays, 30, 3650],
  ])('%s are accepted from minimum to maximum only', (_, read, least, most) => {
    expect([read(String(least)), read(String(most))]).toEqual([least, most]);
    for (const text of [String(least - 1), String(most + 1), '', '1e2', '40.5', '040', ' 40', 'soon', '99999999999']) {
      expect(() => read(text)).toThrow(/^must be .*a whole number from \d+ to \d+, not ./);
    }
  });
});

test('none keeps all days', () => {
  expect(readRetainDays('none')).toBeUndefined();
  expect(() => readRetainDays('all')).toThrow('must be none or a whole number from 30 to 3650, not all');
});

test('healing is off, or republishes', () => {
  expect([readHealing('off'), readHealing('republish')]).toEqual(['off', 'republish']);
  expect(() => readHealing('on')).toThrow('must be off or republish, not on');
});

test('a refused value is quoted on one line, shortened', () => {
  expect(() => readHealing('on\n\u001b[31m')).toThrow(/not on\\n\\u001b\[31m$/);
  expect(() => readHealing('x'.repeat(50))).toThrow(`not ${'x'.repeat(40)}…`);
});
