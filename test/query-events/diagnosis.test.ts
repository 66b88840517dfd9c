import { describe, expect, test } from 'vitest';
import type { ShownRun } from '../../functions/ledger/runs/sync-runs.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import { diagnose, type JudgedStatus } from '../../functions/query-events/diagnosis.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-03-20T12:00:00Z');
const ago = (minutes: number) => timestampOf(NOW - minutes * MINUTE);

const well: JudgedStatus = {
  sync: {
    last_complete_at: ago(4),
    last_status: 'complete',
    complete_through: ago(5),
    cursor_lag_seconds: 300,
    running: false,
    cursor_set_back_at: null,
    open_spans: [],
    last_runs: [],
  },
  publishing: { unpublished: 3, oldest_unpublished_seconds: 900, undecided_orders: 0 },
  gaps: { missed_24h: 0, recovered_24h: 5, awaiting: 7, unlisted_24h: 0 },
  rejections: { refused_24h: 9_000, unreadable_24h: 0, listed_24h: 0, other_family_24h: 0, other_family_latest: null },
  upstream: {
    last_fault: { fault: 'key refused', at: ago(60) },
    rate_limited_until: timestampOf(NOW + 2_000),
    clock_ahead_seconds: null,
  },
  ids_agree: false,
  channels: [{ event_type: 'porting_order.split', first_at: ago(9_000), last_at: ago(60) }],
  healing: { mode: 'republish', asked_today: 50, per_day: 50 },
  overdue_orders: 0,
  large_orders: [],
  at_least: [],
};

function run(status: 'running' | 'failed' | 'complete', error: string | null = null): ShownRun {
  const times = { started_at: ago(5), from: ago(60), to: ago(5), complete_through: ago(60), updated_at: ago(5) };
  const counts = { pages: 1, seen: 1, inserted: 0, confirmed: 0, upgraded: 0 };
  return { id: 'r', trigger: 'schedule', status, error, ...times, ...counts };
}

test('a few refused requests before the first webhook may be scanners', () => {
  const rejections = { ...well.rejections, refused_24h: 10 };
  expect(diagnose({ ...well, channels: [], rejections }, NOW)).toEqual([]);
});

test('what ends automatically, or ended before the last run, is not a problem', () => {
  expect(diagnose(well, NOW)).toEqual([]);
});

describe('each problem is a sentence that says what to do', () => {
  const { sync, gaps, healing } = well;
  test.each<[string, Partial<JudgedStatus>, readonly RegExp[]]>([
    [
      "the ledger's clock is ahead",
      { upstream: { ...well.upstream, clock_ahead_seconds: 10_800 } },
      [/^The ledger's clock is 3 hours ahead of Telnyx's: correct it/],
    ],
    [
      "the ledger's clock is behind",
      { upstream: { ...well.upstream, clock_ahead_seconds: -180 } },
      [/^The ledger's clock is 3 minutes behind Telnyx's/],
    ],
    [
      'the cursor stood in the future',
      { sync: { ...sync, cursor_set_back_at: ago(23 * 60) } },
      [/up to a future instant\. .* the last 7 days were listed again/],
    ],
    [
      'a span of the list is open',
      {
        sync: {
          ...sync,
          open_spans: [10, 20].map((minutes) => ({
            id: 'x',
            from: ago(minutes + 5),
            to: ago(minutes),
            since: ago(1),
            tried_at: ago(1),
            tries: 3,
            reason: 'it contradicts itself',
          })),
        },
      },
      [/contradicts itself in 2 spans, the first from 2026-03-20T11:35:00.000000Z to 2026-03-20T11:40:00.000000Z/],
    ],
    [
      'never synced',
      { sync: { ...sync, last_complete_at: null } },
      [/^No sync run has ever completed: see sync/, /API key/],
    ],
    [
      'the first sync',
      { sync: { ...sync, last_complete_at: null, running: true } },
      [/^The first sync run is/, /API key/],
    ],
    [
      'the first sync, after others that failed',
      {
        sync: {
          ...sync,
          last_complete_at: null,
          running: true,
          last_runs: [run('running'), run('failed', 'UpstreamError: Telnyx refuses the API key.'), run('failed', 'x')],
        },
      },
      [/^No sync run has ever completed: Telnyx refuses the API key\.$/, /API key/],
    ],
    [
      'the last run failed, and why',
      { sync: { ...sync, last_status: 'failed', last_runs: [run('failed', 'Telnyx is down'), run('complete')] } },
      [/^The last sync run failed: Telnyx is down\.$/],
    ],
    [
      'no sync for 16 minutes; failures before the last complete run, or of requested runs, are not the reason',
      {
        sync: {
          ...sync,
          last_complete_at: ago(16),
          last_runs: [{ ...run('failed', 'y'), trigger: 'requested' }, run('complete'), run('failed', 'x')],
        },
      },
      [/for 16 minutes: see sync\.last_runs\.$/],
    ],
    ['no sync for 16 minutes', { sync: { ...sync, last_complete_at: ago(16) } }, [/for 16 minutes: see sync/]],
    ['the last run failed', { sync: { ...sync, last_status: 'failed' } }, [/^The last sync run failed/]],
    ['the cursor lags', { sync: { ...sync, cursor_lag_seconds: 3 * 3_600 } }, [/only up to 3 hours ago/]],
    [
      'the key is refused',
      { upstream: { ...well.upstream, last_fault: { fault: 'key refused', at: ago(1) } } },
      [/API key/],
    ],
    [
      'Telnyx asks for a pause of an hour',
      { upstream: { ...well.upstream, last_fault: null, rate_limited_until: ago(-60) } },
      [/another 60 minutes/],
    ],
    [
      'every webhook is refused',
      { channels: [{ event_type: 'porting_order.split', first_at: ago(9_000), last_at: ago(24 * 60 + 1) }] },
      [/^9000 requests at the webhook URL were refused within 24 h, and no webhook came: .* public key/],
    ],
    [
      'the bus does not accept events',
      {
        publishing: { unpublished: 10_000, oldest_unpublished_seconds: 1_560, undecided_orders: 0 },
        at_least: ['publishing.unpublished'],
      },
      [/^At least 10000 events wait to be published, one for 26 minutes/],
    ],
    [
      "one was missed, and today's healing is used up",
      { gaps: { ...gaps, missed_24h: 1 } },
      [/^1 notification of/, /Healing has used/],
    ],
    [
      'two were missed, and healing is off',
      { gaps: { ...gaps, missed_24h: 2 }, healing: { ...healing, mode: 'off' } },
      [/^2 notifications of/],
    ],
    ['one is not listed', { gaps: { ...gaps, unlisted_24h: 1 } }, [/^1 event came by webhook and not by the list/]],
    [
      'unreadable ones',
      { rejections: { ...well.rejections, unreadable_24h: 2 } },
      [/^2 webhooks that Telnyx signed are no event/],
    ],
    [
      'listed records that are not events, without any webhook',
      { rejections: { ...well.rejections, refused_24h: 0, listed_24h: 1 }, channels: [] },
      [/^1 record that Telnyx lists is no event: see \/v2\/rejections/],
    ],
    ['orders with too many events', { large_orders: ['a', 'b'] }, [/^2 orders have too many events: .* See a, b\.$/]],
    ['overdue orders', { overdue_orders: 2 }, [/^2 orders have been in their status/]],
  ])('%s', (_, change, expected) => {
    expect(diagnose({ ...well, ...change }, NOW)).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  });
});
