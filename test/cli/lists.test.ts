import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { run } from './run.ts';
import { event, JOB, job, syncRun } from './samples.ts';
import { cursorPages, numberedPages, stubLedger, upTo } from './stub-ledger.ts';

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
