import { describe, expect, test } from 'vitest';
import { FINDINGS, type FindingCode, type Found } from '../../functions/health/findings.ts';
import { isWell, judge } from '../../functions/health/judge.ts';
import type { JudgedStatus } from '../../functions/health/judged-status.ts';
import type { ShownRun } from '../../functions/ledger/runs/sync-runs.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';

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
    failed_requests: [],
  },
  publishing: { unpublished: 3, oldest_unpublished_seconds: 900, undecided_orders: 0 },
  gaps: { missed_24h: 0, recovered_24h: 5, awaiting: 7, unlisted_24h: 0 },
  rejections: {
    refused_24h: 9_000,
    refused_since_webhook: 10,
    unreadable_24h: 0,
    other_family_24h: 0,
    other_family_latest: null,
    listed_24h: 0,
  },
  upstream: {
    last_fault: { fault: 'key refused', at: ago(60) },
    rate_limited_until: timestampOf(NOW + 2_000),
    clock_ahead_seconds: null,
    orders_refused: { since: ago(60 * 60), at: ago(181) },
  },
  ids_agree: false,
  channels: [{ event_type: 'porting_order.split', first_at: ago(9_000), last_at: ago(60) }],
  healing: { mode: 'republish', asked_today: 50, per_day: 50 },
  overdue_orders: 0,
  large_orders: [{ id: 'a', since: ago(8 * 24 * 60) }],
  disagreeing_orders: [{ id: 'a', ledger: 'draft', telnyx: 'deleted', since: ago(8 * 24 * 60) }],
  oldest_job: { id: 'j', status: 'running', created_at: ago(600), error: 'Telnyx is away.', error_since: ago(29) },
  dead_letters: { scheduled_runs: 0, stream_batches: 0 },
  notices_failing: [],
  at_least: [],
};

function run(status: 'running' | 'failed' | 'complete' | 'partial', minutesAgo: number, error?: string): ShownRun {
  const times = {
    started_at: ago(minutesAgo),
    from: ago(60),
    to: ago(5),
    complete_through: ago(60),
    updated_at: ago(1),
  };
  const counts = { pages: 1, seen: 1, inserted: 0, confirmed: 0, upgraded: 0 };
  return { id: 'r', trigger: 'schedule', status, error: error ?? null, ...times, ...counts };
}

const codesOf = (found: readonly Found[]) => found.map(({ code }) => code);

test('what ends automatically, or ended before the last run, is no finding', () => {
  expect(judge(well, NOW)).toEqual([]);
});

test('the status of a laptop, which has no queues, are well', () => {
  expect(judge({ ...well, dead_letters: null, oldest_job: null }, NOW)).toEqual([]);
});

const { sync, gaps, healing, upstream, rejections, publishing } = well;

/** What is so, how the status shows it, what the finding says, and since when. */
type Case = readonly [string, Partial<JudgedStatus>, RegExp, string?];

