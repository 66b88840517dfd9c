import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cursorsOf } from '../../functions/http/cursor.ts';
import type { Tokens } from '../../functions/http/tokens.ts';

const tokensOf = (...texts: readonly string[]): Tokens =>
  texts.map((text) => ({ digest: createHash('sha256').update(text).digest(), permission: 'read' as const }));

const cursors = cursorsOf(tokensOf('one', 'two'));
const scope = ['orders', { status: 'exception' }];

describe('a cursor', () => {
  test('returns any value that was sealed, whatever the order of the tokens', () => {
    const others = cursorsOf(tokensOf('two', 'one'));
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (position) => {
        const cursor = cursors.seal(scope, position);
        expect(cursor).toMatch(/^[\w-]+$/);
        expect(others.open(scope, cursor)).toEqual(position);
      }),
    );
  });

  test('is refused when any part of it was changed', () => {
    const cursor = cursors.seal(scope, ['2026-03-20T12:00:00.000000Z#x']);
    for (let index = 0; index < cursor.length; index += 1) {
      const other = cursor[index] === 'A' ? 'B' : 'A';
      const changed = cursor.slice(0, index) + other + cursor.slice(index + 1);
      expect(() => cursors.open(scope, changed)).toThrow(/Begin again/);
    }
    for (const changed of ['', 'A', `${cursor}=`, `${cursor}A`, cursor.slice(1), cursor.slice(0, -1), 'ü', '[]']) {
      expect(() => cursors.open(scope, changed), changed).toThrow(/Begin again/);
    }
  });

  test('is refused in another list, with another filter and under other tokens', () => {
    const cursor = cursors.seal(scope, ['x']);
    expect(() => cursors.open(['gaps', { status: 'exception' }], cursor)).toThrow();
    expect(() => cursors.open(['orders', { status: 'submitted' }], cursor)).toThrow();
    expect(() => cursorsOf(tokensOf('one')).open(scope, cursor)).toThrow();
  });
});
