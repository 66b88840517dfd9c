import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJson } from '../../functions/porting/json.ts';
import { readInstant } from '../../infra/cli/instants.ts';
import { type Column, drawTable } from '../../infra/cli/table.ts';
import { beginning, distance, duration, instant, jsonText, shown } from '../../infra/cli/text.ts';
import { numberText } from '../json-texts.ts';

/** Control characters of both sets, and characters that change the direction of text. */
const STEERING = fc.constantFrom(
  '\u001b',
  '[2J',
  '\n',
  '\r',
  '\u0007',
  '\u007f',
  '\u009b',
  '\u2028',
  '\u202e',
  '\u2066',
);

describe('foreign text', () => {
  it('never controls the terminal, in words or in JSON, and JSON loses nothing of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.oneof(STEERING, fc.constantFrom('a', '漢')) }), (text) => {
        expect(shown(text)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
        const json = jsonText({ text });
        expect(json).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
        expect(JSON.parse(json)).toEqual({ text });
      }),
    );
  });
});

describe('the beginning of a text', () => {
  it.each([
    ['words', 5, 'words'],
    ['words', 4, 'wor…'],
    ['ab😀cd', 4, 'ab…'],
    ['words', 0, '…'],
  ])('%s in %i characters', (text, length, cut) => {
    expect(beginning(text, length)).toBe(cut);
  });
});

describe('numbers', () => {
  it('are shown as they came, in every spelling, in words and in JSON', () => {
    fc.assert(
      fc.property(numberText, (number) => {
        const value = readJson(`{"a":[${number}]}`) as { a: unknown[] };
        expect(jsonText(value)).toBe(`{"a":[${number}]}`);
        expect([shown(value.a[0]), instant(value.a[0])]).toEqual([number, number]);
        expect(() => distance(value.a[0])).not.toThrow();
      }),
    );
  });
});

describe('instants', () => {
  it.each([
    ['2026-11-20T09:18:14.123456Z', '2026-11-20 09:18:14'],
    ['2026-11-20T09:18:14+02:00', '2026-11-20 07:18:14'],
    ['yesterday', 'yesterday'],
    [null, ''],
  ])('are shown in UTC: %s', (value, text) => {
    expect(instant(value)).toBe(text);
  });

  it('are shown by how far they are', () => {
    const now = Date.parse('2026-11-20T00:00:00Z');
    expect(distance('2026-11-23T00:00:00Z', now)).toBe('in 3 d');
    expect(distance('2026-11-19T23:55:00Z', now)).toBe('5 min ago');
    expect(distance(null, now)).toBe('');
    expect([45, 7199, 7200, 172_800].map(duration)).toEqual(['45 s', '119 min', '2 h', '2 d']);
  });

  const now = Date.parse('2026-11-20T12:00:00Z');
  it.each([
    ['2026-11-20', '2026-11-20T00:00:00Z', '2026-11-20T23:59:59.999999Z'],
    ['24h', '2026-11-19T12:00:00.000Z', '2026-11-19T12:00:00.000Z'],
    ['7d', '2026-11-13T12:00:00.000Z', '2026-11-13T12:00:00.000Z'],
    ['30m', '2026-11-20T11:30:00.000Z', '2026-11-20T11:30:00.000Z'],
    ['2024-02-29T23:59:59.5+05:30', '2024-02-29T23:59:59.5+05:30', '2024-02-29T23:59:59.5+05:30'],
  ])('are read: %s', (text, start, end) => {
    expect([readInstant(text, false, now), readInstant(text, true, now)]).toEqual([start, end]);
  });

  it.each([
    '',
    'now',
    '2026-02-29',
    '2026-13-01',
    '2026-11-20T09:00',
    '2026-11-20T24:00:00Z',
    '-1h',
    '24',
    '7w',
  ])('are refused: %j', (text) => {
    expect(readInstant(text, false, now)).toBeUndefined();
  });
});

describe('a table', () => {
  interface Row {
    readonly id: string;
    readonly words: string;
    readonly more: string;
  }
  const columns: Column<Row>[] = [
    { head: 'id', of: ({ id }) => id },
    { head: 'words', of: ({ words }) => words, least: 6 },
    { head: 'more', of: ({ more }) => more, spare: true },
  ];
  const rows: Row[] = [
    { id: 'first', words: 'many words are here', more: 'spare' },
    { id: 'second', words: 'few', more: '' },
  ];

  const tableOf = (some: readonly Row[], width: number) => drawTable(columns, some, width).text;

  it('is as wide as its words without a terminal', () => {
    expect(tableOf(rows, Number.POSITIVE_INFINITY)).toBe(
      ['id      words                more', 'first   many words are here  spare', 'second  few'].join('\n'),
    );
  });

  it('gives way in a narrow terminal: words are cut, then spare columns go, then rows become blocks', () => {
    expect(tableOf(rows, 25).split('\n')).toEqual([
      'id      words       more',
      'first   many word…  spare',
      'second  few',
    ]);
    expect(tableOf(rows, 16).split('\n')).toEqual(['id      words', 'first   many wo…', 'second  few']);
    expect(tableOf(rows, 10)).toBe('id first\nwords many words are here\nmore spare\n\nid second\nwords few');
  });

  it('cuts ids and drops what can be spared before words, from the right, until enough words are shown', () => {
    const one = {
      date: '2026-11-20',
      words: 'exception: LOA_ILLEGIBLE, FOC_REJECTED',
      order: 'dcec50b4-55f2-4501-9fcd-f028ddba81d9',
      way: 'webhook 2x',
      event: '00000000-0000-4000-8000-000000000001',
    };
    const five: Column<typeof one>[] = [
      { head: 'date', of: ({ date }) => date },
      { head: 'words', of: ({ words }) => words, least: 9, enough: 30 },
      { head: 'order', of: ({ order }) => order, id: true },
      { head: 'way', of: ({ way }) => way, spare: true },
      { head: 'event', of: ({ event }) => event, id: true, spare: true },
    ];
    const drawn = (width: number) => {
      const { text, lacksIds } = drawTable(five, [one], width);
      return [text.split('\n')[1]?.split(/ {2,}/), lacksIds];
    };
    const { date, words, order, way, event } = one;
    const most = `${words.slice(0, 29)}…`;
    expect(drawn(138)).toEqual([[date, words, order, way, event], false]);
    expect(drawn(130)).toEqual([[date, most, order, way, event], false]);
    expect(drawn(129)).toEqual([[date, words, order, way, '00000000…'], true]);
    expect(drawn(102)).toEqual([[date, words, order, way], true]);
    expect(drawn(80)).toEqual([[date, most, order], true]);
    expect(drawn(79)).toEqual([[date, words, 'dcec50b4…'], true]);
    expect(drawn(40)).toEqual([[date, 'exception: LOA_I…', 'dcec50b4…'], true]);
  });

  it('has no line for an empty value when rows are blocks', () => {
    const empty = { id: 'third', words: '', more: '' };
    expect(tableOf([empty, ...rows], 10)).toMatch(/^id third\n\nid first\n/);
  });

  it('is never wider than the terminal, whatever the words', () => {
    const word = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string(), fc.constantFrom('漢字漢字漢字', '👩‍👩‍👧‍👦'));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 16, max: 60 }), (words, width) => {
        const text = tableOf(
          words.map((one) => ({ id: 'first', words: one, more: one })),
          width,
        );
        const lines = text.split('\n');
        expect(lines).toHaveLength(words.length + 1);
        // Text without wide characters has one column a character.
        for (const line of lines) if (/^[\x20-\x7e…]*$/.test(line)) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });
});
