import { beforeEach, describe, expect, test } from 'vitest';
import { readFailingChannels } from '../../functions/ledger/notices/channels.ts';
import { claimNotice } from '../../functions/ledger/notices/notices.ts';
import { textOfMessage } from '../../functions/porting/message.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import { captureLog } from '../handlers.ts';
import { synced } from '../watch-ledger/rig.ts';
import { DAY, HOUR, MINUTE, MORNING, openRig, orderId, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await openRig();
});

describe('a live notice', () => {
  test('is sent at once, on every channel', async () => {
    expect(await rig.refuses(1)).toEqual({ sent: 1, over: 0, waiting: 0 });
    for (const channel of ['mail', 'slack', 'teams'] as const) {
      expect(rig.subjects(channel)).toEqual(['Refused: port-1 - account number mismatch - fix by Thu 10 Dec']);
    }
    await rig.later(DAY);
    expect(rig.got()).toHaveLength(1);
  });

  test('is sent once, however often the bus repeats its event', async () => {
    const { id } = await rig.changes(1, 'exception');
    const detail = { id: `${id}:action_required`, event_id: id, live: true };
    for (let times = 0; times < 3; times += 1) await rig.bus('action_required', 1, detail);
    await rig.later(29 * DAY);
    await rig.bus('action_required', 1, detail);
    await rig.later();
    expect(rig.got()).toHaveLength(1);
  });

  test('is sent once when two functions get it at the same moment', async () => {
    const { id } = await rig.changes(1, 'exception');
    const detail = { id: `${id}:action_required`, event_id: id, live: true };
    await Promise.all([rig.bus('action_required', 1, detail), rig.bus('action_required', 1, detail)]);
    expect(rig.got()).toHaveLength(1);
  });

  test('has the text of a comment as it is, and of no other', async () => {
    await rig.changes(1, 'submitted');
    rig.time += MINUTE;
    const { id } = await rig.writes(1, 'admin', 'Please send the bill.');
    await rig.bus('comment_from_telnyx', 1, { id: `${id}:comment_from_telnyx`, event_id: id, live: true });
    const [message] = rig.got();
    expect(message?.subject).toBe('Telnyx wrote: port-1 - Please send the bill.');
    expect(message && textOfMessage(message)).toContain(
      'Last comment, by Telnyx, Thu 26 Nov:\n  Please send the bill.',
    );
  });
});

describe('what is decided together', () => {
  test('is one message, at the second call: the first sees it still arriving', async () => {
    for (let order = 1; order <= 4; order += 1) await rig.refuses(order, false);
    expect(rig.got()).toEqual([]);
    expect(await rig.later(30_000)).toEqual({ sent: 0, over: 0, waiting: 4 });
    expect(await rig.later()).toEqual({ sent: 4, over: 0, waiting: 0 });
    expect(rig.subjects()).toEqual(['4 porting notices, 4 with a deadline: first port-1']);
  });

  test('waits for ten minutes at most, however much arrives', async () => {
    for (let minute = 0; minute < 10; minute += 1) {
      await rig.refuses(minute, false);
      expect((await rig.later(MINUTE - 1_000)).sent).toBe(0);
      rig.time += 1_000;
    }
    expect((await rig.later(0)).sent).toBe(10);
  });

  test('has the message of one notice when it is only one', async () => {
    await rig.refuses(1, false);
    await rig.later();
    expect(rig.subjects()).toEqual(['Refused: port-1 - account number mismatch - fix by Thu 10 Dec']);
  });

  test('is one message even if two functions are called for it', async () => {
    for (let order = 1; order <= 4; order += 1) await rig.refuses(order, false);
    await Promise.all([rig.later(5 * MINUTE), rig.later(0)]);
    expect(rig.got()).toHaveLength(1);
  });
});

test('more than 10 live notices within five minutes become one message', async () => {
  for (let order = 1; order <= 25; order += 1) await rig.refuses(order);
  expect(rig.got()).toHaveLength(10);
  await rig.later();
  expect(rig.got()).toHaveLength(11);
  expect(rig.subjects().at(-1)).toBe('15 porting notices, 15 with a deadline: first port-11');
  await rig.refuses(26);
  expect(rig.got()).toHaveLength(12);
});

