import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Window } from '../../functions/porting/window.ts';
import { type ReadPart, readWindow } from '../../functions/sync-events/read-window.ts';
import type { ListPage } from '../../functions/telnyx/events-api.ts';

/** A list of events, each given by its instant, in its order at the time of the request. */
interface Upstream {
  readonly size: number;
  readonly events: () => readonly { readonly id: string; readonly at: number }[];
  /** Changes a page before the reader gets it. */
  readonly bend?: (page: ListPage, number: number) => ListPage;
}

/** Reads a window of an upstream. Returns the requests, the stored events, and the parts that were read. */
async function reading(window: Window, { size, events, bend = (page) => page }: Upstream, mostPages?: number) {
  const asked: { window: Window; number: number }[] = [];
  const stored = new Set<string>();
  const parts: ReadPart[] = [];
  const parted = readWindow(window, {
    ...(mostPages !== undefined && { mostPages }),
    async list(span, number) {
      asked.push({ window: span, number });
      const within = events().filter(({ at }) => at >= span.from && at <= span.to);
      const records = within.slice((number - 1) * size, number * size);
      const page = { records, totalResults: within.length, totalPages: Math.ceil(within.length / size) };
      return bend({ ...page, pageSize: size, holdSeconds: undefined, telnyxTime: undefined }, number);
    },
    async store(records) {
      const ids = (records as { id: string }[]).map(({ id }) => id);
      for (const id of ids) stored.add(id);
      return ids;
    },
  });
  for await (const part of parted) {
    parts.push(part);
    // A checkpoint: every event of the parts is stored by now, except in open ones.
    const read = (instant: number) =>
      parts.some(({ window: { from, to }, open }) => open === undefined && instant >= from && instant <= to);
    for (const { id, at } of events()) if (read(at)) expect(stored).toContain(id);
  }
  const open = parts.filter((part) => part.open !== undefined);
  return { asked, stored, parts, open };
}

const at = (count: number, every: number) => Array.from({ length: count }, (_, n) => ({ id: `e${n}`, at: n * every }));

describe('a list that does not change', () => {
  test('of any length, at any instants, is read completely, oldest part first, without a gap', async () => {
    const instants = fc.array(fc.integer({ min: 0, max: 64 }), { maxLength: 60 });
    const check = fc.asyncProperty(instants, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 8 }), run);
    async function run(instants: number[], size: number, mostPages: number) {
      const events = instants.map((at, n) => ({ id: `e${n}`, at }));
      const { parts, stored, open } = await reading({ from: 0, to: 64 }, { size, events: () => events }, mostPages);
      expect(open).toEqual([]);
      expect(stored.size).toBe(events.length);
      expect(parts[0]?.window.from).toBe(0);
      expect(parts.at(-1)?.window.to).toBe(64);
      for (const [index, part] of parts.entries()) {
        if (index > 0) expect(part.window.from).toBe(parts[index - 1]?.window.to);
        const { from, to } = part.window;
        expect(part.events).toBe(events.filter((event) => event.at >= from && event.at <= to).length);
      }
    }
    await fc.assert(check);
  });

  test('of eight pages is read as one part; with one event more, in halves', async () => {
    const eight = await reading({ from: 0, to: 1_999 }, { size: 250, events: () => at(2_000, 1) });
    expect(eight.asked.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(eight.parts).toEqual([{ window: { from: 0, to: 1_999 }, events: 2_000, open: undefined }]);
    const more = await reading({ from: 0, to: 2_000 }, { size: 250, events: () => at(2_001, 1) });
    expect(more.parts.map(({ window }) => window)).toEqual([
      { from: 0, to: 1_000 },
      { from: 1_000, to: 2_000 },
    ]);
  });

  test('of one instant, which cannot be halved, is read as one part, whatever its number of pages', async () => {
    const { asked, parts } = await reading({ from: 0, to: 0 }, { size: 10, events: () => at(95, 0) }, 8);
    expect(parts).toEqual([{ window: { from: 0, to: 0 }, events: 95, open: undefined }]);
    expect(asked).toHaveLength(10);
  });

  test('that is empty costs one request', async () => {
    const { asked, parts } = await reading({ from: 0, to: 9 }, { size: 10, events: () => [] });
    expect([asked.length, parts]).toEqual([1, [{ window: { from: 0, to: 9 }, events: 0, open: undefined }]]);
  });
});

