import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventIdIn } from '../../functions/http/path-parameter.ts';
import { Problem } from '../../functions/http/problem.ts';

test('a UUID is the id, in small letters however it was spelt', () => {
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      expect(eventIdIn({ id })).toBe(id);
      expect(eventIdIn({ id: id.toUpperCase() })).toBe(id);
      expect(eventIdIn({ id: id.replace(/-/g, '%2D') })).toBe(id);
    }),
  );
});

test.each([
  undefined,
  '',
  'x',
  '17',
  'da7989d5-ffeb-47b5-9dc4-4a177a4094b',
  'da7989d5-ffeb-47b5-9dc4-4a177a4094b0a',
  'da7989d5ffeb47b59dc44a177a4094b0',
  'ga7989d5-ffeb-47b5-9dc4-4a177a4094b0',
  '../da7989d5-ffeb-47b5-9dc4-4a177a4094b0',
  'da7989d5-ffeb-47b5-9dc4-4a177a4094b0\n',
  '%E0%A4%A',
  '__proto__',
])('%j is not an id: a 422 says so', (id) => {
  const read = () => eventIdIn(id === undefined ? undefined : { id });
  expect(read).toThrow(Problem);
  expect(read).toThrow(/is not an event id/);
});

test('a long value is quoted only in part', () => {
  const read = () => eventIdIn({ id: 'x'.repeat(10_000) });
  expect(read).toThrow(/^"x{60}" is not/);
});
