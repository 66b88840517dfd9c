import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csv, wantsCsv } from '../../functions/http/csv.ts';
import { listedEvent, uuid } from '../porting-events.ts';
import { target } from './pages.ts';
import { bearer, listed, type Reader, readToken, startReader } from './reader.ts';
import { tell } from './seed.ts';

const NOON = Date.parse('2026-03-20T12:00:00Z');
const ORDER = uuid(3_000_001);
const BYTE_ORDER_MARK = '\ufeff';

/** The cells of CSV as RFC 4180 defines them, each line with its end. */
function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy;
  for (;;) {
    const [whole, quoted, bare = '', end] = cell.exec(text) ?? [];
    if (whole === undefined) throw new Error(`no CSV: ${JSON.stringify(text)}`);
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? bare);
    if (end === '\r\n' && cell.lastIndex === text.length) return rows;
    if (end === '') throw new Error('the last line has no end');
    if (end === '\r\n') rows.push([]);
  }
}

describe('an answer in CSV', () => {
  const columns = [
    { head: 'one', of: (row: readonly string[]) => row[0] },
    { head: 'two', of: (row: readonly string[]) => row[1] },
  ];
  /** Without the apostrophe before what would be a formula. */
  const withoutMark = (text: string) => text.replace(/^'(?=[=+\-@\t\r＝＋－＠])/, '');
  const dangerous = fc.constantFrom('=', '+', '-', '@', '\t', '\r', '＝', '"', ',', '\n', ' ', 'é');
  const texts = fc.array(fc.oneof(dangerous, fc.string()), { maxLength: 5 }).map((parts) => parts.join(''));

  test('holds every text, and no cell that a spreadsheet takes for a formula', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(texts, texts), { minLength: 1 }), (rows) => {
        const { body = '' } = csv(columns, rows, undefined);
        expect(body.slice(0, 1)).toBe(BYTE_ORDER_MARK);
        const [heads, ...cells] = cellsOf(body.slice(1));
        expect(heads).toEqual(['one', 'two']);
        expect(cells.map((row) => row.map(withoutMark))).toEqual(rows.map((row) => row.map(withoutMark)));
        for (const cell of cells.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
      }),
      { numRuns: 500 },
    );
  });

  test('has its heads even without a row', () => {
    expect(csv(columns, [], undefined).body).toBe(`${BYTE_ORDER_MARK}one,two\r\n`);
  });
});

test.each([
  ['text/csv', true],
  ['TEXT/CSV; charset=utf-8', true],
  ['text/csv, application/json;q=0.5', true],
  ['application/json, text/csv;q=0.5', false],
  ['application/json, text/csv', false],
  ['text/csv, application/json', false],
  ['text/csv;q=0', false],
  ['text/csv;q=none', false],
  ['text/html,application/xhtml+xml,*/*;q=0.8', false],
  ['text/*', false],
  ['', false],
])('Accept: %s asks for CSV: %s', (accept, expected) => {
  expect(wantsCsv({ headers: { accept } })).toBe(expected);
});

describe('orders and their events', () => {
  let reader: Reader;

  beforeAll(async () => {
    reader = await startReader();
    for (let number = 1; number <= 7; number += 1) {
      await tell(reader.store, uuid(3_000_000 + number), {
        at: NOON - number * 1_000,
        status: 'exception',
        reference: number === 1 ? '=HYPERLINK("http://x","y")' : `port-${number}`,
        supportKey: `sr_${number}`,
      });
    }
    const payload = (members: object) => ({ payload: { id: ORDER, ...members } });
    const details = [{ code: 'FOC_REJECTED', description: 'The date is too soon.' }];
    await listed(
      reader.store,
      listedEvent(1, {
        event_type: 'porting_order.status_changed',
        created_at: '2026-03-20T12:00:00.5Z',
        porting_order_id: ORDER,
        ...payload({ status: { value: 'exception', details } }),
      }),
    );
    await listed(
      reader.store,
      listedEvent(2, {
        event_type: 'porting_order.new_comment',
        created_at: '2026-03-20T14:00:01+02:00',
        porting_order_id: ORDER,
        ...payload({ comment: { id: uuid(9), user_type: 'admin', body: '@you:\n"sign", please' } }),
      }),
    );
  });

  afterAll(() => reader.secrets.close());

  const ask = (path: string, accept = 'text/csv') =>
    reader.invoke({ target: path, headers: { ...bearer(readToken), accept } });

  test('an order is a row in words', async () => {
    const { status, headers, text } = await ask(target('/v2/orders', { 'filter[q]': ORDER }));
    expect(status).toBe(200);
    expect(headers).toEqual({ 'content-type': 'text/csv; charset=utf-8', 'cache-control': 'no-store' });
    const [heads = [], cells = []] = cellsOf(text.slice(1));
    expect(Object.fromEntries(heads.map((head, index) => [head, cells[index]]))).toMatchObject({
      'Customer reference': `'=HYPERLINK("http://x","y")`,
      Status: 'exception',
      'Status since (UTC)': '2026-03-20 11:59:59',
      'Must act': 'you',
      'Act by (UTC)': '2026-04-03 11:59:59',
      'Overdue since (UTC)': '',
      'Support key': 'sr_1',
      'Order ID': ORDER,
    });
  });

  test('an event is a row: what it says, and who says it', async () => {
    const { text } = await ask(`/v2/orders/${ORDER}/events`);
    expect(cellsOf(text.slice(1))).toEqual([
      ['Time (UTC)', 'What', 'Says', 'Reason', 'Written by', 'Order ID', 'Event ID'],
      [
        ...['2026-03-20 12:00:00', 'status changed', 'exception: FOC_REJECTED'],
        ...['FOC_REJECTED: The date is too soon.', '', ORDER, uuid(1)],
      ],
      ['2026-03-20 12:00:01', 'new comment', `'@you:\n"sign", please`, '', 'Telnyx', ORDER, uuid(2)],
    ]);
  });

  test('the header Link leads to every page, with the same filter', async () => {
    const ids: string[] = [];
    let path: string | undefined = target('/v2/orders', { 'filter[status]': 'exception', 'page[size]': 3 });
    while (path !== undefined) {
      const { headers, text } = await ask(path);
      const [, ...rows] = cellsOf(text.slice(1));
      ids.push(...rows.map((row) => row.at(-1) ?? ''));
      path = /^<([^>]+)>; rel="next"$/.exec(headers.link ?? '')?.[1];
    }
    expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7].map((number) => uuid(3_000_000 + number)));
  });

  test('without Accept: text/csv they are JSON, and so is every error', async () => {
    expect((await ask('/v2/orders', 'text/html, */*')).headers['content-type']).toBe('application/json');
    expect((await ask('/v2/orders?page[size]=251')).body.errors[0]?.code).toBe('10033');
    expect((await ask(`/v2/orders/${uuid(404)}/events`)).body.errors[0]?.code).toBe('10005');
  });
});
