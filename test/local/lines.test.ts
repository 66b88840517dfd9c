import { describe, expect, it } from 'vitest';
import { busLine, readableLine } from '../../infra/local/lines.ts';
import type { BusEvent } from '../../infra/local/put-events.ts';

const at = '2026-11-23T09:18:14.000Z';
const line = (entry: object | string, colour = false): string | undefined =>
  readableLine('a-function', typeof entry === 'string' ? entry : JSON.stringify({ level: 'info', at, ...entry }), {
    colour,
    now: () => new Date(at),
  });

describe('lines', () => {
  it('show a webhook', () => {
    const received = {
      event: 'webhook_received',
      outcome: 'stored',
      id: 'e1',
      event_type: 'porting_order.status_changed',
    };
    expect(line({ ...received, porting_order_id: 'o1', status: 'ported' })).toBe(
      '09:18:14Z webhook   stored    porting_order.status_changed ported order=o1 event=e1',
    );
    expect(line({ ...received, outcome: 'duplicate' })).toBe(
      '09:18:14Z webhook   duplicate porting_order.status_changed event=e1',
    );
    expect(line({ event: 'webhook_refused', reason: 'bad signature' })).toBe(
      '09:18:14Z webhook   refused   bad signature',
    );
  });

  it('show a sync run and its progress', () => {
    const counts = { from: 'A', to: 'B', pages: 3, seen: 700, inserted: 2, upgraded: 1 };
    expect(line({ event: 'sync_progress', ...counts, complete_through: 'C' })).toBe(
      '09:18:14Z sync      reading   700 seen, 2 inserted, 1 upgraded, 3 pages from=A to=B complete_through=C',
    );
    expect(line({ event: 'sync_run', run_id: 'r', status: 'failed', ...counts, error: '429', duration_ms: 1260 })).toBe(
      '09:18:14Z sync      failed    700 seen, 2 inserted, 1 upgraded, 3 pages in 1.3 s from=A to=B 429 run=r',
    );
    expect(line({ event: 'sync_run', run_id: 'r', status: 'skipped' })).toBe('09:18:14Z sync      skipped   run=r');
  });

  it('show a republish', () => {
    expect(line({ event: 'republish', id: 'e1', outcome: 'sent', caller: 'operate' })).toBe(
      '09:18:14Z republish sent      event=e1 by=operate',
    );
  });

  it('show published, missed, recovered and overdue', () => {
    const published = { event: 'publish', events: 12, waiting: 3, failed: 0, trigger: 'sweep' };
    // Each of the events has its own line, from the bus.
    expect(readableLine('publish-events', JSON.stringify(published), { colour: false })).toBeUndefined();
    expect(line({ ...published, failed: 2, missed: 1 })).toBe(
      '09:18:14Z publish   partial   12 events, 3 waiting, 2 failed, 1 missed trigger=sweep',
    );
    expect(line({ ...published, events: 0, failed: 2 })).toContain('publish   failed    0 events');
    const notification = { id: 'e1', event_type: 'porting_order.split', porting_order_id: 'o1' };
    expect(line({ event: 'notification_missed', ...notification })).toBe(
      '09:18:14Z gap       missed    porting_order.split order=o1 event=e1',
    );
    expect(line({ event: 'notification_recovered', ...notification })).toBe(
      '09:18:14Z gap       recovered porting_order.split order=o1 event=e1',
    );
    expect(line({ event: 'order_overdue', order: 'o1', status: 'exception' })).toBe(
      '09:18:14Z order     overdue   exception order=o1',
    );
  });

  it('show a job and healing', () => {
    const job = { event: 'job', id: 'j1', status: 'running', total: 1000, done: 400 };
    expect(line({ ...job, sent: 397, not_found: 1, failed: 2, unknown: 0 })).toBe(
      '09:18:14Z job       running   done=400/1000 397 sent, 1 not found, 2 failed, 0 unknown job=j1',
    );
    expect(line({ event: 'healing', id: 'e1', outcome: 'sent' })).toBe('09:18:14Z healing   sent      event=e1');
  });

  it('show a finding that appears, and its end', () => {
    const finding = { id: 'f', code: 'sync_stopped', severity: 'act_now', what: 'It is so.' };
    expect(line({ event: 'finding', ...finding })).toBe('09:18:14Z finding   appeared  sync_stopped: It is so.');
    expect(line({ event: 'finding_over', ...finding })).toBe('09:18:14Z finding   over      sync_stopped');
  });

  it('show an event on the bus', () => {
    const on = (type: string, detail: BusEvent['detail']): string =>
      busLine({ 'detail-type': type, detail } as BusEvent, { colour: false, now: () => new Date(at) });
    const order = { id: 'o1', status: { value: 'exception', details: [] } };
    expect(on('porting_order.new_comment', { id: 'e1', revision: 2, order, event: { porting_order_id: 'o1' } })).toBe(
      '09:18:14Z bus       porting_order.new_comment exception order=o1 revision=2',
    );
    expect(on('porting_order.split', { revision: 1, order: null, event: { porting_order_id: 'o1' } })).toBe(
      '09:18:14Z bus       porting_order.split order=o1 revision=1',
    );
    expect(on('sync.failed', { id: 'r1', revision: 1, run: { run_id: 'r1' } })).toBe(
      '09:18:14Z bus       sync.failed run=r1 revision=1',
    );
    expect(on('ledger.finding', { id: 'f', revision: 1, code: 'sync_stopped' })).toBe(
      '09:18:14Z bus       ledger.finding sync_stopped revision=1',
    );
    expect(on('a\u001b[2J', { order: 5, event: 'x', run: null })).toBe('09:18:14Z bus       a');
  });

  it('are not made of metrics', () => {
    const metrics = { _aws: { Timestamp: 1, CloudWatchMetrics: [] }, Ledger: 'local', EventsPublished: 3 };
    expect(readableLine('publish-events', JSON.stringify(metrics), { colour: false })).toBeUndefined();
  });

  it('show an unknown entry with all its fields, and text as it is', () => {
    expect(line({ event: 'lease_lost', owner: 'x', tries: 2, nested: { a: 1 } })).toBe(
      '09:18:14Z a-function lease_lost owner=x tries=2 nested={"a":1}',
    );
    expect(line('Error: broken')).toBe('09:18:14Z a-function Error: broken');
    expect(line('{"cut off')).toBe('09:18:14Z a-function {"cut off');
  });

  it('stay on one line, and never steer the terminal', () => {
    const text = line({ event: 'webhook_refused', reason: 'a\nb\u001b[2J\u0007\u009b1mc' });
    expect(text).not.toMatch(/\p{Cc}/u);
  });

  it('have colours only when asked', () => {
    const entry = { event: 'republish', outcome: 'failed' };
    expect(line(entry)).not.toContain('\u001b');
    expect(line(entry, true)).toContain('\u001b[31mfailed');
  });
});
