import { beforeEach, expect, test, vi } from 'vitest';
import { details } from '../porting/porting-orders.ts';
import { run } from './run.ts';
import { order, status } from './samples.ts';
import { type Asked, cursorPages, stubLedger } from './stub-ledger.ts';

/** Thursday. */
const NOW = Date.parse('2026-11-26T08:00:00Z');
const DAY = 24 * 3_600_000;
beforeEach(() => void vi.setSystemTime(NOW));

const at = (ago: number) => `${new Date(NOW - ago).toISOString().slice(0, 23)}000Z`;
const known = (overdue_orders = 0, complete_through = at(60_000)) =>
  status({ overdue_orders, sync: { ...status().sync, complete_through } });
const named = (name: string, more: object = {}) =>
  order({ id: name, customer_reference: name, support_key: null, details: null, ...more });
const inStatus = (value: string, more: object = {}) => ({
  status: { value, details: [] },
  terminal: value === 'ported',
  acts: 'nobody',
  act_by: null,
  action_required: false,
  ...more,
});

/** The orders by what is asked for. */
function orders({ query }: Asked): readonly object[] {
  if (query['filter[needs]'] === 'you') return [named('port-1')];
  if (query.sort === 'foc') {
    const foc_date = '2026-11-26T23:30:00.000000Z';
    return [named('port-7', inStatus('foc-date-confirmed', { details: details({ foc_date, support_key: null }) }))];
  }
  if (query.sort === '-changed_at') {
    return [
      named('port-3', inStatus('ported', { changed_at: at(1_000), status_since: at(1_000) })),
      named('long ago', inStatus('ported', { changed_at: at(3_000), status_since: at(2 * DAY) })),
    ];
  }
  const others = Array.from({ length: 150 }, (_, index) => named(`other-${index}`, inStatus('submitted')));
  return [
    ...others,
    named('port-9', inStatus('submitted', { status_since: at(30 * DAY), overdue_since: at(30 * DAY) })),
  ];
}

const ledger = (answer = known(1), timezone = 'UTC') =>
  stubLedger({
    'GET /v2/orders/summary': { body: { data: { timezone } } },
    'GET /v2/status': { body: { data: answer } },
    'GET /v2/orders': (asked) => cursorPages(orders(asked))(asked),
  });

test('digest prints the message that people get, from what the API answers', async () => {
  const { code, stdout } = await run(await ledger(), 'digest');
  expect(stdout).toBe(
    [
      'Porting, Thu 26 Nov: 1 needs you, 1 ports today, 1 overdue, 1 ended',
      '',
      'Refused: correct them, or Telnyx cancels them (1):',
      '  port-1 - LOA illegible - by Fri 4 Dec, 8 days left',
      '',
      'Porting today (1):',
      '  port-7 (12 numbers) - 23:30',
      '',
      'Overdue (1):',
      '  port-9 - with the old carrier since Tue 27 Oct',
      '',
      'Ended (1):',
      '  port-3 - ported',
      '',
    ].join('\n'),
  );
  expect(code).toBe(0);
});

test("names days and times as in the ledger's time zone", async () => {
  const { stdout } = await run(await ledger(known(1), 'Asia/Tokyo'), 'digest');
  expect(stdout).toContain('Porting in the days after (1):\n  port-7 (12 numbers) - Fri 27 Nov, 08:30');
});

test('--timezone names days and times as there', async () => {
  const { stdout } = await run(await ledger(), 'digest', '--timezone', 'asia/tokyo');
  expect(stdout).toContain('Porting in the days after (1):\n  port-7 (12 numbers) - Fri 27 Nov, 08:30');
  const { code, stderr } = await run(await ledger(), 'digest', '--timezone', 'Tokio');
  expect(code).toBe(2);
  expect(stderr).toContain('It must be the name of a time zone, such as Europe/Berlin or UTC, not Tokio.');
});

test('a ledger that is behind is named first', async () => {
  const { stdout } = await run(await ledger(known(0, at(3_600_000))), 'digest');
  expect(stdout).toContain('NOT UP TO DATE');
  expect(stdout).toContain('All is known up to Thu 26 Nov, 07:00 (UTC).');
});

test('overdue orders are looked for only when there are any', async () => {
  const stub = await ledger(known(0));
  await run(stub, 'digest');
  expect(stub.asked.filter(({ query }) => query.sort === 'changed_at')).toEqual([]);
});

test('--json has subject and sections', async () => {
  const { stdout } = await run(await ledger(known(0)), 'digest', '--json');
  expect(JSON.parse(stdout).data).toMatchObject({
    subject: expect.stringMatching(/^Porting, Thu 26 Nov/),
    sections: expect.any(Array),
  });
});