describe('a list that shifts during the reading', () => {
  test('and then no longer changes is read again, and not halved', async () => {
    let shifts = 2;
    const bend = (page: ListPage, number: number) =>
      number === 2 && shifts-- > 0 ? { ...page, totalResults: page.totalResults + 1 } : page;
    const { parts, asked } = await reading({ from: 0, to: 100 }, { size: 10, events: () => at(15, 5), bend });
    expect(parts).toEqual([{ window: { from: 0, to: 100 }, events: 15, open: undefined }]);
    expect(asked).toHaveLength(6);
  });

  test('at every request is read in parts of one page', async () => {
    const order = fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true }));
    const check = fc.asyncProperty(fc.integer({ min: 11, max: 30 }), order, async (count, ranks) => {
      const shuffled = () =>
        at(count, 7)
          .map((event) => ({ event, rank: ranks.next().value as number }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ event }) => event);
      const { open, stored } = await reading({ from: 0, to: 7 * count }, { size: 10, events: shuffled });
      expect(open).toEqual([]);
      expect(stored.size).toBe(count);
    });
    await fc.assert(check);
  });

  test('within one instant, which cannot be halved, is left open after three readings', async () => {
    let turn = 0;
    const bend = (page: ListPage) => ({ ...page, totalResults: 15 + (turn++ % 2) });
    const events = () => at(15, 0);
    const { parts, asked } = await reading({ from: 0, to: 0 }, { size: 10, events, bend });
    const span = '1970-01-01T00:00:00.000Z to 1970-01-01T00:00:00.000Z';
    const open = `Telnyx's list of ${span} contradicts its own totals, 3 times over.`;
    expect([parts, asked.length]).toEqual([[{ window: { from: 0, to: 0 }, events: 15, open }], 6]);
  });
});

describe('a list that claims more pages than it fills', () => {
  const YEAR = 365 * 24 * 3_600_000;
  const emptyBehind = (page: ListPage, number: number) => (number > 1 ? { ...page, records: [] } : page);

  test('is read completely although the pages after its first are always empty', async () => {
    for (const count of [15, 100]) {
      const events = () => at(count, 7);
      const { open, stored } = await reading({ from: 0, to: 7 * count }, { size: 10, events, bend: emptyBehind });
      expect([open, stored.size]).toEqual([[], count]);
    }
  });

  test.each([
    1, 10,
  ])('by one page and %i events in every window does not cost one request per instant', async (over) => {
    const bend = (page: ListPage) => ({
      ...page,
      totalPages: page.totalPages + 1,
      totalResults: page.totalResults + over,
    });
    for (const count of [1, 5, 15, 100, 300]) {
      const events = () => at(count, YEAR / count);
      const { asked, stored } = await reading({ from: 0, to: YEAR }, { size: 10, events, bend });
      expect(stored.size).toBe(count);
      expect(asked.length).toBeLessThanOrEqual(6 + 3 * count);
    }
  });
});

describe('a page that contradicts its own totals', () => {
  const wrong: [string, (page: ListPage) => ListPage][] = [
    ['is empty', (page) => ({ ...page, records: [] })],
    ['claims one event too many', (page) => ({ ...page, totalResults: page.totalResults + 1 })],
    ['claims one event too few', (page) => ({ ...page, totalResults: page.totalResults - 1 })],
  ];

  test.each(wrong)('%s: the window is left open after three readings, and not halved', async (_, bend) => {
    const { asked, parts } = await reading({ from: 0, to: 100 }, { size: 10, events: () => at(5, 20), bend });
    expect([asked.length, parts.map(({ open }) => open !== undefined)]).toEqual([3, [true]]);
  });

  test.each(wrong)('%s where it holds one instant: the events before and after it are read', async (_, bend) => {
    const events = () => at(100, 1);
    const isAt60 = (page: ListPage) => (page.records as { at: number }[]).some((event) => event.at === 60);
    const upstream = { size: 10, events, bend: (page: ListPage) => (isAt60(page) ? bend(page) : page) };
    const { parts, open, stored } = await reading({ from: 0, to: 100 }, upstream, 2);
    expect(open).toHaveLength(1);
    expect(open[0]?.window.from).toBeLessThanOrEqual(60);
    expect(open[0]?.window.to).toBeGreaterThanOrEqual(60);
    expect((open[0]?.window.to ?? 0) - (open[0]?.window.from ?? 0)).toBeLessThan(20);
    expect([parts[0]?.window.from, parts.at(-1)?.window.to]).toEqual([0, 100]);
    expect(stored.size).toBeGreaterThanOrEqual(80);
  });
});
