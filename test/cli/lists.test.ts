import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { run } from './run.ts';
import { event, eventId, gap, JOB, job, order, syncRun } from './samples.ts';
import { type Asked, cursorPages, numberedPages, problem, stubLedger, upTo } from './stub-ledger.ts';

describe('orders', () => {
  it('passes on the filters, and shows who must act', async () => {
    const ledger = await stubLedger({
      'GET /v2/orders': cursorPages([order({ overdue_since: '2026-11-25T00:00:00Z' })]),
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
      ['order', 'status', 'must act', 'until', 'reference', 'changed (UTC)'],
      [order().id, 'exception, overdue', 'you', '2026-12-04', 'ref 1', '2026-11-20 09:00'],
      [''],
    ]);
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
      'GET /v2/orders/o1': { body: { data: order({ id: 'o1', last_comment }) } },
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

describe('order with a customer reference', () => {
  const noId = problem(422, '10006', '"port-4711" is not an order id.');
  const withReference = (...rows: object[]) =>
    stubLedger({
      'GET /v2/orders/port-4711': noId,
      'GET /v2/orders': cursorPages(rows),
      [`GET /v2/orders/${order().id}/events`]: cursorPages([event(1)]),
    });

  it('shows the order that has it', async () => {
    const ledger = await withReference(order({ customer_reference: 'port-4711' }));
    const { code, stdout } = await run(ledger, 'order', 'port-4711');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^reference +port-4711$/m);
    expect(stdout).toContain('1 event\n');
    expect(ledger.asked[1]?.query['filter[customer_reference]']).toBe('port-4711');
  });

  it('names the orders that have it, or says that none has', async () => {
    const several = await withReference(order(), order({ id: 'o2' }));
    expect(await run(several, 'order', 'port-4711')).toEqual({
      code: 1,
      stdout: '',
      stderr: `2 orders have the customer reference "port-4711". Give an id: ${order().id}, o2\n`,
    });
    expect(await run(await withReference(), 'order', 'port-4711')).toEqual({
      code: 4,
      stdout: '',
      stderr: 'No order has the id or the customer reference "port-4711".\n',
    });
  });
});

describe('events', () => {
  it('takes types, days and how long ago', async () => {
    const ledger = await stubLedger({ 'GET /v2/porting/events': numberedPages(() => [event(1)]) });
    const day = ['--from', '2026-11-20', '--to', '2026-11-20'];
    await run(ledger, 'events', '--type', 'split', '--order', 'o1', ...day);
    await run(ledger, 'events', '--type', 'porting_order.loa_updated', '--from', '24h');
    await run(ledger, 'events', '--from', '2026-11-20T09:00:00+01:00');
    const [days, ago, precise] = ledger.asked.map(({ query }) => query);
    expect(days).toMatchObject({
      'filter[type]': 'porting_order.split',
      'filter[porting_order_id]': 'o1',
      'filter[created_at][gte]': '2026-11-20T00:00:00Z',
      'filter[created_at][lte]': '2026-11-20T23:59:59.999999Z',
    });
    expect(ago?.['filter[type]']).toBe('porting_order.loa_updated');
    expect(ago?.['filter[created_at][gte]']).toBe(new Date(Date.now() - 24 * 3_600_000).toISOString());
    expect(precise?.['filter[created_at][gte]']).toBe('2026-11-20T09:00:00+01:00');
  });

  it('reads pages up to the limit', async () => {
    const rows = Array.from({ length: 700 }, (_, index) => event(index));
    const ledger = await stubLedger({ 'GET /v2/porting/events': numberedPages(() => rows) });
    const { stdout } = await run(ledger, 'events', '--limit', '150', '--json');
    expect(JSON.parse(stdout)).toEqual({ data: rows.slice(0, 150), meta: { total_results: 700, more: true } });
    expect(ledger.asked).toHaveLength(2);
    expect((await run(ledger, 'events')).stderr).toBe(
      'There are more: 700 in all. Ask with a larger --limit than 50.\n',
    );
  });

  it('says that no event has this type, and which types are known', async () => {
    const ofType = (asked: Asked) => {
      const rows = [event(1), event(2, undefined, { event_type: 'porting_order.brand_new' })];
      const found = rows.filter(({ event_type }) => event_type === asked.query['filter[type]']);
      return numberedPages(() => found)(asked);
    };
    const ledger = await stubLedger({ 'GET /v2/porting/events': ofType });
    const { code, stderr } = await run(ledger, 'events', '--type', 'bogus');
    const words =
      /^No event in the ledger has the type porting_order\.bogus\. Known types: status_changed, new_comment,/;
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(words) });
    // A type that Telnyx has added since is no mistake, even if none is as new as asked for.
    expect((await run(ledger, 'events', '--type', 'brand_new')).stderr).toBe('');
    const late = await run(ledger, 'events', '--type', 'brand_new', '--from', '2026-11-21');
    expect(late.stderr).toBe('No such events.\n');
    expect((await run(ledger, 'events', '--type', 'split')).stderr).toBe('No such events.\n');
  });

  it('never lets foreign text control the terminal', async () => {
    const steering = '\u001b[2J\u001b]0;title\u0007a\nb\u009b1m\u202ec';
    const payload = { status: { value: steering, details: [{ code: steering }] } };
    const rows = [
      event(1, undefined, { payload, porting_order_id: steering, event_type: `porting_order.${steering}` }),
    ];
    const ledger = await stubLedger({
      'GET /v2/porting/events': numberedPages(() => rows),
      'GET /v2/orders/o1': { status: 404, body: { errors: [{ code: '10005', title: 'x', detail: steering }] } },
    });
    const plain = await run(ledger, 'events');
    expect(plain.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(plain.stdout.trimEnd().split('\n')).toHaveLength(2);
    const json = await run(ledger, 'events', '--json');
    expect(json.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(JSON.parse(json.stdout).data).toEqual(rows);
    const failed = await run(ledger, 'order', 'o1');
    expect(failed.stderr.trimEnd()).not.toMatch(/[\p{Cc}\u202e]/u);
  });
});

it.each([
  [['gaps']],
  [['deliveries']],
  [['republish', '--missed', '--from', '24h', '--yes']],
  [['republish', '--missed', '--from', '24h', '--dry-run']],
])('%j says that no event has this type when it finds nothing', async (args) => {
  const none = numberedPages(() => []);
  const ledger = await stubLedger({
    'GET /v2/gaps': cursorPages([]),
    'GET /v2/webhook-deliveries/failed': none,
    'POST /v2/republish-jobs': problem(422, '10027', 'No event is selected.'),
    'GET /v2/porting/events': none,
  });
  const { code, stderr } = await run(ledger, ...args, '--type', 'bogus');
  expect(code).toBe(0);
  expect(stderr).toMatch(/^No event in the ledger has the type porting_order\.bogus\. Known types: /);
});

describe('event', () => {
  const comment = event(2, '2026-11-21T09:00:00.000000Z', {
    event_type: 'porting_order.new_comment',
    payload: {
      support_key: 'sr_6bc693',
      comment: { id: 'c1', user_id: 'u1', user_type: 'admin', body: 'Sign it.\n\n\u001b[2JThen send it.\n' },
    },
  });

  it('shows a comment in full, who wrote it, and how it came', async () => {
    const ledger = await stubLedger({ 'GET /v2/porting/events/e2': { body: { data: comment } } });
    const { code, stdout } = await run(ledger, 'event', 'e2');
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['event', comment.id],
      ['type', 'porting_order.new_comment'],
      ['time', expect.stringMatching(/^2026-11-21 09:00:00 UTC, \d+ [dh] ago$/)],
      ['says', 'Sign it.'],
      [''],
      ['', 'Then send it.'],
      ['written by', 'Telnyx, user u1'],
      ['order', comment.porting_order_id],
      ['support key', 'sr_6bc693'],
      ['comment', 'c1'],
      ['came by', 'webhook 2x, list'],
      ['first seen', '2026-11-21 09:00:00 UTC'],
      ['listed', '2026-11-21 09:00:00 UTC'],
      [''],
    ]);
    expect(JSON.parse((await run(ledger, 'event', 'e2', '--json')).stdout)).toEqual({ data: comment });
  });

  it('shows all of a comment whose beginning lists show', async () => {
    const body = 'word '.repeat(100).trim();
    const data = { ...comment, payload: { comment: { user_type: 'user', body } } };
    const ledger = await stubLedger({
      'GET /v2/porting/events/e2': { body: { data } },
      'GET /v2/porting/events': numberedPages(() => [data]),
    });
    expect((await run(ledger, 'event', 'e2')).stdout).toContain(`says          ${body}\n`);
    const row = (await run(ledger, 'events')).stdout.split('\n')[1] ?? '';
    expect(row.split(/ {2,}/)[2]).toBe(`you: ${body.slice(0, 199)}…`);
  });

  it('shows a status with every reason in full', async () => {
    const details = [
      { code: 'LOA_ILLEGIBLE', description: 'It cannot be read.' },
      { code: 'FOC_REJECTED', description: 'Not on a Sunday.' },
    ];
    const data = event(1, undefined, {
      payload: { customer_reference: 'ref 1', status: { value: 'exception', details } },
    });
    const ledger = await stubLedger({ 'GET /v2/porting/events/e1': { body: { data } } });
    const { stdout } = await run(ledger, 'event', 'e1');
    expect(stdout).toMatch(/^says +exception: LOA_ILLEGIBLE, FOC_REJECTED$/m);
    expect(stdout).toMatch(/^ +LOA_ILLEGIBLE: It cannot be read\.\n +FOC_REJECTED: Not on a Sunday\.$/m);
    expect(stdout).toMatch(/^reference +ref 1$/m);
    expect(stdout).not.toContain('written by');
  });
});

describe('deliveries', () => {
  const LOG = '/v2/webhook-deliveries/failed';
  const failed = (index: number, more: object = {}) => ({
    id: null,
    event_id: eventId(index),
    event_type: 'porting_order.split',
    porting_order_id: null,
    started_at: '2026-11-20T09:00:00.000000Z',
    finished_at: null,
    attempts: [{ status: 500, error_codes: [{ code: 75500, meaning: 'answered with 500' }] }, {}],
    in_ledger: true,
    webhook_arrived: false,
    ...more,
  });
  /** Telnyx does not always say how many there are. */
  const pages =
    (rows: readonly object[]) =>
    ({ query }: { query: Readonly<Record<string, string>> }) => {
      const [size, number] = [Number(query['page[size]']), Number(query['page[number]'])];
      const totals = { total_pages: null, total_results: null };
      const meta = { available: true, page_number: number, page_size: size, ...totals };
      return { body: { data: rows.slice((number - 1) * size, number * size), meta } };
    };

  it('shows why each failed, and whether the ledger has the event', async () => {
    const rows = [
      failed(1, { webhook_arrived: true }),
      failed(2, { attempts: [{ status: 503, error_codes: [] }] }),
      failed(3, { attempts: [{ status: null, error_codes: [{ code: 75998, meaning: null }] }], in_ledger: false }),
    ];
    const ledger = await stubLedger({ [`GET ${LOG}`]: pages(rows) });
    const { code, stdout } = await run(ledger, 'deliveries', '--type', 'split', '--from', '2026-11-20');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^2026-11-20 09:00:00 +split +answered with 500 +2 +got it later +0\S+1$/m);
    expect(stdout).toMatch(/^2026-11-20 09:00:00 +split +answered 503 +1 +has it by list +0\S+2$/m);
    expect(stdout).toMatch(/^2026-11-20 09:00:00 +split +code 75998 +1 +lacks it +0\S+3$/m);
    expect(ledger.asked[0]?.query).toEqual({
      'filter[type]': 'porting_order.split',
      'filter[started_at][gte]': '2026-11-20T00:00:00Z',
      'page[size]': '50',
      'page[number]': '1',
    });
  });

  it('reads page after page, up to the limit, even if no one knows how many there are', async () => {
    const rows = Array.from({ length: 230 }, (_, index) => failed(index));
    const ledger = await stubLedger({ [`GET ${LOG}`]: pages(rows) });
    const all = await run(ledger, 'deliveries', '--limit', '1000', '--json');
    expect(JSON.parse(all.stdout)).toEqual({
      data: rows,
      meta: { available: true, total_results: null, more: false },
    });
    const some = await run(ledger, 'deliveries', '--limit', '150');
    expect(some.stdout.trimEnd().split('\n')).toHaveLength(151);
    expect(some.stderr).toBe('There are more. Ask with a larger --limit than 150.\n');
  });

  it('says why there is no log', async () => {
    const reason = 'Telnyx has no log of webhook deliveries for this account.';
    const body = { data: [], meta: { available: false, reason } };
    const ledger = await stubLedger({ [`GET ${LOG}`]: { body } });
    expect(await run(ledger, 'deliveries')).toEqual({ code: 0, stdout: '', stderr: `${reason}\n` });
    const json = await run(ledger, 'deliveries', '--json');
    expect(JSON.parse(json.stdout)).toEqual({ data: [], meta: { available: false, reason, more: false } });
    const none = await stubLedger({ [`GET ${LOG}`]: pages([]) });
    expect((await run(none, 'deliveries')).stderr).toMatch(/^Telnyx knows of no webhook /);
  });
});

