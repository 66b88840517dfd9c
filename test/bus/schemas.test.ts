import { expect, test } from 'vitest';
import type { BusEvent } from '../../infra/local/put-events.ts';
import { commentEvent, statusEvent } from '../publish-events/events.ts';
import { openRig } from '../publish-events/rig.ts';
import { ownTypes, problemsOf } from './schemas.ts';

test('docs/events.md has a schema for each type that the ledger adds', () => {
  expect(ownTypes).toEqual([
    'porting_order.action_required',
    'porting_order.comment_from_telnyx',
    'porting_order.draft_expiring',
    'porting_order.foc_set',
    'porting_order.foc_changed',
    'porting_order.overdue',
    'notification.missed',
    'notification.recovered',
    'sync.failed',
    'ledger.finding',
    'ledger.finding_over',
  ]);
});

test('published events match the documented schemas, and the check notices one that does not', async () => {
  const rig = await openRig();
  await rig.deliver(statusEvent(1, 'exception', 0));
  await rig.list(commentEvent(2, 1));
  await rig.sweep();
  expect(
    rig
      .onBus()
      .map((event) => event['detail-type'])
      .sort(),
  ).toEqual(['porting_order.action_required', 'porting_order.new_comment', 'porting_order.status_changed']);
  for (const event of rig.onBus()) {
    expect(problemsOf(event)).toEqual([]);
    for (const member of Object.keys(event.detail)) {
      const { [member]: _, ...rest } = event.detail;
      expect(problemsOf({ ...event, detail: rest } as BusEvent), member).not.toEqual([]);
    }
  }
});
