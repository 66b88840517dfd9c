import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { settingsFor } from './run.ts';
import { event, JOB, job, order } from './samples.ts';
import { type Answer, cursorPages, type StubLedger, stubLedger } from './stub-ledger.ts';
import { hasTerminal, type SittingOptions, sitAt } from './terminal.ts';

const sit = (ledger: StubLedger, args: readonly string[], { environment = {}, ...more }: SittingOptions = {}) =>
  sitAt(args, { ...more, environment: { ...settingsFor(ledger), ...environment } });

const MISSED = ['republish', '--missed', '--from', '24h'];
const PATH = `/v2/republish-jobs`;
const dryRun = { dry_run: true, total: 4, by_type: { 'porting_order.split': 4 }, first: [event(1)] };
const routes = {
  [`POST ${PATH}`]: ({ body }: { body: unknown }): Answer => ({
    body: { data: (body as { dry_run?: true }).dry_run ? dryRun : job('pending', 0) },
  }),
  [`GET ${PATH}/${JOB}`]: [job('running', 1), job('running', 2), job('complete', 4)].map((data) => ({
    body: { data },
  })),
};

describe.skipIf(!hasTerminal)('at a terminal', () => {
  it('a job begins after yes, and has a bar', async () => {
    const ledger = await stubLedger(routes);
    const { seen, type, ended } = sit(ledger, MISSED);
    await eventually(() => expect(seen.all).toContain('[y/N]'));
    expect(seen.all).toMatch(/4 events would be republished\r\n +4 {2}porting_order\.split/);
    expect(ledger.asked).toHaveLength(1);
    type('y\r');
    expect(await ended).toBe(0);
    expect(seen.all).toContain('######------------------ 25%');
    expect(seen.all).toContain('############------------ 50%');
    expect(stripVTControlCharacters(seen.all)).toMatch(/job \S+ complete: 4 of 4, 4 sent\r\n/);
  });

  it.each([
    ['no', 'n\r'],
    ['an empty line', '\r'],
    ['Ctrl-C', '\u0003'],
    ['the end of the input', '\u0004'],
  ])('nothing is republished after %s', async (_, keys) => {
    const ledger = await stubLedger(routes);
    const { seen, type, ended } = sit(ledger, MISSED);
    await eventually(() => expect(seen.all).toContain('[y/N]'));
    type(keys);
    expect(await ended).toBe(1);
    expect(seen.all).toContain('Nothing was republished.');
    expect(ledger.asked.map(({ body }) => (body as { dry_run?: true }).dry_run)).toEqual([true]);
  });

  it('Ctrl-C ends the bar and tells how to go on', async () => {
    const ledger = await stubLedger({
      [`GET ${PATH}/${JOB}`]: { body: { data: job('running', 1) } },
    });
    const { seen, type, ended } = sit(ledger, ['job', JOB, '--watch']);
    await eventually(() => expect(seen.all).toContain('25%'));
    type('\u0003');
    expect(await ended).toBe(130);
    expect(seen.all).toContain('\u001b[2KNo longer watching: the job continues.');
    expect(seen.all).toMatch(/ --watch\r\nCancel it: .*\r\n$/);
  });

  it('tables fit, and have colours unless NO_COLOR says otherwise', async () => {
    const long = order({ customer_reference: 'a reference that is longer than the whole terminal is wide, by far' });
    const ledger = await stubLedger({ 'GET /v2/orders': cursorPages([long]) });
    const coloured = sit(ledger, ['orders'], { columns: 100 });
    expect(await coloured.ended).toBe(0);
    expect(coloured.seen.all).toContain('\u001b[33mexception');
    const lines = stripVTControlCharacters(coloured.seen.all).trimEnd().split('\r\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
    expect(lines[1]).toContain(long.id);
    const plain = sit(ledger, ['orders'], { environment: { NO_COLOR: '1' } });
    expect(await plain.ended).toBe(0);
    expect(plain.seen.all).not.toContain('\u001b');
  });

  it('a narrow one shows what orders are called and why they were refused, rather than ids and dates', async () => {
    const why = { code: 'ACCOUNT_NUMBER_MISMATCH', description: `The account number is not ${'known '.repeat(20)}` };
    const status = { value: 'exception', details: [why] };
    const one = order({ customer_reference: 'acme-4711', status });
    const events = [event(1, undefined, { payload: { status } })];
    const ledger = await stubLedger({
      'GET /v2/orders': cursorPages([one]),
      [`GET /v2/orders/${one.id}/events`]: cursorPages(events),
    });
    const seen = async (columns: number, ...args: string[]) => {
      const sitting = sit(ledger, args, { columns });
      expect(await sitting.ended).toBe(0);
      const lines = stripVTControlCharacters(sitting.seen.all).trimEnd().split('\r\n');
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
      return lines;
    };
    expect((await seen(100, 'orders')).slice(1)).toEqual([expect.stringMatching(/^dcec50b4-\S{27} .* acme-4711$/)]);
    const [, row, note] = await seen(80, 'orders');
    expect(row).toMatch(/^dcec50b4… +exception +\S+ +by (4 Dec, \S+ \w+|2026-12-04, past) +acme-4711$/);
    expect(note).toMatch(/^No room for whole ids: add \| cat /);
    const shown = await seen(80, 'order', 'acme');
    expect(shown.join(' ').replaceAll(/ +/g, ' ')).toContain(`${why.code}: ${why.description.trim()}`);
    expect(shown.at(-2)).toMatch(/^2026-11-20 09:00:00 +status_changed +exception: ACCOUNT_NUMBER_MISMATCH/);
  });
});