describe('gaps', () => {
  it('shows days and events', async () => {
    const by_day = [
      { day: '2026-11-19', missed: 0, recovered: 0, unlisted: 0 },
      { day: '2026-11-20', missed: 1, recovered: 4, unlisted: 0 },
    ];
    const ledger = await stubLedger({ 'GET /v2/gaps': cursorPages([gap(1)], { by_day }) });
    const { code, stdout } = await run(ledger, 'gaps', '--from', '2026-11-19');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^2026-11-20 +1 +4 +0$/m);
    expect(stdout).not.toContain('2026-11-19');
    expect(stdout).toMatch(/^2026-11-20 09:00:00 +new_comment +00000000-0000-4000-8000-000000000001 /m);
    await run(ledger, 'gaps', '--kind', 'recovered');
    const lists = ledger.asked.filter(({ path }) => path === '/v2/gaps');
    expect(lists.map(({ query }) => query['filter[kind]'])).toEqual(['missed', 'recovered']);
    const { data, meta } = JSON.parse((await run(ledger, 'gaps', '--json')).stdout);
    expect({ data, meta }).toEqual({ data: [gap(1)], meta: { by_day, more: false } });
  });

  it('says which status or comment was missed, as far as the ledger knows', async () => {
    const rows = [gap(1), gap(2), { ...gap(3), event_type: 'porting_order.status_changed' }];
    const comment = { user_type: 'admin', body: 'Please sign the LOA.' };
    const said = event(1, undefined, { event_type: 'porting_order.new_comment', payload: { comment } });
    const ledger = await stubLedger({
      'GET /v2/gaps': cursorPages(rows),
      [`GET /v2/porting/events/${eventId(1)}`]: { body: { data: said } },
      [`GET /v2/porting/events/${eventId(2)}`]: { status: 404, body: {} },
      [`GET /v2/porting/events/${eventId(3)}`]: { body: { data: event(3) } },
    });
    const { stdout } = await run(ledger, 'gaps');
    expect(stdout).toMatch(/^2026-11-20 09:00:00 +new_comment +Telnyx: Please sign the LOA\. +0\S+1 +dcec/m);
    expect(stdout).toMatch(/^2026-11-20 09:00:00 +new_comment +0\S+2 +dcec/m);
    expect(stdout).toMatch(/^2026-11-20 09:00:00 +status_changed +submitted +0\S+3 +dcec/m);
    const asked = ledger.asked.length;
    await run(ledger, 'gaps', '--json');
    expect(ledger.asked).toHaveLength(asked + 1);
  });

  it('asks what was missed for the first hundred only', async () => {
    const rows = Array.from({ length: 130 }, (_, index) => gap(index));
    const ledger = await stubLedger({ 'GET /v2/gaps': cursorPages(rows) });
    expect((await run(ledger, 'gaps', '--limit', '130')).stdout).toContain(eventId(129));
    const asked = ledger.asked.filter(({ path }) => path.startsWith('/v2/porting/events/'));
    expect(new Set(asked.map(({ path }) => path)).size).toBe(100);
    expect(asked).toHaveLength(100);
  });
});

