import { mayArriveByWebhook } from './event.ts';
import { isEventType } from './patterns.ts';
import { inMessage } from './settings.ts';
import type { Timestamp } from './timestamp.ts';

/** The event types that the account's webhooks deliver: learned from arrivals, none, or a given list. */
export type WebhookTypes = 'learned' | 'none' | ReadonlySet<string>;

/**
 * Reads a setting: `learned`, `none`, or comma-separated event types.
 *
 * @throws {Error} with a message that continues after the setting's name
 */
export function readWebhookTypes(text: string): WebhookTypes {
  if (text === 'learned' || text === 'none') return text;
  const types = text.split(',').map((type) => type.trim());
  if (types.every(isEventType)) return new Set(types);
  throw new Error(
    'must be learned, none, or comma-separated event types such as porting_order.status_changed, ' +
      `not ${inMessage(text)}`,
  );
}

/** What is known about where an event's webhook should have gone. */
export interface Channel {
  readonly types: WebhookTypes;
  /** Since when webhooks of the event's type have been arriving; undefined when none has. */
  readonly since: Timestamp | undefined;
  /** The order's own webhook address, if it has one. */
  readonly orderUrl: string | null | undefined;
  /** Our own address. */
  readonly ownUrl: string;
  /** Whether webhooks carry the list's ids; undefined while that is unknown. */
  readonly idsAgree: boolean | undefined;
  /** True when the event can be recognised under another id. */
  readonly isRecognisable: boolean;
}

/**
 * True when the webhook of a listed event should have arrived here. An event is not missed if anything else may explain
 * the absence: people switch off an alarm that is often false.
 *
 * @param createdAt when the event was created
 */
export function isDue(eventType: string, createdAt: Timestamp, channel: Channel): boolean {
  if (!mayArriveByWebhook(eventType) || !isDelivered(eventType, createdAt, channel)) return false;
  if (channel.orderUrl && !isSameAddress(channel.orderUrl, channel.ownUrl)) return false;
  // Its webhook may have come under another id, with nothing to recognise it by.
  return channel.isRecognisable || channel.idsAgree === true;
}

function isDelivered(eventType: string, createdAt: Timestamp, { types, since }: Channel): boolean {
  if (types === 'none') return false;
  if (types === 'learned') return since !== undefined && since <= createdAt;
  return types.has(eventType);
}

/** True if two URLs are one but for their scheme, letter case and a slash at the end. */
export function isSameAddress(one: string, other: string): boolean {
  const plain = (address: string) =>
    address
      .trim()
      .replace(/^https?:\/\//i, '')
      .replace(/\/+$/, '')
      .toLowerCase();
  return plain(one) === plain(other);
}
