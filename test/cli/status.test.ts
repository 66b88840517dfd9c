import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../infra/cli/findings-shown.ts';
import { run } from './run.ts';
import { status } from './samples.ts';
import { stubLedger } from './stub-ledger.ts';

const standing = {
  needs_you: 3,
  next_deadline: '2026-11-30T09:00:00.000000Z',
  waiting_for_telnyx: 4,
  waiting_for_losing_carrier: 8,
  ended_7d: 5,
  foc_dates: Array.from({ length: 14 }, (_, index) => ({
    day: `2026-11-${10 + index}`,
    orders: index % 7 === 6 ? 2 : 0,
  })),
};
const answering = (data: object, orders: object = standing) =>
  stubLedger({ 'GET /v2/status': { body: { data } }, 'GET /v2/orders/summary': { body: { data: orders } } });

const finding = (code: string, severity: string, more: object = {}) => ({
  code,
  severity,
  what: 'It is so.',
  do: 'Act.',
  since: null,
  runbook: `https://runbook.example/#${code}`,
  ...more,
});

describe('status', () => {
  it('says that all is well, and ends with 0', async () => {
    const { code, stdout, stderr } = await run(await answering(status()), 'status');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^All is well\.\n\nneeds you +3 orders, the next until 2026-11-30 09:00:00 UTC\n/);
    expect(stdout).toMatch(/^porting +2 orders within 7 days, 4 within 14$/m);
    expect(stdout).toMatch(/^waiting +4 for Telnyx, 8 for the old carrier\nsync +complete /m);
    expect(stdout).toMatch(/^gaps +24 h: 0 missed, 3 recovered, 0 unlisted; 1 awaited$/m);
    expect(stdout).toMatch(/^channels +status_changed \(\d+ \w+ ago\)$/m);
  });

  it('shows each finding with what to do and its commands, and ends with 1', async () => {
    const findings = [
      finding('sync_stopped', 'act_now', { since: '2026-11-20T10:00:00.000000Z' }),
      finding('notifications_missed', 'look_today', { what: '2 notifications did\u001b[31m not come.' }),
      finding('of_a_newer_ledger', 'look_soon'),
    ];
    const ledger = await answering(status({ well: false, findings }));
    const { code, stdout, stderr } = await run(ledger, 'status');
    expect(code).toBe(1);
    const lines = [
      'Not well:',
      'act now: It is so. Since 2026-11-20 10:00:00 UTC.',
      '  Act.',
      '  npm run ledger -- runs',
      'look today: 2 notifications did not come.',
      '  Act.',
      '  npm run ledger -- gaps',
      '  npm run ledger -- deliveries',
      '  npm run ledger -- republish --missed --from 24h --dry-run',
      'look today: It is so.',
      '  Act.',
      '',
      'needs you',
    ];
    expect(stdout.startsWith(lines.join('\n'))).toBe(true);
    expect(stderr).toContain('https://runbook.example/#sync_stopped');
  });

  it('says that all is well beside what no one must act on', async () => {
    const findings = [finding('orders_overdue', 'know')];
    const { code, stdout } = await run(await answering(status({ findings })), 'status');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^All is well\.\nto know: It is so\.\n {2}Act\.\n/);
  });

  it.each(Object.values(COMMANDS).flat())('names commands that exist: %s', async (command) => {
    const words = command.replace('ID', 'x').split(' ');
    const { stderr } = await run(await stubLedger({}), ...words, '--help');
    expect(stderr).toBe('');
    const known = await run(await stubLedger({}), ...words.slice(0, 1), '--help');
    for (const option of words.filter((word) => word.startsWith('--'))) expect(known.stdout).toContain(option);
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
    const data = status({ well: false, findings: [finding('sync_stopped', 'act_now')] });
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