describe('rejections, runs and jobs', () => {
  it('are shown as tables', async () => {
    const rejection = {
      id: 'r1',
      kind: 'refused',
      reason: 'signature wrong',
      first_at: '2026-11-20T09:00:00Z',
      last_at: '2026-11-20T09:30:00Z',
      count: 12,
      body_bytes: null,
    };
    const ledger = await stubLedger({
      'GET /v2/rejections': cursorPages([rejection]),
      'GET /v2/sync-runs': cursorPages([syncRun('failed', { error: 'Telnyx failed' })]),
      'GET /v2/republish-jobs': cursorPages([job('running', 3)]),
    });
    expect((await run(ledger, 'rejections')).stdout).toMatch(/^2026-11-20 09:30:00 +refused +12 +signature wrong /m);
    expect((await run(ledger, 'runs')).stdout).toMatch(
      /^2026-11-20 10:00:00 +requested +failed +700 +2 +1 +Telnyx failed /m,
    );
    expect((await run(ledger, 'jobs')).stdout).toMatch(new RegExp(`^${JOB} +running +3 of 4 +3 +0 +0 +0 `, 'm'));
    for (const command of ['rejections', 'runs', 'jobs']) {
      const { code, stdout } = await run(ledger, command, '--json');
      expect(code).toBe(0);
      expect(JSON.parse(stdout).data).toHaveLength(1);
    }
  });
});

