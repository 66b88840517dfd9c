import { log } from '../lambda/log.ts';
import { measure } from '../lambda/metrics.ts';
import { awaitedSince, markMissed, stopAwaiting } from '../ledger/events/awaited.ts';
import { type Channels, readChannels } from '../ledger/events/channels.ts';
import { learnIdsDiffer, readIdsAgree } from '../ledger/events/id-agreement.ts';
import { deliveredTwin } from '../ledger/events/join.ts';
import { wakeEvent } from '../ledger/events/outbox.ts';
import { readEvents } from '../ledger/events/read-events.ts';
import type { LedgerEvent } from '../ledger/events/row.ts';
import { readOrder } from '../ledger/orders/orders.ts';
import { listIsRead } from '../ledger/runs/open-spans.ts';
import type { OrderStore } from '../ledger/table/store.ts';
import { isDue, type WebhookTypes } from '../porting/due.ts';
import { factsOf, hasPayload, membersOf } from '../porting/event.ts';
import { sameEventKey } from '../porting/same-event.ts';
import { millisecondsOf, timestampOf } from '../porting/timestamp.ts';

interface Known {
  readonly channels: Channels;
  /** Whether ids agree: id-agreement.ts. */
  agree: boolean | undefined;
}

/**
 * How long an event waits for the facts that decide whether its webhook is due. Payloads come within minutes, or the
 * nightly run finds them.
 */
const AWAITED_FOR = 24 * 3_600_000;

export interface Watch {
  readonly store: OrderStore;
  readonly types: WebhookTypes;
  /** Milliseconds after an event's first listing until its webhook is given up. */
  readonly grace: number;
  /** Our own address, as an order would name it. */
  readonly webhookUrl: string;
}

/**
 * Checks the events whose webhook has not come within the grace time. An event whose webhook was due is marked as
 * missed, and the next sweep publishes that; any other is no longer awaited.
 *
 * @returns the number of missed events
 */
export async function findMissed(watch: Watch, now: () => number, outOfTime: () => boolean): Promise<number> {
  const { store, types, grace, webhookUrl: ownUrl } = watch;
  let missed = 0;
  let known: Known | undefined;
  for await (const ids of awaitedSince(store, now() - grace)) {
    known ??= { channels: await readChannels(store), agree: await readIdsAgree(store) };
    for (const event of await readEvents(store, ids)) {
      if (outOfTime()) return finish(missed);
      const { id, event_type, porting_order_id } = event;
      const facts = factsOf(event, event.ledger.first_seen_at ?? timestampOf(now()));
      const channel = {
        types,
        since: known.channels.get(event_type),
        orderUrl: membersOf(event.payload).webhook_url as string | undefined | null,
        ownUrl,
        idsAgree: known.agree,
        isRecognisable: sameEventKey(event) !== undefined,
      };
      const orderId = facts?.portingOrderId;
      const orderUrl = await addressOf(store, orderId, channel.orderUrl);
      // The payload says whether its webhook goes here.
      if (orderUrl === undefined && !hasPayload(event) && now() - seenAt(event) < AWAITED_FOR) continue;
      // An event is awaited again when its payload comes, even if its webhook was given up or came under another id.
      const isNew = event.ledger.missed_at === null && event.ledger.webhook_last_at === null;
      const due = isNew && isDue(event_type, facts?.createdAt ?? '', { ...channel, orderUrl });
      if (!due) await stopAwaiting(store, id, event.ledger.revision);
      else if (orderId !== undefined && (await cameAsOther(store, event, orderId, known, now()))) {
        // An open span may prevent a proof permanently.
        if (now() - seenAt(event) >= AWAITED_FOR) await stopAwaiting(store, id, event.ledger.revision);
      } else if (await markMissed(store, id, now())) {
        missed += 1;
        log('warn', 'notification_missed', { id, event_type, porting_order_id });
      }
    }
  }
  return finish(missed);
}

/**
 * True when the webhook of a listed event came under another id, or may have: then it is not missed. Ids are proved to
 * differ when the list was read completely for an hour around the webhook and does not have its id. From then on the
 * two rows are joined.
 */
async function cameAsOther(
  store: OrderStore,
  listed: LedgerEvent,
  orderId: string,
  known: Known,
  now: number,
): Promise<boolean> {
  if (known.agree === true) return false;
  // Read before the row: whatever the list shows up to the cursor is then in the row.
  const isRead = await listIsRead(store, now);
  const twin = await deliveredTwin(store, listed, orderId);
  if (!twin) return false;
  if (known.agree === undefined && isRead(createdAtOf(twin, now))) {
    await learnIdsDiffer(store, now);
    known.agree = (await readIdsAgree(store)) ?? false;
    log('warn', 'ids_differ', { listed: listed.id, delivered: twin.id });
  }
  if (known.agree === false) await wakeEvent(store, listed.id, now);
  return true;
}

function createdAtOf(event: LedgerEvent, now: number): number {
  const seenAt = event.ledger.first_seen_at ?? timestampOf(now);
  return millisecondsOf(factsOf(event, seenAt)?.createdAt ?? seenAt);
}

function seenAt({ ledger }: LedgerEvent): number {
  return ledger.first_seen_at === null ? 0 : millisecondsOf(ledger.first_seen_at);
}

function finish(missed: number): number {
  if (missed > 0) measure({ NotificationsDue: missed, NotificationsMissed: missed });
  return missed;
}

/** Only status changes carry the order's own address; for other types it is read from the order. */
async function addressOf(
  store: OrderStore,
  orderId: string | undefined,
  told: string | null | undefined,
): Promise<string | null | undefined> {
  if (told !== undefined || orderId === undefined) return typeof told === 'string' ? told : null;
  const { facts } = await readOrder(store, orderId);
  return facts.findLast(({ webhookUrl }) => webhookUrl !== undefined)?.webhookUrl;
}