describe('nobody is told', () => {
  test('to act on an order that was corrected before the message was made', async () => {
    await rig.refuses(1, false);
    rig.time += MINUTE;
    await rig.changes(1, 'submitted');
    expect(await rig.later()).toEqual({ sent: 0, over: 1, waiting: 0 });
    expect(rig.got()).toEqual([]);
  });

  test('of a deadline that has passed', async () => {
    rig.broken.add('mail').add('slack').add('teams');
    await rig.refuses(1);
    rig.broken.clear();
    expect(await rig.later(14 * DAY)).toEqual({ sent: 0, over: 1, waiting: 0 });
    expect(rig.got()).toEqual([]);
  });

  test('twice of an order that is refused again while the first message waits', async () => {
    rig.broken.add('slack');
    await rig.refuses(1);
    rig.time += HOUR;
    await rig.changes(1, 'submitted');
    rig.time += HOUR;
    rig.broken.clear();
    await rig.refuses(1);
    await rig.later();
    expect(rig.got('mail')).toHaveLength(2);
    expect(rig.got('slack')).toHaveLength(1);
  });

  test('of a question that was answered', async () => {
    await rig.changes(1, 'submitted');
    rig.time += MINUTE;
    const { id } = await rig.writes(1, 'admin', 'Which account?');
    await rig.bus('comment_from_telnyx', 1, { id: `${id}:comment_from_telnyx`, event_id: id, live: false });
    rig.time += MINUTE;
    await rig.writes(1, 'user', 'The first one.');
    await rig.later();
    expect(rig.got()).toEqual([]);
  });

  test.each([
    ['is', 7 * DAY - MINUTE, 1],
    ['is not', 7 * DAY, 0],
  ])('of a question that no longer needs them: it %s sent %i ms later', async (_, later, messages) => {
    await rig.changes(1, 'submitted');
    rig.time += MINUTE;
    const { id } = await rig.writes(1, 'admin', 'Which account?');
    await rig.bus('comment_from_telnyx', 1, { id: `${id}:comment_from_telnyx`, event_id: id, live: false });
    await rig.later(later);
    expect(rig.got()).toHaveLength(messages);
  });

  test('of an overdue order that has moved on', async () => {
    const { created_at } = await rig.changes(1, 'submitted');
    const order = { id: orderId(1), status_since: created_at };
    await rig.bus('overdue', 1, { id: `${orderId(1)}:overdue:${created_at}`, order, live: false });
    rig.time += MINUTE;
    await rig.changes(1, 'foc-date-confirmed');
    await rig.later();
    expect(rig.got()).toEqual([]);
  });

  test('of an event that is none of the notices', async () => {
    await rig.changes(1, 'submitted');
    for (const type of ['draft_expiring', 'split', 'deleted', 'foc', 'cancelled']) {
      expect(await rig.bus(type, 1, { id: 'an id', live: true })).toEqual({ sent: 0, over: 0, waiting: 0 });
    }
    expect(await rig.waiting()).toBe(0);
  });
});

describe('a FOC date', () => {
  const FOC = '2026-12-10T15:00:00.000000Z';
  const NEXT = '2026-12-14T15:00:00.000000Z';
  const moved = (from: string | null, to: string | null, number: number) =>
    rig.bus(from === null ? 'foc_set' : 'foc_changed', 1, {
      id: `${orderId(1)}:foc:${number}:${to ?? 'none'}`,
      ...{ from, to, live: false },
    });

  beforeEach(async () => {
    await rig.changes(1, 'foc-date-confirmed');
    await rig.reads(1, {});
  });

  test('that was set, moved and moved again is told as it is now, once', async () => {
    await rig.reads(1, { foc: FOC, numberCount: 12 });
    await moved(null, FOC, 1);
    await rig.reads(1, { foc: NEXT, numberCount: 12 });
    await moved(FOC, NEXT, 2);
    expect(await rig.later()).toEqual({ sent: 1, over: 1, waiting: 0 });
    expect(rig.subjects()).toEqual(['Date moved: port-1 (12 numbers) - now Mon 14 Dec, was Thu 10 Dec']);
  });

  test('that was moved and moved back is told once, with its last move', async () => {
    for (const [index, [from, to]] of (
      [
        [null, FOC],
        [FOC, NEXT],
        [NEXT, FOC],
      ] as const
    ).entries()) {
      rig.time += 1_000;
      await rig.reads(1, { foc: to });
      await moved(from, to, index + 1);
    }
    await rig.later();
    expect(rig.subjects()).toEqual(['Date moved: port-1 - now Thu 10 Dec, was Mon 14 Dec']);
  });

  test('that was taken back is told, but not once there is another', async () => {
    await rig.reads(1, { foc: null });
    await moved(FOC, null, 2);
    await rig.later();
    expect(rig.subjects()).toEqual(['Date taken back: port-1 - was Thu 10 Dec']);
    await moved(NEXT, null, 4);
    await rig.reads(1, { foc: FOC });
    expect(await rig.later()).toMatchObject({ over: 1 });
    expect(rig.got()).toHaveLength(1);
  });

  test.each([
    ['has passed', Date.parse(FOC) + 1, 'foc-date-confirmed'],
    ['is of an order that has ported', MORNING + MINUTE, 'ported'],
  ])('that %s is not told', async (_, time, status) => {
    await rig.reads(1, { foc: FOC });
    await moved(null, FOC, 1);
    rig.time = time;
    await rig.changes(1, status);
    expect(await rig.later()).toEqual({ sent: 0, over: 1, waiting: 0 });
  });
});

