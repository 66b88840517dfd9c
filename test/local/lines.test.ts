import { describe, expect, it } from 'vitest';
import { readableLine } from '../../infra/local/lines.ts';

const at = '2026-11-23T09:18:14.000Z';
const line = (entry: object | string, colour = false): string =>
  readableLine('a-function', typeof entry === 'string' ? entry : JSON.stringify({ level: 'info', at, ...entry }), {
    colour,
    now: () => new Date(at),
  });

describe('lines', () => {
  it('tell of a webhook', () => {
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

  it('tell of a sync run, and of its progress', () => {
    const counts = { from: 'A', to: 'B', pages: 3, seen: 700, inserted: 2, upgraded: 1 };
    expect(line({ event: 'sync_progress', ...counts, complete_through: 'C' })).toBe(
      '09:18:14Z sync      reading   700 seen, 2 inserted, 1 upgraded, 3 pages from=A to=B complete_through=C',
    );
    expect(line({ event: 'sync_run', run_id: 'r', status: 'failed', ...counts, error: '429', duration_ms: 1260 })).toBe(
      '09:18:14Z sync      failed    700 seen, 2 inserted, 1 upgraded, 3 pages in 1.3 s from=A to=B 429 run=r',
    );
    expect(line({ event: 'sync_run', run_id: 'r', status: 'skipped' })).toBe('09:18:14Z sync      skipped   run=r');
  });

  it('tell of a republish', () => {
    expect(line({ event: 'republish', id: 'e1', outcome: 'sent', caller: 'operate' })).toBe(
      '09:18:14Z republish sent      event=e1 by=operate',
    );
  });

  it('show what they do not know with all its fields, and text as it is', () => {
    expect(line({ event: 'lease_lost', owner: 'x', tries: 2, nested: { a: 1 } })).toBe(
      '09:18:14Z a-function lease_lost owner=x tries=2 nested={"a":1}',
    );
    expect(line('Error: broken')).toBe('09:18:14Z a-function Error: broken');
    expect(line('{"cut off')).toBe('09:18:14Z a-function {"cut off');
  });

  it('stay one line, and let nobody steer the terminal', () => {
    const text = line({ event: 'webhook_refused', reason: 'a\nb\u001b[2J\u0007\u009b1mc' });
    expect(text).not.toMatch(/\p{Cc}/u);
  });

  it('have colours only when asked', () => {
    const entry = { event: 'republish', outcome: 'failed' };
    expect(line(entry)).not.toContain('\u001b');
    expect(line(entry, true)).toContain('\u001b[31mfailed');
  });
});
