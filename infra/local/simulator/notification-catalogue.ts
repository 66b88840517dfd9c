import { createRandom } from './random.ts';

/** A kind of notification, as `GET /v2/notification_events` lists it. */
export interface NotificationEvent {
  readonly id: string;
  readonly name: string;
  readonly notification_category: string;
  readonly enabled: boolean;
  readonly created_at: string;
  readonly updated_at: string;
}

/** When an event is notified, as `GET /v2/notification_event_conditions` lists it. */
export interface NotificationCondition {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly notification_event_id: string;
  readonly associated_record_type: 'account' | 'phone_number';
  /** A setting takes effect later, not at once. */
  readonly asynchronous: boolean;
  readonly allow_multiple_channels: boolean;
  readonly supported_channels: readonly string[];
  readonly parameters: readonly { readonly name: string; readonly data_type: string; readonly optional: boolean }[];
  readonly enabled: boolean;
  readonly created_at: string;
  readonly updated_at: string;
}

const at = '2019-10-15T10:07:15.527Z';

/**
 * More kinds than the 20 that a page has by default, and port-in among the last. The portal calls it "Port In
 * Notifications" and its neighbour "Port Out Notifications"; the other names are invented, but for "Emergency Number
 * Dialed", the example in the OpenAPI document.
 */
const names: readonly (readonly [category: string, ...names: string[]])[] = [
  ['Calls', 'Emergency Number Dialed', 'Call Cost', 'Call Failure', 'Call Quality', 'Channel Limit', 'Fraud Limit'],
  ['Messaging', 'Campaign Status', 'Message Spend', 'Opt Out', 'Toll-Free Verification', 'Brand Status'],
  ['Billing', 'Balance', 'Invoice', 'Payment Failed', 'Auto Recharge', 'Daily Spend', 'Credit Limit'],
  ['Numbers', 'Number Order', 'Number Deleted', 'Regulatory Requirement', 'Port Out Notifications'],
  ['Numbers', 'Port In Notifications', 'Portability Check'],
  ['Account', 'Sign In', 'Member Added'],
];

/** What an account can be notified of: the same ids for the same seed. */
export const notificationCatalogue = (
  seed: number,
): { readonly events: readonly NotificationEvent[]; readonly conditions: readonly NotificationCondition[] } => {
  const ids = createRandom(`${seed}/notifications`);
  const common = { enabled: true, created_at: at, updated_at: at };
  const events = names.flatMap(([notification_category, ...all]) =>
    all.map((name): NotificationEvent => ({ id: ids.uuid(), name, notification_category, ...common })),
  );
  const conditions = events.map(({ id, name, notification_category }): NotificationCondition => {
    const isCall = notification_category === 'Calls';
    return {
      id: ids.uuid(),
      name: isCall ? 'from phone number' : 'on account',
      description: `When ${name} occurs ${isCall ? 'on phone number X' : 'on the account'}`,
      notification_event_id: id,
      associated_record_type: isCall ? 'phone_number' : 'account',
      asynchronous: true,
      allow_multiple_channels: false,
      supported_channels: isCall ? ['webhook', 'sms', 'email', 'voice'] : ['webhook', 'email'],
      parameters: isCall ? [{ name: 'phone_number', data_type: 'string', optional: false }] : [],
      ...common,
    };
  });
  return { events, conditions };
};
