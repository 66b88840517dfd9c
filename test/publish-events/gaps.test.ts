import { describe, expect, test } from 'vitest';
import { markMissed } from '../../functions/ledger/events/awaited.ts';
import { readChannels } from '../../functions/ledger/events/channels.ts';
import { listEvents } from '../../functions/ledger/events/event-list.ts';
import { learnIdsAgree, learnIdsDiffer, readIdsAgree } from '../../functions/ledger/events/id-agreement.ts';
import { recordDelivery } from '../../functions/ledger/events/record-delivery.ts';
import { recordOpenSpan } from '../../functions/ledger/runs/open-spans.ts';
import type { WebhookTypes } from '../../functions/porting/due.ts';
import { findMissed } from '../../functions/publish-events/find-missed.ts';
import { mortal } from '../mortal.ts';
import { deliveredEvent, listedEvent, uuid } from '../porting-events.ts';
import { at, commentEvent, ORDER, splitEvent, statusEvent } from './events.ts';
import { MINUTE, NOON, openRig, type Rig } from './rig.ts';

const OURS = 'https://abc.lambda-url.us-east-1.on.aws/';

const EVERY = new Set(['porting_order.status_changed', 'porting_order.new_comment']);

const look = (rig: Rig, types: WebhookTypes = 'learned') =>
  findMissed(
    { store: rig.store, types, grace: 15 * MINUTE, webhookUrl: OURS },
    () => rig.time,
    () => false,
  );

/** A ledger that knows that webhooks of status changes arrive, and whether they have the list's ids. */
async function openWatched(ids: 'agree' | 'differ' | 'unknown' = 'agree'): Promise<Rig> {
  const rig = await openRig();
  if (ids === 'agree') await learnIdsAgree(rig.store, rig.time);
  if (ids === 'differ') await learnIdsDiffer(rig.store, rig.time);
  await rig.deliver(statusEvent(900, 'draft', -1, { webhook_url: null }));
  await rig.sweep();
  return rig;
}

const missedOn = (rig: Rig) => rig.onBus('notification.missed').map(({ detail }) => detail.id);

