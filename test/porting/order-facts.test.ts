import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { factsIn, mergeFacts, type OrderFact } from '../../functions/porting/order-facts.ts';
import { shuffled, someFacts } from './order-arbitraries.ts';

const fact: OrderFact = {
  id: 'event',
  at: '2026-03-02T12:00:00.000000Z',
  type: 'porting_order.status_changed',
  v: '1#0#',
  listed: false,
  webhook: true,
  status: { value: 'submitted', details: [] },
};
const newer: OrderFact = { ...fact, at: '2026-03-02T11:59:58.000000Z', v: '1#1#1#2026', listed: true, webhook: false };

describe('merging facts', () => {
  test('keeps the newer fact of each event, and the sources of both', () => {
    const both = { ...newer, listed: true, webhook: true };
    expect(mergeFacts([fact, newer])).toEqual([both]);
    expect(mergeFacts([newer, fact])).toEqual([both]);
  });

  test('drops a member that the newer fact no longer has', () => {
    const { status, ...silent } = newer;
    expect(mergeFacts([silent, fact])[0]).not.toHaveProperty('status');
  });

  test('keeps marks that this code does not know, whichever fact has them', () => {
    const marked = { ...fact, gone: true } as OrderFact;
    expect(mergeFacts([marked, newer])).toEqual([{ ...newer, webhook: true, gone: true }]);
    expect(mergeFacts([newer, marked])).toEqual([{ ...newer, webhook: true, gone: true }]);
    expect(mergeFacts([marked, { ...fact, gone: false } as OrderFact])).toEqual([marked]);
  });

  test('sorts by time, then by id', () => {
    const late = { ...fact, id: 'a', at: '2026-03-02T12:00:00.000001Z' };
    const before = { ...fact, id: 'evens' };
    expect(mergeFacts([late, fact, before]).map(({ id }) => id)).toEqual(['evens', 'event', 'a']);
  });

  test('keeps the same one of three facts with one version, whichever arrives first', () => {
    const told = (value: string, listed: boolean) => ({
      ...fact,
      listed,
      webhook: !listed,
      status: { value, details: [] },
    });
    const [a, b, c] = [told('submitted', true), told('exception', false), told('ported', true)];
    const merged = mergeFacts([a, b, c]);
    for (const facts of [
      [a, c, b],
      [b, a, c],
      [b, c, a],
      [c, a, b],
      [c, b, a],
    ]) {
      expect(mergeFacts(facts)).toEqual(merged);
    }
  });

  test('gives the same result for any order, any repetition, and step by step', () => {
    const cases = someFacts.chain((facts) =>
      fc.record({ facts: fc.constant(facts), again: shuffled(facts), cut: fc.nat(facts.length) }),
    );
    fc.assert(
      fc.property(cases, ({ facts, again, cut }) => {
        const merged = mergeFacts(facts);
        expect(mergeFacts(again)).toEqual(merged);
        expect(mergeFacts([...mergeFacts(facts.slice(cut)), ...mergeFacts(facts.slice(0, cut))])).toEqual(merged);
        expect(JSON.stringify(mergeFacts([...merged, ...merged]))).toBe(JSON.stringify(merged));
      }),
      { numRuns: 500 },
    );
  });

  test('keeps a fact of the highest version of each event, and loses no event', () => {
    fc.assert(
      fc.property(someFacts, (facts) => {
        const merged = mergeFacts(facts);
        const gathered = new Set(facts.flatMap(({ also = [] }) => also));
        const apart = facts.map(({ id }) => id).filter((id) => !gathered.has(id));
        expect(merged.map(({ id }) => id).sort()).toEqual([...new Set(apart)].sort());
        expect(new Set(merged.flatMap(({ also = [] }) => also))).toEqual(gathered);
        for (const { listed, webhook, also: _, more, ...kept } of merged) {
          const versions = facts.filter(({ id }) => id === kept.id);
          expect(versions.every(({ v }) => v <= kept.v)).toBe(true);
          expect(versions.map(({ listed, webhook, also, more, ...rest }) => rest)).toContainEqual(kept);
          expect(listed).toBe(versions.some((version) => version.listed));
          expect(webhook).toBe(versions.some((version) => version.webhook));
          expect(more ?? 0).toBe(Math.max(...versions.map((version) => version.more ?? 0)));
        }
      }),
    );
  });

  test('stands for all events that either of two facts stands for, whichever arrives first', () => {
    const [one, other] = [
      { ...fact, also: ['b', 'c'], more: 2 },
      { ...newer, also: ['a', 'b'], more: 1 },
    ];
    const both = { ...newer, webhook: true, also: ['a', 'b', 'c'], more: 2 };
    expect(mergeFacts([one, other])).toEqual([both]);
    expect(mergeFacts([other, one])).toEqual([both]);
    expect(mergeFacts([{ ...fact, also: ['c', 'a'] }, fact])[0]?.also).toEqual(['a', 'c']);
  });
});

describe('stored facts', () => {
  test('are read back unchanged, with members that this code does not know', () => {
    const unknown = fc.dictionary(fc.constantFrom('later', 'q', '__proto__'), fc.jsonValue());
    fc.assert(
      fc.property(someFacts, unknown, (facts, members) => {
        const json = JSON.stringify(facts.map((one) => ({ ...members, ...one })));
        expect(JSON.stringify(factsIn(JSON.parse(json)))).toBe(json);
      }),
    );
  });

  test.each([
    [null],
    [{}],
    ['[]'],
    [[null]],
    [[[]]],
    [[{ ...fact, id: 5 }]],
    [[{ ...fact, type: undefined }]],
    [[{ ...fact, v: 1 }]],
    [[{ ...fact, listed: 'yes' }]],
    [[{ ...fact, webhook: undefined }]],
    [[{ ...fact, at: 'soon' }]],
    [[{ ...fact, at: '2026-03-02T12:00:00Z' }]],
    [[fact, { ...fact, at: undefined }]],
  ])('%j is not a fact', (stored) => {
    expect(() => factsIn(stored)).toThrow(TypeError);
  });
});
