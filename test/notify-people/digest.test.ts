import { beforeEach, expect, test } from 'vitest';
import { markOverdue } from '../../functions/ledger/orders/orders-by-status.ts';
import { textOfMessage } from '../../functions/porting/message.ts';
import { synced } from '../watch-ledger/rig.ts';
import { DAY, HOUR, MINUTE, MORNING, openRig, orderId, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await openRig();
});

const text = () => rig.got().map(textOfMessage).at(-1);

/** Makes orders in all states that a digest has, two days before it. */
async function aBusyMorning(): Promise<void> {
  rig.time = MORNING - 27 * DAY;
  await rig.changes(5, 'draft');
  rig.time = MORNING - 2 * DAY;
  await rig.changes(1, 'exception', [{ code: 'LOA_ILLEGIBLE' }]);
  const { created_at = '' } = await rig.changes(9, 'in-process');
  await markOverdue(rig.store, orderId(9), created_at, rig.time);
  await rig.changes(3, 'ported');
  await rig.changes(7, 'foc-date-confirmed');
  await rig.reads(7, { foc: '2026-11-26T15:00:00.000000Z', numberCount: 3 });
  await rig.changes(8, 'foc-date-confirmed');
  await rig.reads(8, { foc: '2026-11-30T15:00:00.000000Z' });
  await rig.changes(6, 'submitted');
  rig.time = MORNING - HOUR;
  await rig.writes(6, 'admin', 'Which account?');
  await rig.changes(4, 'cancelled');
  rig.time = MORNING;
  await synced(rig.store, rig.time);
}

test('the digest is what the ledger holds this morning', async () => {
  await aBusyMorning();
  expect(await rig.digest()).toBe(true);
  expect(text()).toBe(
    [
      'Porting, Thu 26 Nov: 3 need you, 1 ports today, 1 in the days after, 1 overdue, 1 ended',
      '',
      'Refused: correct them, or Telnyx cancels them (1):',
      '  port-1 - LOA illegible - by Tue 8 Dec, 12 days left',
      '',
      'Drafts that Telnyx deletes soon (1):',
      '  port-5 - by Sun 29 Nov, 3 days left',
      '',
      'Telnyx asks (1):',
      '  port-6 - since Thu 26 Nov',
      '',
      'Porting today (1):',
      '  port-7 (3 numbers) - 15:00',
      '',
      'Porting in the days after (1):',
      '  port-8 - Mon 30 Nov, 15:00',
      '',
      'Overdue (1):',
      '  port-9 - being checked by Telnyx since Tue 24 Nov',
      '',
      'Ended (1):',
      '  port-4 - cancelled',
    ].join('\n'),
  );
});

test('a day has one digest, whoever asks for it again', async () => {
  await aBusyMorning();
  await Promise.all([rig.digest(), rig.digest()]);
  rig.time += HOUR;
  await rig.digest();
  await rig.later();
  expect(rig.got()).toHaveLength(1);
  rig.time = MORNING + DAY;
  await rig.digest();
  expect(rig.subjects()).toHaveLength(2);
});

test('what ended is told in one digest, and on Monday for the whole weekend', async () => {
  await rig.changes(1, 'ported');
  await synced(rig.store, rig.time);
  rig.time += MINUTE;
  await rig.digest();
  rig.time = Date.parse('2026-11-27T08:00:00Z');
  await rig.changes(2, 'submitted');
  await synced(rig.store, rig.time);
  expect(await rig.digest()).toBe(false);
  rig.time = Date.parse('2026-11-28T12:00:00Z');
  await rig.changes(2, 'ported');
  rig.time = Date.parse('2026-11-30T08:00:00Z');
  await synced(rig.store, rig.time);
  await rig.digest();
  expect(rig.subjects()).toEqual(['Porting, Thu 26 Nov: 1 ended', 'Porting, Mon 30 Nov: 1 ended']);
  expect(text()).toContain('port-2');
});

test('with nothing to say, it is sent on Mondays only', async () => {
  await synced(rig.store, rig.time);
  expect(await rig.digest()).toBe(false);
  rig.time = Date.parse('2026-11-30T08:00:00Z');
  await synced(rig.store, rig.time);
  await rig.digest();
  expect(rig.subjects()).toEqual(['Porting, Mon 30 Nov: nothing needs you']);
});

test('a ledger that does not know the present says so first', async () => {
  await synced(rig.store, rig.time - HOUR);
  await rig.digest();
  expect(text()?.split('\n\n').slice(0, 2)).toEqual([
    'Porting, Thu 26 Nov: NOT UP TO DATE, nothing needs you',
    "This may not be up to date: the ledger cannot read Telnyx's list at the moment. All is known up to Thu 26 Nov, 07:00 (UTC).",
  ]);
});

test('a channel that failed gets the digest of the same day when it is back, and not on the next', async () => {
  await aBusyMorning();
  rig.broken.add('teams').add('slack');
  expect(await rig.digest()).toBe(false);
  rig.broken.delete('teams');
  await rig.later();
  expect([rig.got('mail'), rig.got('teams'), rig.got('slack')].map(({ length }) => length)).toEqual([1, 1, 0]);
  rig.broken.clear();
  await rig.later(DAY);
  expect(rig.got('slack')).toEqual([]);
  expect(await rig.waiting()).toBe(0);
});

test('the day is that of the time zone', async () => {
  rig = await openRig('Asia/Tokyo');
  rig.time = Date.parse('2026-11-26T23:00:00Z');
  await synced(rig.store, rig.time - HOUR);
  await rig.digest();
  expect(rig.subjects()[0]).toMatch(/^Porting, Fri 27 Nov: /);
});
