import { describe, expect, it } from 'vitest';
import { run } from './run.ts';
import { details, event, eventId, order } from './samples.ts';
import { type Answer, type Asked, cursorPages, stubLedger } from './stub-ledger.ts';

describe('orders', () => {
  it('passes on the filters, and shows who must act', async () => {
    const ledger = await stubLedger({
      'GET /v2/orders': cursorPages([order({ overdue_since: '2026-11-25T00:00:00Z', details: details() })]),
    });
    const filters = ['--status', 'exception,draft', '--action-required', '--reference', 'ref 1'];
    const { code, stdout, stderr } = await run(ledger, 'orders', ...filters);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(ledger.asked.map(({ query }) => query)).toEqual([
      {
        'filter[status]': 'exception,draft',
        'filter[action_required]': 'true',
        'filter[customer_reference]': 'ref 1',
        'page[size]': '50',
      },
    ]);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['order', 'status', 'must act', 'date', 'reference', 'numbers', 'changed (UTC)'],
      [
        order().id,
        'exception, overdue',
        'you',
        expect.stringMatching(/^by (4 Dec, \d+ \w+|2026-12-04, past)$/),
        'ref 1',
        '12',
        '2026-11-20 09:00',
      ],
      [''],
    ]);
  });

  it('lists those that need you', async () => {
    const ledger = await stubLedger({ 'GET /v2/orders': cursorPages([order()]) });
    expect((await run(ledger, 'orders', '--needs-you')).stdout).toContain(order().id);
    expect(ledger.asked.map(({ query }) => query)).toEqual([
      { 'filter[needs]': 'you', sort: 'act_by', 'page[size]': '50' },
    ]);
    const none = await stubLedger({ 'GET /v2/orders': cursorPages([]) });
    expect((await run(none, 'orders', '--needs-you')).stderr).toContain('No order needs you.');
    expect((await run(none, 'orders', '--porting')).stderr).toContain('No order has a FOC date within 14 days.');
  });

  it('says that Telnyx waits for an answer, whoever must act otherwise', async () => {
    const last_comment = { at: new Date(Date.now() - 3_600_000).toISOString(), by: 'admin', event_id: eventId(2) };
    const status = { value: 'submitted', details: [] };
    const one = order({ acts: 'losing_carrier', act_by: null, status, last_comment });
    const ledger = await stubLedger({
      'GET /v2/orders': cursorPages([one]),
      [`GET /v2/orders/${one.id}/events`]: cursorPages([]),
    });
    expect((await run(ledger, 'orders', '--needs-you')).stdout).toContain('  you, to answer  ');
    expect((await run(ledger, 'order', one.id)).stdout).toMatch(
      /^must act +the old carrier; you, to answer the last comment$/m,
    );
  });

  it('lists those that port within 14 days, with their FOC date', async () => {
    const dated = (more: object, days: number) => {
      const foc_date = new Date(Date.now() + days * 86_400_000 + 3_600_000).toISOString();
      return order({ act_by: null, acts: 'nobody', details: details({ foc_date }), ...more });
    };
    const rows = [dated({ id: 'o1' }, 3), dated({ id: 'o2' }, -1), dated({ id: 'o3', terminal: true }, -1)];
    const ledger = await stubLedger({ 'GET /v2/orders': cursorPages(rows) });
    const { stdout } = await run(ledger, 'orders', '--porting', '--status', 'exception');
    expect(stdout.match(/FOC (\d+ [A-Z][a-z]{2,3}, 3 d|\d{4}-\d\d-\d\d(, past)?) {2}/g)).toHaveLength(3);
    const today = new Date().toISOString().slice(0, 10);
    const end = new Date(Date.parse(today) + 14 * 86_400_000 - 1).toISOString();
    expect(ledger.asked[0]?.query).toEqual({
      'filter[foc][gte]': `${today}T00:00:00.000Z`,
      'filter[foc][lte]': end,
      'filter[status]': 'exception',
      sort: 'foc',
      'page[size]': '50',
    });
  });

  it('searches', async () => {
    const ledger = await stubLedger({ 'GET /v2/orders': cursorPages([order()]) });
    expect((await run(ledger, 'orders', '--search', 'SR_6b')).code).toBe(0);
    expect(ledger.asked[0]?.query['filter[q]']).toBe('SR_6b');
    expect(await run(ledger, 'orders', '--search', 'a', '--needs-you')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("option '--needs-you' cannot be used with option '--search <text>'"),
    });
  });

  it('says to check with Telnyx when the deadline of an order has passed', async () => {
    const passed = order({ id: 'o1', act_by: '2026-11-20T09:00:00.000000Z' });
    const ledger = await stubLedger({
      'GET /v2/orders': cursorPages([passed]),
      'GET /v2/orders/o1/events': cursorPages([]),
    });
    expect((await run(ledger, 'orders')).stdout).toMatch(/ {2}check with Telnyx {2,}by 2026-11-20, past/);
    expect((await run(ledger, 'order', 'o1')).stdout).toMatch(
      /^must act +check with Telnyx: the deadline passed 2026-11-20 09:00:00 UTC, .* ago$/m,
    );
  });

  it('calls an order by its support key if it has no reference', async () => {
    const ledger = await stubLedger({ 'GET /v2/orders': cursorPages([order({ customer_reference: null })]) });
    expect((await run(ledger, 'orders')).stdout).toContain('  sr_6bc693  ');
  });

  it.each([
    ['customer', 'you'],
    ['telnyx', 'Telnyx'],
    ['losing_carrier', 'the old carrier'],
    ['nobody', 'no one'],
    ['unknown', 'not known'],
    ['a_new_one', 'a new one'],
    ['constructor', 'constructor'],
  ])('says in people’s words who must act: %s', async (acts, words) => {
    const ledger = await stubLedger({ 'GET /v2/orders': cursorPages([order({ acts })]) });
    expect((await run(ledger, 'orders')).stdout.split('\n')[1]?.split(/ {2,}/)[2]).toBe(words);
  });

  it('reads as many pages as it takes, and says what it left out', async () => {
    const rows = Array.from({ length: 620 }, (_, index) => order({ id: eventId(index) }));
    const ledger = await stubLedger({ 'GET /v2/orders': cursorPages(rows) });
    const all = await run(ledger, 'orders', '--all', '--json');
    expect(JSON.parse(all.stdout)).toEqual({ data: rows, meta: { more: false } });
    expect(ledger.asked.map(({ query }) => query['page[after]'])).toEqual([
      undefined,
      ...[100, 200, 300, 400, 500, 600].map((row) => `after ${row}`),
    ]);
    const some = await run(ledger, 'orders', '--limit', '250', '--json');
    expect(JSON.parse(some.stdout)).toEqual({ data: rows.slice(0, 250), meta: { more: true } });
    const few = await run(ledger, 'orders', '--limit', '2');
    expect(few.stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(few.stderr).toMatch(/^There are more .*\n$/);
  });

  it('shows an order once if it moves while the pages are read', async () => {
    const rows = Array.from({ length: 100 }, (_, index) => order({ id: eventId(index) }));
    const ledger = await stubLedger({ 'GET /v2/orders': cursorPages([...rows, rows[99]]) });
    expect(JSON.parse((await run(ledger, 'orders', '--all', '--json')).stdout).data).toEqual(rows);
  });

  it('says which statuses no order has, and which are known', async () => {
    const ofStatus = (asked: Asked) => {
      const rows = [order(), order({ id: 'o2', status: { value: 'brand-new', details: [] } })];
      const wanted = asked.query['filter[status]']?.split(',');
      return cursorPages(rows.filter(({ status }) => wanted?.includes(status.value)))(asked);
    };
    const ledger = await stubLedger({ 'GET /v2/orders': ofStatus });
    const { code, stdout, stderr } = await run(ledger, 'orders', '--status', 'exception,bogus,draft');
    expect({ code, rows: stdout.trimEnd().split('\n').length }).toEqual({ code: 0, rows: 2 });
    expect(stderr).toMatch(/^No order has the status bogus\. Known statuses: draft, .*, ported, .*, none\.\n$/);
    expect((await run(ledger, 'orders', '--status', 'bogus', '--json')).stderr).toMatch(/^No order has the status /);
    // A status that Telnyx has added since is no mistake.
    expect((await run(ledger, 'orders', '--status', 'brand-new')).stderr).toBe('');
    const limited = await run(ledger, 'orders', '--status', 'exception,brand-new', '--limit', '1');
    expect(limited.stderr).toMatch(/^There are more .*\n$/);
  });

  it('is empty on standard output when there are none', async () => {
    const ledger = await stubLedger({ 'GET /v2/orders': cursorPages([]) });
    expect(await run(ledger, 'orders')).toEqual({ code: 0, stdout: '', stderr: 'No such orders.\n' });
  });
});

