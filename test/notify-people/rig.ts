import type { NoticeChannelName } from '../../functions/ledger/notices/channels.ts';
import { waitingNotices } from '../../functions/ledger/notices/notices.ts';
import { recordReading } from '../../functions/ledger/orders/order-readings.ts';
import { changeOrder } from '../../functions/ledger/orders/orders.ts';
import type { OrderStore } from '../../functions/ledger/table/store.ts';
import type { NoticeChannel } from '../../functions/notify-people/channels.ts';
import type { Notifier } from '../../functions/notify-people/deliver.ts';
import { notifyOf, sendWaiting } from '../../functions/notify-people/notify.ts';
import { sendDigest } from '../../functions/notify-people/send-digest.ts';
import type { Sent } from '../../functions/notify-people/send-notices.ts';
import type { Message } from '../../functions/porting/message.ts';
import { readNotices } from '../../functions/porting/notice-names.ts';
import type { OrderDetails } from '../../functions/porting/order-details.ts';
import { orderFactOf } from '../../functions/porting/order-fact-of.ts';
import { timestampOf } from '../../functions/porting/timestamp.ts';
import type { PortingEvent } from '../../infra/local/simulator/porting-event.ts';
import { openStore } from '../open-store.ts';
import { listedEvent, uuid } from '../porting-events.ts';
import { listed } from '../query-events/reader.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** A Thursday. */
export const MORNING = Date.parse('2026-11-26T08:00:00Z');

const WANTED = readNotices('all');

/** A ledger whose events people are told of, on three channels that a test can break, and a clock that it sets. */
export interface Rig {
  readonly store: OrderStore;
  time: number;
  readonly notifier: Notifier;
  readonly broken: Set<NoticeChannelName>;
  /** What a channel got. */
  readonly got: (channel?: NoticeChannelName) => readonly Message[];
  readonly subjects: (channel?: NoticeChannelName) => readonly string[];
  /** Writes an event into the ledger and folds it into its order. */
  readonly happens: (order: number, fields?: Partial<PortingEvent>) => Promise<PortingEvent>;
  readonly changes: (order: number, status: string, details?: readonly object[]) => Promise<PortingEvent>;
  readonly writes: (order: number, user_type: 'admin' | 'user', body: string) => Promise<PortingEvent>;
  readonly reads: (order: number, details: OrderDetails) => Promise<unknown>;
  /** Refuses an order, and puts its action_required on the bus. */
  readonly refuses: (order: number, live?: boolean) => Promise<Sent>;
  /** What the rule hands over. */
  readonly bus: (type: string, order: number, detail: object) => Promise<Sent>;
  /** Lets time pass, and calls the function as the schedule does. */
  readonly later: (milliseconds?: number) => Promise<Sent>;
  readonly digest: () => Promise<boolean>;
  readonly waiting: () => Promise<number>;
}

export const orderId = (order: number) => uuid(7_000_000 + order);

export async function openRig(zone = 'UTC'): Promise<Rig> {
  const store = await openStore();
  const messages = new Map<NoticeChannelName, Message[]>();
  const channels = (['mail', 'slack', 'teams'] as const).map((name): NoticeChannel => {
    messages.set(name, []);
    return {
      name,
      async send(message) {
        if (rig.broken.has(name)) throw new Error('HTTP 500');
        messages.get(name)?.push(message);
      },
    };
  });
  let events = 0;
  const notifier: Notifier = { store, channels, zone, pageOf: undefined, interval: 5 * MINUTE };
  const got: Rig['got'] = (channel = 'mail') => messages.get(channel) ?? [];
  const rig: Rig = {
    store,
    time: MORNING,
    notifier,
    broken: new Set(),
    got,
    subjects: (channel) => got(channel).map(({ subject }) => subject),
    async happens(order, fields = {}) {
      events += 1;
      const created_at = timestampOf(rig.time);
      const event = listedEvent(events, { porting_order_id: orderId(order), created_at, ...fields });
      await listed(store, event, rig.time);
      const fact = orderFactOf(event, {
        createdAt: event.created_at ?? '',
        version: '1#',
        listed: true,
        webhook: true,
      });
      await changeOrder(store, orderId(order), rig.time, (held) => [...held, fact]);
      return event;
    },
    changes: (order, value, details = []) =>
      rig.happens(order, {
        payload: { id: orderId(order), customer_reference: `port-${order}`, status: { value, details } },
      }),
    writes: (order, user_type, body) =>
      rig.happens(order, {
        event_type: 'porting_order.new_comment',
        payload: { porting_order_id: orderId(order), comment: { body, user_type } },
      }),
    reads: (order, details) => recordReading(store, orderId(order), { details, isNews: true }, rig.time),
    async refuses(order, live = true) {
      const { id } = await rig.changes(order, 'exception', [{ code: 'ACCOUNT_NUMBER_MISMATCH' }]);
      return rig.bus('action_required', order, { id: `${id}:action_required`, event_id: id, live });
    },
    async bus(type, order, detail) {
      const since = timestampOf(rig.time);
      const event = {
        'detail-type': `porting_order.${type}`,
        detail: { revision: 1, order: { id: orderId(order), status_since: since }, ...detail },
      };
      return notifyOf(notifier, event, WANTED, rig.time);
    },
    async later(milliseconds = 5 * MINUTE) {
      rig.time += milliseconds;
      return sendWaiting(notifier, rig.time);
    },
    digest: () => sendDigest(notifier, rig.time),
    waiting: async () => (await waitingNotices(store)).length,
  };
  return rig;
}