/** For each finding, the status that give it alone, and what it says. */
const CASES: Readonly<Record<Exclude<FindingCode, 'healing_used_up'>, readonly Case[]>> = {
  sync_stopped: [
    [
      'no run has ever begun',
      { sync: { ...sync, last_complete_at: null, last_status: null } },
      /^No sync run has ever completed\.$/,
    ],
    [
      'the first run failed, and another is under way',
      {
        sync: {
          ...sync,
          last_complete_at: null,
          running: true,
          last_runs: [run('running', 0), run('failed', 5, 'Error: The secret is empty.'), run('failed', 10, 'x')],
        },
      },
      /^No sync run has ever completed: The secret is empty\.$/,
    ],
    [
      'none completed for 16 minutes; requested runs, and runs before the last complete one, are not the reason',
      {
        sync: {
          ...sync,
          last_complete_at: ago(16),
          last_runs: [{ ...run('failed', 1, 'y'), trigger: 'requested' }, run('complete', 16), run('failed', 21, 'x')],
        },
      },
      /^No sync run has completed for 16 minutes\.$/,
      ago(16),
    ],
    [
      'runs fail for an hour',
      {
        sync: {
          ...sync,
          last_complete_at: ago(60),
          last_status: 'failed',
          last_runs: [run('failed', 5, 'Telnyx is down')],
        },
      },
      /^No sync run has completed for 60 minutes: Telnyx is down\.$/,
      ago(60),
    ],
    [
      'each run dies: one is always at work, by its lease',
      {
        sync: { ...sync, running: true, last_complete_at: ago(20), last_runs: [run('running', 1), run('running', 6)] },
      },
      /^No sync run has completed for 20 minutes\.$/,
      ago(20),
    ],
  ],
  key_refused: [
    [
      'since the last complete run',
      {
        sync: { ...sync, last_complete_at: ago(60), last_status: 'failed', last_runs: [run('failed', 5, 'refused')] },
        upstream: { ...upstream, last_fault: { fault: 'key refused', at: ago(5) } },
      },
      /^Telnyx refuses the ledger's API key\.$/,
      ago(5),
    ],
  ],
  not_available: [
    [
      'for 16 minutes',
      {
        sync: { ...sync, last_complete_at: ago(16), last_status: 'failed' },
        upstream: { ...upstream, last_fault: { fault: 'not available', at: ago(1) } },
      },
      /^Telnyx says that porting is not available/,
      ago(16),
    ],
    [
      'from the beginning',
      {
        sync: { ...sync, last_complete_at: null, last_status: 'failed', last_runs: [run('failed', 5, '403')] },
        upstream: { ...upstream, last_fault: { fault: 'not available', at: ago(1) } },
      },
      /^Telnyx says that porting is not available/,
      ago(1),
    ],
  ],
  publishing_behind: [
    [
      'the bus does not accept events',
      {
        publishing: { ...publishing, unpublished: 10_000, oldest_unpublished_seconds: 1_560 },
        at_least: ['publishing.unpublished'],
      },
      /^At least 10000 events wait to be published, one for 26 minutes\.$/,
      ago(26),
    ],
  ],
  clock_wrong: [
    [
      'ahead',
      { upstream: { ...upstream, clock_ahead_seconds: 10_800 } },
      /^The ledger's clock is 3 hours ahead of Telnyx's\.$/,
    ],
    [
      'behind',
      { upstream: { ...upstream, clock_ahead_seconds: -180 } },
      /^The ledger's clock is 3 minutes behind Telnyx's\.$/,
    ],
  ],
  webhooks_refused: [
    [
      'signed webhooks, and none was accepted since',
      { rejections: { ...rejections, refused_since_webhook: 11 } },
      /^11 webhooks with a wrong signature were refused, and none was accepted since\.$/,
    ],
  ],
  cursor_behind: [
    [
      'runs complete, but not up to the present',
      { sync: { ...sync, cursor_lag_seconds: 3 * 3_600 } },
      /^The list has been read only up to 3 hours ago/,
    ],
    [
      'runs make progress after an outage',
      {
        sync: {
          ...sync,
          last_complete_at: ago(600),
          last_status: 'partial',
          cursor_lag_seconds: 3 * 3_600,
          last_runs: [run('running', 3), run('partial', 18)],
        },
      },
      /^The list has been read only up to 3 hours ago/,
    ],
    [
      'the first run after a long pause is under way',
      {
        sync: {
          ...sync,
          running: true,
          last_complete_at: ago(600),
          cursor_lag_seconds: 10 * 3_600,
          last_runs: [run('running', 1), run('complete', 600)],
        },
      },
      /^The list has been read only up to 10 hours ago/,
    ],
  ],
  open_span: [
    [
      'two of them',
      {
        sync: {
          ...sync,
          open_spans: [10, 20].map((minutes) => ({
            id: 'x',
            from: ago(minutes + 5),
            to: ago(minutes),
            since: ago(minutes - 5),
            tried_at: ago(1),
            tries: 3,
            reason: 'it contradicts itself',
          })),
        },
      },
      /contradicts itself in 2 spans, the first from 2026-03-20T11:35:00.000000Z to 2026-03-20T11:40:00.000000Z/,
      ago(15),
    ],
  ],
  rate_limited: [
    [
      'for an hour',
      {
        upstream: { ...upstream, last_fault: { fault: 'rate limited', at: ago(2) }, rate_limited_until: ago(-60) },
        sync: { ...sync, last_complete_at: ago(60), last_status: 'failed' },
      },
      /^Telnyx accepts no requests for another 60 minutes\.$/,
      ago(2),
    ],
  ],
  webhooks_unreadable: [
    [
      'two of them',
      { rejections: { ...rejections, unreadable_24h: 2 } },
      /^2 webhooks that Telnyx signed in the last 24 hours cannot be read/,
    ],
  ],
  records_unreadable: [
    [
      'one, without any webhook',
      { rejections: { ...rejections, listed_24h: 1 }, channels: [] },
      /^1 record of Telnyx's list/,
    ],
  ],
  other_family_webhooks: [
    [
      'one',
      { rejections: { ...rejections, other_family_24h: 1, other_family_latest: 'message.sent' } },
      /^1 webhook that Telnyx signed .* another product, such as message\.sent\.$/,
    ],
  ],
  notifications_missed: [
    [
      'and healing is off',
      { gaps: { ...gaps, missed_24h: 2 }, healing: { ...healing, mode: 'off' } },
      /^2 notifications of events of the last 24 hours did not come\.$/,
    ],
  ],
  events_unlisted: [
    [
      'one',
      { gaps: { ...gaps, unlisted_24h: 1 } },
      /^1 event came by webhook and is not in Telnyx's list a day later\.$/,
    ],
  ],
  dead_letters: [
    [
      'in both queues',
      { dead_letters: { scheduled_runs: 1, stream_batches: 2 } },
      /^1 scheduled run and 2 batches of the table's stream failed for good\.$/,
    ],
  ],
  notices_failing: [
    [
      'one for more than half an hour',
      {
        notices_failing: [
          { channel: 'mail', since: ago(30) },
          { channel: 'slack', since: ago(31) },
        ],
      },
      /^Slack has taken no message to porting teams for 31 minutes\.$/,
      ago(31),
    ],
    [
      'two',
      {
        notices_failing: [
          { channel: 'slack', since: ago(40) },
          { channel: 'teams', since: ago(600) },
        ],
      },
      /^Slack and Teams have taken no message to porting teams for 10 hours\.$/,
      ago(600),
    ],
  ],
  run_failed: [
    [
      'with its reason',
      { sync: { ...sync, failed_requests: [{ ...run('failed', 90, 'Error: No.'), trigger: 'requested' }] } },
      /^1 requested or nightly sync run of the last 24 hours failed for good: No\.$/,
      ago(1),
    ],
  ],
  job_stuck: [
    [
      'by an error',
      {
        oldest_job: {
          id: 'j',
          status: 'running',
          created_at: ago(600),
          error: 'Telnyx is away.',
          error_since: ago(31),
        },
      },
      /^A republish job has made no progress for 31 minutes: Telnyx is away\.$/,
      ago(31),
    ],
    [
      'because nothing begins it',
      { oldest_job: { id: 'j', status: 'pending', created_at: ago(31), error: null, error_since: null } },
      /^A republish job has made no progress for 31 minutes: it has not begun\.$/,
      ago(31),
    ],
  ],
  cursor_set_back: [
    [
      'within a day',
      { sync: { ...sync, cursor_set_back_at: ago(23 * 60) } },
      /up to a future instant\.$/,
      ago(23 * 60),
    ],
  ],
  order_too_large: [
    [
      'two within a week',
      { large_orders: ['a', 'b', 'old'].map((id) => ({ id, since: ago(id === 'old' ? 9e4 : 60) })) },
      /^2 orders have too many events: .* See a, b\.$/,
      ago(60),
    ],
  ],
  details_refused: [
    [
      'within the last hours',
      { upstream: { ...upstream, orders_refused: { since: ago(600), at: ago(61) } } },
      /^Telnyx does not show porting orders to the ledger's API key/,
      ago(600),
    ],
  ],
  order_disagrees: [
    [
      'two, and one that everyone knows of',
      {
        disagreeing_orders: ['a', 'b', 'old'].map((id) => ({
          id,
          ledger: 'submitted',
          telnyx: 'cancelled',
          since: ago(id === 'old' ? 9e4 : id === 'a' ? 61 : 70),
        })),
      },
      /^2 orders have another status at Telnyx than any event says: a is cancelled there, and submitted here\.$/,
      ago(70),
    ],
  ],
  orders_overdue: [['two', { overdue_orders: 2 }, /^2 orders have been in their status for longer than its limit\.$/]],
  first_sync_under_way: [
    [
      'in its first run',
      { sync: { ...sync, last_complete_at: null, last_status: null, running: true } },
      /^The first sync run is under way\.$/,
    ],
    [
      'between two parts',
      { sync: { ...sync, last_complete_at: null, last_status: 'partial', last_runs: [run('partial', 5)] } },
      /^The first sync run is under way\.$/,
    ],
  ],
};

