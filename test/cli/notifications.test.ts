import { describe, expect, it } from 'vitest';
import { run } from './run.ts';
import { event, eventId, gap } from './samples.ts';
import { cursorPages, numberedPages, problem, stubLedger } from './stub-ledger.ts';

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
