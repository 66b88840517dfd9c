import { describe, expect, it } from 'vitest';
import { run } from './run.ts';
import { event, eventId, order } from './samples.ts';
import { type Asked, cursorPages, problem, stubLedger } from './stub-ledger.ts';

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

  it('lists those that need you', async () => {
    const ledger = await stubLedger({ 'GET /v2/orders': cursorPages([order()]) });
    expect((await run(ledger, 'orders', '--needs-you')).stdout).toContain(order().id);
    expect(ledger.asked.map(({ query }) => query)).toEqual([
      { 'filter[needs]': 'you', sort: 'act_by', 'page[size]': '50' },
    ]);
    const none = await stubLedger({ 'GET /v2/orders': cursorPages([]) });
    expect((await run(none, 'orders', '--needs-you')).stderr).toContain('No order needs you.');
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
