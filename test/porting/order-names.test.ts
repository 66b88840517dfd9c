import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { finds, folded, namesOf } from '../../functions/porting/order-names.ts';

describe('a folded text', () => {
  test.each([
    ['Port-4711', 'pORT-4711'],
    ['STRASSE 7', 'Straße 7'],
    ['Müller', 'mu\u0308LLER'],
    ['İSTANBUL', 'istanbul'],
    ['ISPARTA', 'ısparta'],
    ['ΟΔΟΣ', 'οδος'],
    ['  port\t4711\n', 'PORT 4711'],
    ['ﬁle', 'FILE'],
  ])('%j is %j', (one, other) => {
    expect(folded(one)).toBe(folded(other));
  });

  test.each([
    ['port-1', 'port-2'],
    ['café', 'cafe'],
    ['a b', 'ab'],
  ])('%j is not %j', (one, other) => {
    expect(folded(one)).not.toBe(folded(other));
  });

  /** With letters whose case is irregular, marks, blanks, halves of characters and controls. */
  const texts = fc
    .array(fc.oneof(fc.constantFrom(...'IıİißΣσςǅǆﬁŉΐ Aa\u0307\u0308\t\0\ud800'), fc.string({ unit: 'binary' })))
    .map((parts) => parts.join(''));

  test('is the same in capitals, in small letters, composed, decomposed and folded again', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const same = [text.normalize('NFC'), text.normalize('NFD'), folded(text)];
        for (const one of same) expect(folded(one)).toBe(folded(text));
      }),
      { numRuns: 1_000 },
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'IıİißΣσςAaÄäéÉøØжЖ7-_#') }), (text) => {
        expect(folded(text.toUpperCase())).toBe(folded(text));
        expect(folded(text.toLowerCase())).toBe(folded(text));
      }),
      { numRuns: 1_000 },
    );
  });

  test('has no tab, no other control character, and is well formed', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(folded(text)).toMatch(/^[^\p{Cc}]*$/u);
        expect(folded(text).isWellFormed()).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test('begins with the folded beginning of the text', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...'IıİißΣσςAaÄ7- ')), fc.nat(), (letters, at) => {
        const beginning = letters.slice(0, at % (letters.length + 1)).join('');
        expect(folded(letters.join('')).startsWith(folded(beginning))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

test('an order is named by its reference and support key, each once, as events and details have them', () => {
  const order = { customer_reference: 'Port-1', support_key: 'SR_1', details: null };
  expect(namesOf(order)).toEqual(['port-1', 'sr_1']);
  const details = { customer_reference: 'PORT-1', support_key: 'sr_2' };
  expect(namesOf({ ...order, details })).toEqual(['port-1', 'sr_1', 'sr_2']);
  expect(namesOf({ customer_reference: ' \t', support_key: null, details: null })).toEqual([]);
});

test('a search finds equal names, and from 3 characters on those that begin with the text', () => {
  expect(finds('po', 'port-1')).toBe(false);
  expect(finds('p1', 'p1')).toBe(true);
  expect(finds('por', 'port-1')).toBe(true);
  expect(finds('ort', 'port-1')).toBe(false);
  // Three characters of two code units each.
  expect(finds('😀😀', '😀😀😀')).toBe(false);
});