describe('a webhook that was due and did not come', () => {
  test('is missed after the grace time, and published as missed once', async () => {
    const rig = await openWatched();
    await rig.list(statusEvent(1, 'exception', 1));
    await rig.sweep();
    rig.time += 14 * MINUTE;
    expect(await look(rig)).toBe(0);
    rig.time += MINUTE;
    expect(await look(rig)).toBe(1);
    expect(await look(rig)).toBe(0);
    await rig.sweep();
    await rig.sweep();
    expect(rig.onBus('notification.missed')).toMatchObject([
      {
        detail: {
          id: `${uuid(1)}:missed`,
          missed_at: '2026-03-20T12:15:00.000000Z',
          event: { id: uuid(1) },
          order: { id: ORDER, status: { value: 'exception' } },
        },
      },
    ]);
    // The event itself was published when it was listed.
    expect(rig.onBus('porting_order.status_changed')).toHaveLength(2);
  });

  test('is recovered when it arrives later, and published as recovered once', async () => {
    const rig = await openWatched();
    const event = statusEvent(1, 'exception', 1);
    await rig.list(event);
    rig.time += 20 * MINUTE;
    await look(rig);
    await rig.sweep();
    rig.time += 20 * MINUTE;
    await rig.deliver(event);
    await rig.deliver(event);
    await rig.sweep();
    expect((await rig.event(event.id))?.ledger).toMatchObject({
      missed_at: '2026-03-20T12:20:00.000000Z',
      recovered_at: '2026-03-20T12:40:00.000000Z',
    });
    expect((await rig.row(event.id))?.gap).toEqual({ S: 'recovered' });
    expect(rig.onBus('notification.recovered')).toMatchObject([{ detail: { id: `${uuid(1)}:recovered` } }]);
    expect(await look(rig)).toBe(0);
  });

  test('is missed once, even if its payload arrives afterwards', async () => {
    const rig = await openWatched();
    const event = statusEvent(1, 'exception', 1);
    await rig.list({ ...event, payload: null, payload_status: 'created', updated_at: at(0) });
    rig.time += 16 * MINUTE;
    expect(await look(rig)).toBe(1);
    await rig.list(event);
    await rig.sweep();
    rig.time += 16 * MINUTE;
    expect(await look(rig)).toBe(0);
    await rig.sweep();
    expect(missedOn(rig)).toEqual([`${uuid(1)}:missed`]);
    expect((await rig.row(uuid(1)))?.awaiting_webhook).toBeUndefined();
  });

  test('is recovered by the write that records its webhook, with or without the listed payload', async () => {
    for (const payload of [null, undefined]) {
      for (let diesAt = 1, died = true; died; diesAt += 1) {
        const rig = await openWatched();
        const event = statusEvent(1, 'exception', 1);
        await rig.list(payload === null ? { ...event, payload, payload_status: 'created', updated_at: at(0) } : event);
        rig.time += 20 * MINUTE;
        await markMissed(rig.store, event.id, rig.time);
        const process = mortal(rig.store, diesAt, 'after');
        await recordDelivery(process.store, deliveredEvent(event), rig.time).catch(() => undefined);
        died = process.died();
        const { ledger } = (await rig.event(event.id)) ?? {};
        expect(ledger?.recovered_at === null, `death after ${diesAt}`).toBe(ledger?.webhook_deliveries === 0);
        if (!died) expect(ledger).toMatchObject({ recovered_at: '2026-03-20T12:20:00.000000Z', webhook_deliveries: 1 });
      }
    }
  });

  test('is recovered when it arrives under another id', async () => {
    const rig = await openWatched('differ');
    const event = statusEvent(1, 'exception', 1);
    await rig.list(event);
    rig.time += 20 * MINUTE;
    await look(rig);
    await rig.sweep();
    await rig.deliver({ ...event, id: uuid(0x777) });
    await rig.sweep();
    await rig.sweep();
    expect(rig.onBus('notification.recovered')).toMatchObject([{ detail: { id: `${uuid(1)}:recovered` } }]);
  });
});

