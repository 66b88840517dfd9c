import { log } from '../lambda/log.ts';
import { awaitedSince, markMissed, stopAwaiting } from '../ledger/events/awaited.ts';
import { type Channels, readChannels } from '../ledger/events/channels.ts';
import { readIdsAgree } from '../ledger/events/id-agreement.ts';
import { deliveredUnderOtherId } from '../ledger/events/join.ts';
import { wakeEvent } from '../ledger/events/outbox.ts';
import { readEvents } from '../ledger/events/read-events.ts';
import type { LedgerEvent } from '../ledger/events/row.ts';
import { readOrder } from '../ledger/orders/orders.ts';
import { listIsRead } from '../ledger/runs/open-spans.ts';
import type { OrderStore } from '../ledger/table/store.ts';
import { isDue, type WebhookTypes } from '../porting/due.ts';
import { factsOf, hasPayload, membersOf } from '../porting/event.ts';
import { isWithoutPayload } from '../porting/order-facts.ts';
import { sameEventKey } from '../porting/same-event.ts';
import { millisecondsOf, timestampOf } from '../porting/timestamp.ts';
import { learnFromPair } from './id-proof.ts';

interface Known {
  readonly channels: Channels;
  /** Whether ids agree: id-agreement.ts. */
  agree: boolean | undefined;
  /** Read before the rows: whatever the list showed until then is in them. */
  readonly isRead: (at: number) => boolean;
}

const STATUS_CHANGED = 'porting_order.status_changed';

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
    known ??= {
      channels: await readChannels(store),
      agree: await readIdsAgree(store),
      isRead: await listIsRead(store, now()),
    };
    for (const event of await readEvents(store, ids)) {
      if (outOfTime()) return missed;
      const { id, event_type, porting_order_id } = event;
      const facts = factsOf(event, event.ledger.first_seen_at ?? timestampOf(now()));
      const channel = {
        types,
        since: known.channels.get(event_type),
        ownUrl,
        idsAgree: known.agree,
        isRecognisable: sameEventKey(event) !== undefined,
      };
      const orderId = facts?.portingOrderId;
      const { url: orderUrl, isPending } = await addressOf(store, event, orderId);
      if (isPending && now() - seenAt(event) < AWAITED_FOR) continue;
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
  return missed;
}

/** True when the webhook of a listed event came under another id, or may have: then it is not missed. */
async function cameAsOther(
  store: OrderStore,
  listed: LedgerEvent,
  orderId: string,
  known: Known,
  now: number,
): Promise<boolean> {
  if (known.agree === true) return false;
  const delivered = await deliveredUnderOtherId(store, listed, orderId);
  if (!delivered) return false;
  known.agree ??= await learnFromPair(store, { listedId: listed.id, delivered }, known.isRead, now);
  if (known.agree === false) await wakeEvent(store, listed.id, now);
  return true;
}

function seenAt({ ledger }: LedgerEvent): number {
  return ledger.first_seen_at === null ? 0 : millisecondsOf(ledger.first_seen_at);
}

/**
 * Where the order's webhooks go. Only status changes carry the address; for other types it is read from the order.
 *
 * @returns `isPending` when a payload that has not come yet may say it
 */
async function addressOf(store: OrderStore, event: LedgerEvent, orderId: string | undefined) {
  const { webhook_url: own } = membersOf(event.payload);
  if (own !== undefined || orderId === undefined) return { url: typeof own === 'string' ? own : null };
  const { facts } = await readOrder(store, orderId);
  const url = facts.findLast(({ webhookUrl }) => webhookUrl !== undefined)?.webhookUrl;
  const lacksPayload = facts.some((fact) => fact.type === STATUS_CHANGED && isWithoutPayload(fact));
  return { url, isPending: url === undefined && (!hasPayload(event) || lacksPayload) };
}