describe('pages that are larger than an answer may be', () => {
  const MOST = 10;
  /** Small rows first, so that pages shrink on the way. */
  const sizes = fc
    .tuple(
      fc.constantFrom(0, 7, 99, 100, 101),
      fc.array(fc.integer({ min: 0, max: MOST }), { minLength: 1, maxLength: 29 }),
    )
    .map(([small, sizes]) => [...Array(small).fill(0), ...sizes]);
  const rowsOf = (weights: readonly number[]) => weights.map((weight, index) => ({ ...event(index), weight }));
  const weightOf = ({ weight }: { readonly weight: number }) => weight;
  const pageSizes = (queries: readonly { readonly query: Readonly<Record<string, string>> }[]) =>
    queries.map(({ query }) => Number(query['page[size]']));

  it('are halved, and no row is left out or comes twice, whatever is large', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async (weights) => {
        const rows = rowsOf(weights);
        const ledger = await stubLedger({
          'GET /v2/orders': upTo(MOST, weightOf, cursorPages(rows)),
          'GET /v2/porting/events': upTo(
            MOST,
            weightOf,
            numberedPages(() => rows),
          ),
        });
        const orders = JSON.parse((await run(ledger, 'orders', '--all', '--json')).stdout);
        expect(orders).toEqual({ data: rows, meta: { more: false } });
        const events = JSON.parse((await run(ledger, 'events', '--limit', '130', '--json')).stdout);
        expect(events).toEqual({ data: rows, meta: { more: false, total_results: rows.length } });
        await ledger.stop();
      }),
      { numRuns: 30 },
    );
  });

  it('are asked for in halves from there on', async () => {
    const rows = rowsOf([...Array(60).fill(0), ...Array(12).fill(MOST), ...Array(8).fill(0)]);
    const ledger = await stubLedger({ 'GET /v2/orders': upTo(MOST, weightOf, cursorPages(rows)) });
    await run(ledger, 'orders', '--all');
    expect(pageSizes(ledger.asked).slice(0, 6)).toEqual([100, 50, 50, 25, 12, 6]);
    expect(new Set(pageSizes(ledger.asked).slice(9))).toEqual(new Set([1]));
  });

  it('of one row: the answer is shown', async () => {
    const ledger = await stubLedger({ 'GET /v2/orders': upTo(MOST, weightOf, cursorPages(rowsOf([MOST + 1]))) });
    expect(await run(ledger, 'orders')).toMatchObject({ code: 1, stderr: 'Too large. (422)\n' });
    expect(pageSizes(ledger.asked)).toEqual([50, 25, 12, 6, 3, 1]);
  });
});