const quiet: JudgedStatus = { ...well, upstream: { ...upstream, last_fault: null } };

describe.each(Object.entries(CASES))('%s', (code, cases) => {
  test.each(cases.map((one) => ({ title: one[0], one })))('$title', ({ one: [, change, what, since] }) => {
    expect(judge({ ...quiet, ...change }, NOW)).toEqual([{ code, what: expect.stringMatching(what), since }]);
  });
});

test("the day's healing is used up, beside what it could not heal", () => {
  const found = judge({ ...well, gaps: { ...gaps, missed_24h: 1 } }, NOW);
  expect(codesOf(found)).toEqual(['notifications_missed', 'healing_used_up']);
});

test('a sync and a job that stand still for a known cause are no findings of their own', () => {
  const stopped = { ...sync, last_complete_at: ago(90), last_status: 'failed' as const };
  const stuck = { id: 'j', status: 'running' as const, created_at: ago(90), error: 'refused', error_since: ago(80) };
  expect(codesOf(judge({ ...quiet, sync: stopped, oldest_job: stuck }, NOW))).toEqual(['sync_stopped', 'job_stuck']);
  const orders_refused = { since: ago(90), at: ago(1) };
  const causes = [
    ['key_refused', { ...upstream, orders_refused, last_fault: { fault: 'key refused', at: ago(1) } }],
    ['not_available', { ...upstream, orders_refused, last_fault: { fault: 'not available', at: ago(1) } }],
    ['rate_limited', { ...upstream, last_fault: null, rate_limited_until: ago(-5) }],
  ] as const;
  for (const [code, cause] of causes) {
    expect(codesOf(judge({ ...well, sync: stopped, oldest_job: stuck, upstream: cause }, NOW))).toEqual([code]);
  }
});

