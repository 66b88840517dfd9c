import { log } from '../lambda/log.ts';
import { measure } from '../lambda/metrics.ts';
import { awaitedSince, markMissed, stopAwaiting } from '../ledger/events/awaited.ts';
import { readChannels } from '../ledger/events/channels.ts';
import { idsAgree, readIdsKnowledge } from '../ledger/events/id-agreement.ts';
import { readEvents } from '../ledger/events/read-events.ts';
import type { LedgerEvent } from '../ledger/events/row.ts';
import { awaitsJoining } from '../ledger/events/twins.ts';
import { readOrder } from '../ledger/orders/orders.ts';
import type { OrderStore } from '../ledger/table/store.ts';
import { isDue, type WebhookTypes } from '../porting/due.ts';
import { factsOf, hasPayload, membersOf } from '../porting/event.ts';
import { sameEventKey } from '../porting/same-event.ts';
import { millisecondsOf, timestampOf } from '../porting/timestamp.ts';

/** Payloads are there within minutes, and the nightly run finds those that took longer. */
const PAYLOAD_AWAITED_FOR = 24 * 3_600_000;

export interface Watch {
  readonly store: OrderStore;
  readonly types: WebhookTypes;
  /** Milliseconds between an event's first listing and the moment when its webhook is given up. */
  readonly grace: number;
  /** Our own address, as an order would name it. */
  readonly webhookUrl: string;
}

/**
 * Looks at the events whose webhook has not come within the grace time: those whose webhook was due are missed, the others are awaited no
 * more. What is missed is marked, and announced by the next sweep.
 *
 * @returns how many are missed
 */
export async function findMissed(watch: Watch, now: () => number, outOfTime: () => boolean): Promise<number> {
  const { store, types, grace, webhookUrl: ownUrl } = watch;
  let missed = 0;
  let known: { channels: Awaited<ReturnType<typeof readChannels>>; agree: boolean | undefined } | undefined;
  for await (const ids of awaitedSince(store, now() - grace)) {
    known ??= { channels: await readChannels(store), agree: idsAgree(await readIdsKnowledge(store)) };
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
      // Whether its webhook comes here is in its payload.
      if (orderUrl === undefined && !hasPayload(event) && now() - seenAt(event) < PAYLOAD_AWAITED_FOR) continue;
      // When its payload comes, an event is awaited once more, whose webhook was given up before, or has come under another id.
      const isNew = event.ledger.missed_at === null && event.ledger.webhook_last_at === null;
      const due = isNew && isDue(event_type, facts?.createdAt ?? '', { ...channel, orderUrl });
      if (!due) await stopAwaiting(store, id, event.ledger.revision);
      else if (known.agree !== true && orderId !== undefined && (await awaitsJoining(store, event, orderId))) continue;
      else if (await markMissed(store, id, now())) {
        missed += 1;
        log('warn', 'notification_missed', { id, event_type, porting_order_id });
      }
    }
  }
  return finish(missed);
}

function seenAt({ ledger }: LedgerEvent): number {
  return ledger.first_seen_at === null ? 0 : millisecondsOf(ledger.first_seen_at);
}

function finish(missed: number): number {
  if (missed > 0) measure({ NotificationsDue: missed, NotificationsMissed: missed });
  return missed;
}

/** Only status changes carry the order's own address: for the other types the order knows it. */
async function addressOf(
  store: OrderStore,
  orderId: string | undefined,
  told: string | null | undefined,
): Promise<string | null | undefined> {
  if (told !== undefined || orderId === undefined) return typeof told === 'string' ? told : null;
  const { facts } = await readOrder(store, orderId);
  return facts.findLast(({ webhookUrl }) => webhookUrl !== undefined)?.webhookUrl;
}