describe('order', () => {
  it('shows state and timeline', async () => {
    const events = [
      event(1),
      event(2, '2026-11-21T09:00:00+00:00', {
        event_type: 'porting_order.new_comment',
        payload: { comment: { user_type: 'admin', body: 'Please sign\nthe LOA.' } },
      }),
    ];
    const last_comment = { at: '2026-11-21T09:00:00Z', by: 'admin', event_id: eventId(2) };
    const ledger = await stubLedger({
      'GET /v2/orders': cursorPages([order({ id: 'o1', last_comment })]),
      'GET /v2/orders/o1/events': cursorPages(events),
    });
    const { code, stdout } = await run(ledger, 'order', 'o1');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^status +exception since 2026-11-20 09:00:00 UTC, .* ago; action required$/m);
    expect(stdout).toContain('LOA_ILLEGIBLE: It cannot be read.');
    expect(stdout).toMatch(/^must act +you until 2026-12-04 09:00:00 UTC, /m);
    expect(stdout).toMatch(/^2026-11-20 09:00:00 +status_changed +submitted +webhook 2x, list +0\S+1$/m);
    expect(stdout).toMatch(/^2026-11-21 09:00:00 +new_comment +Telnyx: Please sign the LOA\. /m);
    expect(stdout).toMatch(/^last comment +2026-11-21 09:00:00 UTC, by Telnyx:\n +Please sign\n +the LOA\.$/m);
    const json = await run(ledger, 'order', 'o1', '--json');
    expect(JSON.parse(json.stdout)).toEqual({ data: order({ id: 'o1', last_comment }), events });
  });
});

