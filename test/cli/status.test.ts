import { describe, expect, it } from 'vitest';
import type { Status } from '../../infra/cli/answers.ts';
import { judge } from '../../infra/cli/well.ts';
import { status } from './samples.ts';
import { run, stubLedger } from './stub-ledger.ts';

const now = Date.parse('2026-11-20T10:01:00Z');
const well = status() as Status;
const judged = (more: object) => judge({ ...well, ...more } as Status, now);

describe('status', () => {
  it('says that all is well, and ends with 0', async () => {
    const ledger = await stubLedger({ 'GET /v2/status': { body: { data: status() } } });
    const { code, stdout, stderr } = await run(ledger, 'status');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^All is well\.\n\nsync +complete /);
    expect(stdout).toMatch(/^gaps +24 h: 0 missed, 3 recovered, 0 unlisted; 1 awaited$/m);
  });

  it('says what is not, and ends with 1', async () => {
    const gaps = { missed_24h: 2, recovered_24h: 0, awaiting: 0, unlisted_24h: 1 };
    const ledger = await stubLedger({ 'GET /v2/status': { body: { data: status({ gaps }) } } });
    const { code, stdout } = await run(ledger, 'status');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^Not well:\n {2}2 notifications of the last 24 h never came: .*\nWorth a look:\n {2}1 event /,
    );
    const json = await run(ledger, 'status', '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toEqual({
      data: status({ gaps }),
      well: false,
      wrong: [expect.stringMatching(/^2 notifications/)],
      worth_a_look: [expect.stringMatching(/^1 event/)],
    });
  });
});

describe('a status is judged', () => {
  it('well', () => {
    expect(judge(well, now)).toEqual({ wrong: [], worthALook: [] });
    expect(judged({ ids_agree: null }).worthALook).toEqual([]);
  });

  it.each([
    ['nothing was ever synced', { sync: { ...well.sync, last_complete_at: null } }],
    ['the cursor lags', { sync: { ...well.sync, cursor_lag_seconds: 1300 } }],
    ['the last run failed', { sync: { ...well.sync, last_status: 'failed' } }],
    [
      'Telnyx refuses',
      { upstream: { ...well.upstream, last_fault: { fault: 'key refused', at: '2026-11-20T10:00:30Z' } } },
    ],
    ['events wait to be published', { publishing: { unpublished: 3, oldest_unpublished_seconds: 1000 } }],
    ['notifications were missed', { gaps: { ...well.gaps, missed_24h: 1 } }],
    ['orders are overdue', { overdue_orders: 1 }],
  ])('wrong when %s', (_, more) => {
    expect(judged(more).wrong).toHaveLength(1);
  });

  it.each([
    ['Telnyx asks for patience', { upstream: { ...well.upstream, rate_limited_until: '2026-11-20T10:05:00Z' } }],
    ['events are not listed', { gaps: { ...well.gaps, unlisted_24h: 1 } }],
    ['a webhook could not be read', { rejections: { refused_24h: 0, unreadable_24h: 1 } }],
    ['ids differ', { ids_agree: false }],
    ['healing has no budget left', { healing: { mode: 'republish', asked_today: 50, per_day: 50 } }],
  ])('worth a look when %s', (_, more) => {
    expect(judged(more)).toEqual({ wrong: [], worthALook: [expect.any(String)] });
  });

  it('by what is still so', () => {
    const last_fault = { fault: 'failed', at: '2026-11-20T09:59:00Z' };
    expect(judged({ upstream: { last_fault, rate_limited_until: '2026-11-20T10:00:00Z' } })).toEqual({
      wrong: [],
      worthALook: [],
    });
  });
});
