import { describe, expect, it } from 'vitest';
import { run } from './run.ts';
import { status } from './samples.ts';
import { stubLedger } from './stub-ledger.ts';

const answering = (data: object) => stubLedger({ 'GET /v2/status': { body: { data } } });

describe('status', () => {
  it('says that all is well, and ends with 0', async () => {
    const { code, stdout, stderr } = await run(await answering(status()), 'status');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^All is well\.\n\nsync +complete /);
    expect(stdout).toMatch(/^gaps +24 h: 0 missed, 3 recovered, 0 unlisted; 1 awaited$/m);
    expect(stdout).toMatch(/^channels +status_changed \(\d+ \w+ ago\)$/m);
  });

  it("shows the ledger's problems in the ledger's words, and ends with 1", async () => {
    const problems = ['The last sync run failed: see sync.last_runs.', '2 notifications did\u001b[31m not come.'];
    const ledger = await answering(status({ well: false, problems }));
    const { code, stdout, stderr } = await run(ledger, 'status');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^Not well:\n {2}The last sync run failed: see sync\.last_runs\.\n {2}2 notifications did not come\.\n\nsync/,
    );
    expect(stderr).toContain('What to do: docs/operations.md');
  });

  it.each([
    [true, 0],
    [false, 1],
  ])('decides by the ledger’s answer alone: with well %s it ends with %i', async (well, code) => {
    const bad = {
      sync: { ...status().sync, last_complete_at: null, cursor_lag_seconds: 9_999, last_status: 'failed' },
      gaps: { ...status().gaps, missed_24h: 9 },
      overdue_orders: 3,
    };
    expect((await run(await answering(status({ ...(well && bad), well })), 'status')).code).toBe(code);
  });

  it('prints the API’s answer and nothing else, with --json', async () => {
    const data = status({ well: false, problems: ['One.'] });
    const { code, stdout, stderr } = await run(await answering(data), 'status', '--json');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ data });
  });

  it('marks a count that stopped at its bound, and shows until when Telnyx accepts no requests', async () => {
    const gaps = { ...status().gaps, awaiting: 2_500 };
    const upstream = {
      last_fault: { fault: 'rate limited', at: '2026-11-20T10:00:00Z' },
      rate_limited_until: '2026-11-20T10:05:00Z',
    };
    const ledger = await answering(status({ gaps, upstream, at_least: ['gaps.awaiting'], overdue_orders: 1 }));
    const { stdout } = await run(ledger, 'status');
    expect(stdout).toContain('; at least 2500 awaited\n');
    expect(stdout).toMatch(
      /^upstream +last fault .* ago: rate limited; takes no requests until 2026-11-20 10:05:00 UTC$/m,
    );
    expect(stdout).toMatch(/^overdue +1 order$/m);
  });
});
