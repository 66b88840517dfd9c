/** Answers as the API gives them, for the stub. */

import { refusedOrder, details as shownDetails } from '../porting/porting-orders.ts';

const ORDER = 'dcec50b4-55f2-4501-9fcd-f028ddba81d9';

export function eventId(index: number): string {
  return `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
}

export function order(more: object = {}) {
  return {
    ...refusedOrder({
      id: ORDER,
      status_since: '2026-11-20T09:00:00.000000Z',
      status_event_id: eventId(1),
      act_by: '2026-12-04T09:00:00.000000Z',
      customer_reference: 'ref 1',
      changed_at: '2026-11-20T09:00:00.000000Z',
      details: null,
    }),
    status: { value: 'exception', details: [{ code: 'LOA_ILLEGIBLE', description: 'It cannot be read.' }] },
    overdue_since: null,
    ...more,
  };
}

/** Details as Telnyx's own order gives them. */
export function details(more: object = {}) {
  const sparse = { number_type: 'toll_free', support_key: null, customer_reference: null, created_at: null };
  return { ...shownDetails({ read_at: '2026-11-20T09:00:00.000000Z', ...sparse }), ...more };
}

export function event(index: number, created_at = '2026-11-20T09:00:00.000000Z', more: object = {}) {
  return {
    id: eventId(index),
    event_type: 'porting_order.status_changed',
    porting_order_id: ORDER,
    payload_status: 'completed',
    payload: { id: ORDER, status: { value: 'submitted', details: [] as object[] } },
    available_notification_methods: ['webhook', 'email'],
    record_type: 'porting_event',
    created_at,
    updated_at: created_at,
    ledger: {
      first_seen_at: created_at,
      first_seen_by: 'webhook',
      webhook_deliveries: 2,
      webhook_last_at: created_at,
      listed_at: created_at,
      republish_count: 0,
      republish_last_at: null,
    },
    ...more,
  };
}

export function gap(index: number) {
  return {
    id: eventId(index),
    event_type: 'porting_order.new_comment',
    porting_order_id: ORDER,
    created_at: '2026-11-20T09:00:00.000000Z',
    kind: 'missed',
    listed_at: '2026-11-20T09:05:00.000000Z',
    missed_at: '2026-11-20T09:20:00.000000Z',
    recovered_at: null,
    unlisted_at: null,
    healing: null,
  };
}

export const JOB = '2026-11-20T10:00:00.000Z-8d1f';

export function job(status: string, done: number, outcomes: object = {}) {
  return {
    id: JOB,
    status,
    created_at: '2026-11-20T10:00:00.000000Z',
    created_by: 'operate',
    selection: { filter: { missed: true } },
    total: 4,
    done,
    outcomes: { sent: done, not_found: 0, failed: 0, unknown: 0, ...outcomes },
    started_at: null,
    ended_at: null,
    error: null,
  };
}

export function syncRun(status: string, more: object = {}) {
  return {
    id: '2026-11-20T10:00:00.000Z-77aa',
    trigger: 'requested',
    status,
    started_at: '2026-11-20T10:00:00.000000Z',
    from: '2026-11-01T00:00:00.000000Z',
    to: '2026-11-20T10:00:00.000000Z',
    complete_through: '2026-11-10T17:00:00.000000Z',
    pages: 3,
    seen: 700,
    inserted: 2,
    confirmed: 0,
    upgraded: 1,
    updated_at: '2026-11-20T10:00:01.000000Z',
    error: null,
    ...more,
  };
}

export function status(more: object = {}) {
  return {
    well: true,
    findings: [] as object[],
    sync: {
      last_complete_at: '2026-11-20T10:00:00.000000Z',
      last_status: 'complete',
      complete_through: '2026-11-20T09:59:55.000000Z',
      cursor_lag_seconds: 12,
      running: false,
      cursor_set_back_at: null,
      open_spans: [],
      last_runs: [syncRun('complete', { trigger: 'schedule' })],
      failed_requests: [],
    },
    publishing: { unpublished: 0, oldest_unpublished_seconds: null, undecided_orders: 0 },
    gaps: { missed_24h: 0, recovered_24h: 3, awaiting: 1, unlisted_24h: 0 },
    rejections: {
      refused_24h: 7,
      refused_since_webhook: 0,
      unreadable_24h: 0,
      listed_24h: 0,
      other_family_24h: 0,
      other_family_latest: null,
    },
    upstream: { last_fault: null, rate_limited_until: null, clock_ahead_seconds: null, orders_refused: null },
    ids_agree: true,
    channels: [
      {
        event_type: 'porting_order.status_changed',
        first_at: '2026-11-01T00:00:00.000000Z',
        last_at: '2026-11-20T10:00:00.000000Z',
      },
    ],
    healing: { mode: 'off', asked_today: 0, per_day: 50 },
    overdue_orders: 0,
    large_orders: [],
    disagreeing_orders: [],
    oldest_job: null,
    dead_letters: null,
    notices_failing: [],
    at_least: [] as string[],
    ...more,
  };
}
