import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isObject } from '../../functions/porting/event.ts';
import { isDeeperThan, numberOf, readJson } from '../../functions/porting/json.ts';
import { orderFactOf } from '../../functions/porting/order-fact-of.ts';
import { jsonText, numberText } from '../json-texts.ts';

const fixtures = join(import.meta.dirname, '../fixtures/telnyx/port-in');

describe('numbers are written as they were read', () => {
  test('anywhere in the document, in every spelling', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        expect(JSON.stringify(readJson(text))).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });

  test('with white space around them', () => {
    fc.assert(
      fc.property(numberText, fc.constantFrom(' ', '\n', '\r\n\t'), (number, space) => {
        const text = ['', '{', '"a"', ':', number, ',', '"b"', ':', '[', number, ',', number, ']', '}', ''].join(space);
        expect(JSON.stringify(readJson(text))).toBe(`{"a":${number},"b":[${number},${number}]}`);
      }),
    );
  });

  test.each([
    '12345678901234567890',
    '1e400',
    '-0',
    '1.0',
    '1E2',
    '0.0000001',
    '0.1234567890123456789',
  ])('%s as a whole document', (text) => {
    expect(JSON.stringify(readJson(text))).toBe(text);
  });
});

test.each(readdirSync(fixtures))('%s is read as JSON.parse reads it: every number is a JavaScript number', (name) => {
  const text = readFileSync(join(fixtures, name), 'utf8');
  expect(readJson(text)).toStrictEqual(JSON.parse(text));
});

test('beside such a number, __proto__ is an ordinary member', () => {
  expect(JSON.stringify(readJson('{"__proto__":{"a":1.0}}'))).toBe('{"__proto__":{"a":1.0}}');
});

test.each(['', '{"a":01}', '{"a":1.}', '[-]', '{"a":1.0'])('%o is not JSON', (text) => {
  expect(() => readJson(text)).toThrow(SyntaxError);
});

describe('a number that is kept as its text', () => {
  const [kept, plain] = readJson('[1.0,2]') as readonly unknown[];

  test('is the nearest JavaScript number, and not an object', () => {
    expect([numberOf(kept), numberOf(plain), numberOf('1'), numberOf(null)]).toEqual([1, 2, undefined, undefined]);
    expect(isObject(kept)).toBe(false);
  });

  test('does not count as a level of nesting', () => {
    expect(isDeeperThan(1, readJson('{"a":[1.0]}'))).toBe(false);
    expect(isDeeperThan(0, readJson('{"a":[1.0]}'))).toBe(true);
  });

  test('in place of an object, a text or an id, it says nothing about the order and does not throw', () => {
    const members = [
      'id',
      'porting_order_id',
      'customer_reference',
      'support_key',
      'webhook_url',
      'updated_at',
      'status',
    ];
    const more = ['messaging', 'comment', 'from', 'to', 'deleted_at', 'created_at'];
    const payload = `{${[...members, ...more].map((name) => `"${name}":1.0`).join()}}`;
    const types = ['status_changed', 'new_comment', 'split', 'messaging_changed', 'deleted', 'teleported'];
    for (const type of types) {
      const event = readJson(`{"id":"e","event_type":"porting_order.${type}","payload":${payload}}`) as never;
      const plainEvent = JSON.parse(JSON.stringify(event).replaceAll('1.0', '1'));
      const knowledge = { createdAt: '2026-03-01T12:00:00.000000Z', version: undefined, listed: false, webhook: true };
      expect(orderFactOf(event, knowledge)).toStrictEqual(orderFactOf(plainEvent, knowledge));
    }
  });
});
