import { afterEach, describe, expect, test, vi } from 'vitest';
import { environment } from '../../functions/lambda/environment.ts';
import { describeError, log } from '../../functions/lambda/log.ts';
import { captureLog } from '../handlers.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('a log line', () => {
  test('is one JSON object on one line, whatever its fields hold', () => {
    const captured = captureLog();
    log('warn', 'something_happened', { text: 'a\nb\r\u2028"', count: 3, missing: undefined, none: null, done: true });
    expect(captured.text().split('\n')).toEqual([expect.any(String), '']);
    expect(captured.lines()).toStrictEqual([
      {
        level: 'warn',
        event: 'something_happened',
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        text: 'a\nb\r\u2028"',
        count: 3,
        none: null,
        done: true,
      },
    ]);
  });
});

describe('an error on a log line', () => {
  test('is reduced to its name and message', () => {
    expect(describeError(new TypeError('wrong'))).toBe('TypeError: wrong');
  });

  test("is short, without the error's other members", () => {
    const error = Object.assign(new Error('x'.repeat(10_000)), { $response: { secret: 'KEY0123' } });
    expect(describeError(error)).toHaveLength(300);
    expect(describeError(Object.assign(new Error('short'), { headers: 'KEY0123' }))).not.toContain('KEY0123');
  });

  test.each([undefined, null, 17, 'a text'])('%j, which is not an error, is logged too', (value) => {
    expect(describeError(value)).toBe(String(value));
  });
});

describe('an environment variable', () => {
  test('that is set is read', () => {
    vi.stubEnv('SOME_TABLE', 'table');
    expect(environment('SOME_TABLE')).toBe('table');
  });

  test.each([
    [undefined, 'not set'],
    ['', 'empty'],
    [' ', 'empty'],
  ])('that is %j prevents the start, and the error names it', (value, fault) => {
    vi.stubEnv('SOME_TABLE', value);
    expect(() => environment('SOME_TABLE')).toThrow(`The environment variable SOME_TABLE is ${fault}`);
  });
});