describe('an order that was cancelled', () => {
  async function cancelled(seenAfter = MINUTE): Promise<void> {
    const { id, created_at } = await rig.changes(1, 'cancelled');
    await rig.bus('status_changed', 1, {
      id,
      first_seen_at: timestampOf(rig.time + seenAfter),
      event: { created_at },
      order: { id: orderId(1), status: { value: 'cancelled' }, status_event_id: id },
    });
  }

  test('is told when no one asked for it, once the list has been read up to then', async () => {
    await rig.changes(1, 'exception');
    rig.time += MINUTE;
    await cancelled();
    expect(await rig.later()).toEqual({ sent: 0, over: 0, waiting: 1 });
    await synced(rig.store, rig.time);
    expect(await rig.later()).toEqual({ sent: 1, over: 0, waiting: 0 });
    expect(rig.subjects()).toEqual(['Cancelled, not by you: port-1']);
  });

  test('is not told when you asked for it, even if the list shows that only later', async () => {
    await cancelled();
    await rig.later();
    const time = rig.time;
    rig.time = MORNING - HOUR;
    await rig.changes(1, 'cancel-pending');
    rig.time = time;
    await synced(rig.store, rig.time);
    expect(await rig.later()).toEqual({ sent: 0, over: 1, waiting: 0 });
  });

  test.each([
    ['was seen an hour late: it is history', HOUR, 0],
    ['stays undecided for a day', MINUTE, DAY],
  ])('is not told when it %s', async (_, seenAfter, wait) => {
    await cancelled(seenAfter);
    await rig.later(wait + 5 * MINUTE);
    await synced(rig.store, rig.time);
    await rig.later();
    expect(rig.got()).toEqual([]);
    expect(await rig.waiting()).toBe(0);
  });

  test('is not told by a status that is not its last', async () => {
    const { id, created_at } = await rig.changes(1, 'submitted');
    const order = { id: orderId(1), status: { value: 'cancelled' }, status_event_id: 'another' };
    await rig.bus('status_changed', 1, { id, first_seen_at: created_at, event: { created_at }, order });
    expect(await rig.waiting()).toBe(0);
  });
});

describe('a channel that fails', () => {
  test('holds up no other, and gets the same when it is back', async () => {
    const log = captureLog();
    rig.broken.add('slack');
    await rig.refuses(1);
    expect([rig.got('mail').length, rig.got('slack').length, rig.got('teams').length]).toEqual([1, 0, 1]);
    await rig.refuses(2);
    await rig.later();
    expect([rig.got('mail').length, rig.got('slack').length]).toEqual([2, 0]);
    rig.broken.clear();
    expect(await rig.later()).toEqual({ sent: 2, over: 0, waiting: 0 });
    expect(rig.subjects('slack')).toEqual(['2 porting notices, 2 with a deadline: first port-1']);
    expect([rig.got('mail').length, rig.got('teams').length]).toEqual([2, 2]);
    expect(log.text()).not.toContain('port-1');
  });

  test('is recorded from its first failure until it takes a message', async () => {
    rig.broken.add('slack');
    await rig.refuses(1);
    await rig.later(20 * MINUTE);
    expect(await readFailingChannels(rig.store)).toEqual([{ channel: 'slack', since: timestampOf(MORNING) }]);
    rig.broken.clear();
    await rig.later();
    expect(await readFailingChannels(rig.store)).toEqual([]);
  });

  test('does not delay what is new on the others', async () => {
    rig.broken.add('slack');
    await rig.refuses(1);
    await rig.later(HOUR);
    await rig.refuses(2);
    expect(rig.got('mail')).toHaveLength(2);
  });
});

test('a notice that a sender took and did not send, because it died, is sent five minutes later', async () => {
  const { id } = await rig.changes(1, 'exception');
  await rig.bus('action_required', 1, { id: `${id}:action_required`, event_id: id, live: false });
  await claimNotice(rig.store, `${id}:action_required`, rig.time + MINUTE);
  expect((await rig.later()).sent).toBe(0);
  expect((await rig.later()).sent).toBe(1);
});