describe('order with what Telnyx’s own order says', () => {
  const shown = async (more: object) => {
    const ledger = await stubLedger({
      'GET /v2/orders': cursorPages([order({ id: 'o1', details: details(more) })]),
      'GET /v2/orders/o1/events': cursorPages([]),
    });
    return (await run(ledger, 'order', 'o1')).stdout;
  };
  const soon = new Date(Date.now() + 3 * 86_400_000 + 3_600_000).toISOString();
  const at = `${soon.slice(0, 19).replace('T', ' ')} UTC, in 3 d`;

  it.each([
    [{ foc_date: soon }, at],
    [{ foc_date: soon, foc_date_before: '2026-11-01T16:00:00.000000Z' }, `${at}; moved from 2026-11-01 16:00:00 UTC`],
    [{ foc_date_before: '2026-11-01T16:00:00.000000Z' }, 'taken back; it was 2026-11-01 16:00:00 UTC'],
    [{ foc_date_requested: '2026-11-01T16:00:00.000000Z' }, 'none yet; you asked for 2026-11-01 16:00:00 UTC'],
  ])('the FOC date: %j', async (more, words) => {
    expect(await shown(more)).toContain(`\nFOC date      ${words}\n`);
  });

  it('the numbers, and a status that no event has given', async () => {
    const stdout = await shown({ status: 'ported' });
    expect(stdout).toMatch(/^numbers +12 numbers \(toll free\)$/m);
    expect(stdout).toMatch(/^at Telnyx +ported, by Telnyx's own order; no event says so$/m);
  });
});

describe('order by its name', () => {
  const named = (...rows: object[]) =>
    stubLedger({
      'GET /v2/orders': cursorPages(rows),
      [`GET /v2/orders/${order().id}/events`]: cursorPages([event(1)]),
    });

  it.each([
    ['the only one that is found', 'port-47', [order({ customer_reference: 'port-4711' })]],
    [
      'the one that has exactly this reference',
      'PORT-4',
      [order({ customer_reference: 'port-4' }), order({ id: 'o2' })],
    ],
    [
      'the one that has this support key',
      'sr_1',
      [order({ support_key: 'SR_1' }), order({ support_key: 'sr_12', id: 'o2' })],
    ],
  ])('shows %s', async (_, name, rows) => {
    const ledger = await named(...rows);
    const { code, stdout } = await run(ledger, 'order', name);
    expect({ code, first: stdout.split('\n')[0] }).toEqual({ code: 0, first: `order         ${order().id}` });
    expect(ledger.asked[0]?.query['filter[q]']).toBe(name);
  });

  it('lists the orders that it may be', async () => {
    const rows = [order(), order({ id: 'o2', customer_reference: 'ref 2' })];
    const { code, stdout, stderr } = await run(await named(...rows), 'order', 'ref');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: '2 orders are called "ref", or begin so. Give more of the name, or the id.\n',
    });
    expect(stdout).toMatch(/ref 1 .*\no2 .* ref 2 /);
    const json = await run(await named(...rows), 'order', 'ref', '--json');
    expect(JSON.parse(json.stdout).errors[0].detail).toContain(`or the id: ${order().id}, o2`);
    const many = Array.from({ length: 21 }, (_, index) => order({ id: eventId(index) }));
    expect((await run(await named(...many), 'order', 'ref')).stderr).toMatch(/^More than 20 orders /);
  });

  it('says that there is none', async () => {
    expect(await run(await named(), 'order', 'port-4711')).toEqual({
      code: 4,
      stdout: '',
      stderr: 'No order has the id "port-4711", or a reference or support key that begins so.\n',
    });
  });
});