describe('no webhook is missed', () => {
  test.each<[string, (rig: Rig) => Promise<unknown>, WebhookTypes?]>([
    [
      'that came before the list',
      async (rig) => {
        await rig.deliver(statusEvent(1, 'submitted', 1));
        await rig.list(statusEvent(1, 'submitted', 1));
      },
    ],
    [
      'that came after the list',
      async (rig) => {
        await rig.list(statusEvent(1, 'submitted', 1));
        await rig.deliver(statusEvent(1, 'submitted', 1));
      },
    ],
    [
      'of a type that is never delivered',
      (rig) => rig.list(listedEvent(1, { event_type: 'porting_order.loa_updated', payload: null, created_at: at(1) })),
    ],
    ['of a type that has never arrived here', (rig) => rig.list(commentEvent(1, 1))],
    ['of an event before the first webhook that arrived', (rig) => rig.list(statusEvent(1, 'draft', -10))],
    [
      'of an order with another webhook URL',
      (rig) => rig.list(statusEvent(1, 'submitted', 1, { webhook_url: 'https://elsewhere.example/hook' })),
    ],
    ['of any type if no webhooks are expected', (rig) => rig.list(statusEvent(1, 'submitted', 1)), 'none'],
    [
      'of a type that is not expected',
      (rig) => rig.list(statusEvent(1, 'submitted', 1)),
      new Set(['porting_order.split']),
    ],
  ])('%s', async (_, arrive, types) => {
    const rig = await openWatched();
    await arrive(rig);
    await rig.sweep();
    rig.time += 60 * MINUTE;
    expect(await look(rig, types)).toBe(0);
    await rig.sweep();
    expect(missedOn(rig)).toEqual([]);
    // The event does not stay awaited.
    expect((await rig.row(uuid(1)))?.awaiting_webhook).toBeUndefined();
  });

  test('of a comment on an order whose status change names another webhook URL', async () => {
    const rig = await openWatched();
    await rig.list(statusEvent(1, 'submitted', 1, { webhook_url: 'https://elsewhere.example/hook' }));
    await rig.list(commentEvent(2, 2));
    await rig.sweep();
    rig.time += 60 * MINUTE;
    expect(await look(rig, EVERY)).toBe(0);
  });

  test('while its webhook URL is unknown: the ledger waits up to a day for the payload', async () => {
    for (const [webhook_url, missed] of [
      ['https://elsewhere.example/hook', 0],
      [null, 1],
    ] as const) {
      const rig = await openRig();
      await learnIdsAgree(rig.store, rig.time);
      const event = statusEvent(1, 'submitted', 1, { webhook_url });
      await rig.list({ ...event, payload: null, payload_status: 'created', updated_at: at(0) });
      await rig.sweep();
      rig.time += 20 * MINUTE;
      expect(await look(rig, EVERY)).toBe(0);
      expect((await rig.row(uuid(1)))?.awaiting_webhook).toBeDefined();
      await rig.list(event);
      expect(await look(rig, EVERY)).toBe(missed);
    }
    const rig = await openRig();
    await learnIdsAgree(rig.store, rig.time);
    await rig.list({ ...statusEvent(1, 'submitted', 1), payload: null, payload_status: 'created' });
    rig.time += 25 * 60 * MINUTE;
    expect(await look(rig, EVERY)).toBe(1);
  });

  test("but one is if the payload arrives just as the wait ends, and names the ledger's URL", async () => {
    const rig = await openWatched('differ');
    const event = statusEvent(1, 'exception', 1, { webhook_url: OURS });
    await rig.list({ ...event, payload: null, payload_status: 'created', updated_at: at(0) });
    rig.time += 25 * 60 * MINUTE;
    const completed = rig.justBefore('"REMOVE #awaiting_webhook, #awaiting_since"', () => rig.list(event));
    await look(rig);
    expect(completed()).toBe(true);
    await rig.sweep();
    expect(await look(rig)).toBe(1);
  });

  test("but one is if the order's webhook URL is the ledger's", async () => {
    const rig = await openWatched();
    await rig.list(statusEvent(1, 'submitted', 1, { webhook_url: OURS.slice(0, -1) }));
    rig.time += 60 * MINUTE;
    expect(await look(rig)).toBe(1);
  });

  test('if webhooks have other ids and the event cannot be recognised', async () => {
    const rig = await openWatched('differ');
    const event = statusEvent(1, 'submitted', 1);
    await rig.deliver({ ...event, id: uuid(0x777) });
    await rig.list(event);
    await rig.list(splitEvent(2, 2, uuid(0xdef)));
    await rig.list(statusEvent(3, 'foc-date-confirmed', 3));
    await rig.sweep();
    rig.time += 60 * MINUTE;
    expect(await look(rig, new Set(['porting_order.split', 'porting_order.status_changed']))).toBe(1);
    await rig.sweep();
    expect(missedOn(rig)).toEqual([`${uuid(3)}:missed`]);
  });
});