test('Telnyx may refuse for a moment that porting is available', () => {
  const status = { ...well, upstream: { ...upstream, last_fault: { fault: 'not available', at: ago(1) } } };
  expect(judge(status, NOW)).toEqual([]);
});

test('the worst come first, and what no one must act on leaves the ledger well', () => {
  const status = { ...well, overdue_orders: 1 };
  expect(isWell(judge(status, NOW))).toBe(true);
  const worse = { ...status, gaps: { ...gaps, unlisted_24h: 1 }, upstream: { ...upstream, clock_ahead_seconds: 200 } };
  expect(codesOf(judge(worse, NOW))).toEqual(['clock_wrong', 'events_unlisted', 'orders_overdue']);
  expect(isWell(judge(worse, NOW))).toBe(false);
});

test('the findings are ordered by severity, and their texts are sentences for people', () => {
  const severities = Object.values(FINDINGS).map(({ severity }) => severity);
  const order = ['act_now', 'look_today', 'know'];
  expect(severities.toSorted((one, other) => order.indexOf(one) - order.indexOf(other))).toEqual(severities);
  const whats = Object.values(CASES).flatMap((cases) =>
    cases.flatMap(([, change]) => judge({ ...quiet, ...change }, NOW)),
  );
  const texts = [...Object.values(FINDINGS).map((finding) => finding.do), ...whats.map(({ what }) => what)];
  for (const text of texts) {
    expect(text).toMatch(/^[A-Z0-9].*\.$/);
    expect(text).not.toMatch(/\/v2|GET |POST |npm run/);
  }
});