describe('--csv', () => {
  const page = (rows: string, next?: string): Answer => ({
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      ...(next && { link: `</v2/orders?filter%5Bstatus%5D=draft&page%5Bafter%5D=${next}>; rel="next"` }),
    },
    body: `\ufeffReference,Status\r\n${rows}`,
  });

  it('prints every page as it is, with one line of heads', async () => {
    const ledger = await stubLedger({ 'GET /v2/orders': [page('a,draft\r\n', 'one'), page('"b\nc",draft\r\n')] });
    const { code, stdout } = await run(ledger, 'orders', '--status', 'draft', '--csv');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '\ufeffReference,Status\r\na,draft\r\n"b\nc",draft\r\n' });
    expect(ledger.asked.map(({ query }) => query)).toEqual([
      { 'filter[status]': 'draft', 'page[size]': '100' },
      { 'filter[status]': 'draft', 'page[size]': '100', 'page[after]': 'one' },
    ]);
    expect(ledger.asked[0]?.headers.accept).toBe('text/csv, application/json;q=0.1');
  });

  it('asks for shorter pages when one is too large', async () => {
    const tooLarge = {
      status: 422,
      body: { errors: [{ code: '10033', detail: 'Too large.', source: { parameter: 'page[size]' } }] },
    };
    const ledger = await stubLedger({ 'GET /v2/orders': [tooLarge, page('a,draft\r\n')] });
    expect((await run(ledger, 'orders', '--csv')).stdout).toContain('a,draft');
    expect(ledger.asked.map(({ query }) => query['page[size]'])).toEqual(['100', '50']);
  });

  it('prints the timeline of an order', async () => {
    const ledger = await stubLedger({
      'GET /v2/orders': cursorPages([order({ id: 'o1' })]),
      'GET /v2/orders/o1/events': page('x,y\r\n'),
    });
    expect((await run(ledger, 'order', 'ref 1', '--csv')).stdout).toBe('\ufeffReference,Status\r\nx,y\r\n');
  });

  it('goes neither with --json nor with --limit, and says so when the ledger has no CSV', async () => {
    const ledger = await stubLedger({ 'GET /v2/orders': cursorPages([]) });
    expect(await run(ledger, 'orders', '--csv', '--json')).toMatchObject({ code: 2 });
    expect(await run(ledger, 'orders', '--csv', '--limit', '3')).toMatchObject({ code: 2 });
    expect(await run(ledger, 'orders', '--csv')).toMatchObject({
      code: 1,
      stderr: 'The answer to GET /v2/orders is not CSV: is the ledger older than this command line?\n',
    });
  });
});