describe('two ids of one event', () => {
  test('are no longer awaited, even if the payload arrives after they were joined', async () => {
    const rig = await openRig();
    await learnIdsDiffer(rig.store, rig.time);
    const event = listedEvent(1, {
      event_type: 'porting_order.deleted',
      porting_order_id: ORDER,
      payload: { id: ORDER, customer_reference: null, deleted_at: at(1) },
      created_at: at(1),
      updated_at: at(2),
    });
    await rig.list({ ...event, payload: null, payload_status: 'created', updated_at: at(1) });
    await rig.deliver({ ...event, id: uuid(0x777) });
    await rig.sweep();
    await rig.list(event);
    await rig.sweep();
    expect((await rig.row(uuid(1)))?.joined_from).toEqual({ S: uuid(0x777) });
    rig.time += 16 * MINUTE;
    expect(await look(rig, new Set(['porting_order.deleted']))).toBe(0);
    expect((await rig.row(uuid(1)))?.awaiting_webhook).toBeUndefined();
  });

  test('are recognised although the completed listing is not folded into the order yet', async () => {
    const rig = await openRig();
    await learnIdsDiffer(rig.store, rig.time);
    await rig.deliver(statusEvent(900, 'draft', -1));
    const event = statusEvent(1, 'exception', 1);
    await rig.list({ ...event, payload: null, payload_status: 'created', updated_at: at(0) });
    await rig.deliver({ ...event, id: uuid(0x777) });
    await rig.sweep();
    rig.time += 16 * MINUTE;
    await rig.list(event);
    expect(await look(rig)).toBe(0);
    await rig.sweep();
    expect(await look(rig)).toBe(0);
    expect((await rig.row(uuid(1)))?.joined_from).toEqual({ S: uuid(0x777) });
    expect(rig.onBus().map((event) => event['detail-type'])).not.toContain('notification.missed');
  });

  test('are joined in pairs if several events share a natural key', async () => {
    const rig = await openRig();
    await learnIdsDiffer(rig.store, rig.time);
    await rig.deliver(statusEvent(900, 'draft', -1));
    await rig.sweep();
    for (const number of [1, 2]) {
      await rig.list(statusEvent(number, 'exception', 1));
      await rig.deliver({ ...statusEvent(number, 'exception', 1), id: uuid(0x770 + number) });
    }
    await rig.list(statusEvent(3, 'exception', 1));
    await rig.publish(...[1, 2, 3, 0x771, 0x772].map(uuid));
    rig.time += 16 * MINUTE;
    const joined = await Promise.all([1, 2, 3].map(async (number) => (await rig.row(uuid(number)))?.joined_from?.S));
    expect(joined.toSorted()).toEqual([uuid(0x771), uuid(0x772), undefined]);
    // No webhook came for the third event.
    expect(await look(rig)).toBe(1);
    await rig.deliver({ ...statusEvent(3, 'exception', 1), id: uuid(0x773) });
    await rig.sweep();
    expect((await rig.row(uuid(3)))?.gap).toEqual({ S: 'recovered' });
  });
});

describe('until an event has been seen both by webhook and in the list', () => {
  const listed = statusEvent(1, 'exception', 1);
  const delivered = { ...listed, id: uuid(0x777) };

  /** Webhook and list have brought one event under two ids; the list has been read up to `minutes` after the event. */
  async function openUnknown(minutes: number): Promise<Rig> {
    const rig = await openWatched('unknown');
    await rig.deliver(delivered);
    await rig.list(listed);
    await rig.sweep();
    rig.time += 3 * 60 * MINUTE;
    await rig.synced(NOON + (1 + minutes) * MINUTE);
    return rig;
  }

  test('two ids are two events, each published and listed, and neither is missed', async () => {
    const rig = await openUnknown(59);
    for (let looks = 0; looks < 3; looks += 1) {
      expect(await look(rig)).toBe(0);
      await rig.sweep();
    }
    const published = rig.onBus('porting_order.status_changed').map(({ detail }) => detail.id);
    expect(published).toEqual(expect.arrayContaining([listed.id, delivered.id]));
    expect((await listEvents(rig.store, {}, { number: 1, size: 20 }, 1e6)).total).toBe(3);
    expect(await readIdsAgree(rig.store)).toBeUndefined();
  });

  test("ids differ once an hour of the list after the webhook lacks the webhook's id; the two are joined", async () => {
    const rig = await openUnknown(61);
    expect(await look(rig)).toBe(0);
    expect(await readIdsAgree(rig.store)).toBe(false);
    await rig.sweep();
    expect(await look(rig)).toBe(0);
    expect((await rig.row(delivered.id))?.joined_to).toEqual({ S: listed.id });
    expect((await rig.order(ORDER)).state.events.total).toBe(2);
    // Both had been published.
    expect(rig.onBus('porting_order.status_changed')).toHaveLength(3);
  });

  test('an hour with an open span in it proves nothing', async () => {
    const rig = await openUnknown(120);
    const from = NOON + 31 * MINUTE;
    await recordOpenSpan(rig.store, { from, to: from + MINUTE }, 'It contradicts itself.', rig.time);
    expect(await look(rig)).toBe(0);
    expect(await readIdsAgree(rig.store)).toBeUndefined();
  });

  test('an event seen both ways under one id settles permanently that ids agree', async () => {
    const rig = await openUnknown(61);
    await look(rig);
    await learnIdsAgree(rig.store, rig.time);
    expect(await readIdsAgree(rig.store)).toBe(true);
    await learnIdsDiffer(rig.store, rig.time + 1);
    expect(await readIdsAgree(rig.store)).toBe(true);
    await rig.sweep();
    expect((await rig.row(delivered.id))?.joined_to).toBeUndefined();
  });
});

describe('two events with the same natural key', () => {
  const [first, second] = [statusEvent(1, 'exception', 1), statusEvent(2, 'exception', 1)];

  test('are not joined if ids agree', async () => {
    const rig = await openWatched();
    await rig.deliver(first);
    await rig.list(second);
    await rig.sweep();
    expect((await rig.row(second.id))?.joined_from).toBeUndefined();
    expect((await rig.order(ORDER)).state.events.total).toBe(3);
  });

  test.each([
    ['after', false],
    ['at that very moment', true],
  ])('are separated again if they were joined and the list then shows both ids: %s', async (_, atOnce) => {
    const rig = await openWatched('differ');
    await rig.deliver(first);
    await rig.list(second);
    if (atOnce) rig.justBefore('#joined_to', () => rig.list(first));
    await rig.sweep();
    if (!atOnce) {
      expect((await rig.row(first.id))?.joined_to).toEqual({ S: second.id });
      await rig.list(first);
      // Recording the listing separates them; no publisher is needed.
      expect((await listEvents(rig.store, {}, { number: 1, size: 20 }, 1e6)).total).toBe(3);
      expect(await rig.event(first.id)).toMatchObject({ id: first.id });
    }
    for (let sweeps = 0; sweeps < 3; sweeps += 1) await rig.sweep();

    const { total, events } = await listEvents(rig.store, {}, { number: 1, size: 20 }, 1e6);
    expect(total).toBe(3);
    expect(events.map(({ id }) => id)).toEqual(expect.arrayContaining([first.id, second.id]));
    expect((await rig.order(ORDER)).state.events.total).toBe(3);
    const published = rig.onBus('porting_order.status_changed').map(({ detail }) => detail.id);
    expect(published).toEqual(expect.arrayContaining([first.id, second.id]));
    expect((await rig.event(first.id))?.ledger).toMatchObject({ webhook_deliveries: 1 });
    for (const { id } of [first, second]) expect((await rig.row(id))?.unpublished).toBeUndefined();
    rig.time += 16 * MINUTE;
    expect(await look(rig)).toBe(0);
  });
});

test('of two refusals within a second, the webhook of the second is not joined with the first', async () => {
  const rig = await openWatched('differ');
  const refused = (number: number, code: string) =>
    statusEvent(number, 'exception', 1, { status: { value: 'exception', details: [{ code, description: code }] } });
  await rig.list(refused(1, 'LOA_ILLEGIBLE'));
  await rig.list(refused(2, 'PASSCODE_PIN_INVALID'));
  await rig.deliver({ ...refused(2, 'PASSCODE_PIN_INVALID'), id: uuid(0x772) });
  await rig.sweep();
  expect((await rig.row(uuid(1)))?.joined_from).toBeUndefined();
  expect((await rig.row(uuid(2)))?.joined_from).toEqual({ S: uuid(0x772) });
});

test('the ledger records when the first webhook of each type arrived', async () => {
  const rig = await openWatched();
  rig.time += 60 * MINUTE;
  await rig.deliver(statusEvent(1, 'submitted', 60));
  await rig.deliver(commentEvent(2, 60));
  await rig.sweep();
  expect([...(await readChannels(rig.store))].sort()).toEqual([
    ['porting_order.new_comment', '2026-03-20T13:00:00.000000Z'],
    ['porting_order.status_changed', '2026-03-20T12:00:00.000000Z'],
  ]);
});
