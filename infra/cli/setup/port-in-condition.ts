import { EXIT, Failure } from '../failure.ts';
import { shown } from '../text.ts';
import type { TelnyxAccount } from './telnyx-account.ts';

/** An event that an account can be notified of. */
interface Notification {
  readonly id?: string;
  readonly name?: string;
}

interface Condition extends Notification {
  readonly notification_event_id?: string;
  readonly associated_record_type?: string;
  readonly supported_channels?: readonly string[];
  readonly enabled?: boolean;
}

/** docs/telnyx.md §5: the portal says "Port In Notifications"; how the lists spell it is not known. */
const PORT_IN = /\bport(ing)?[\s_-]*in\b/i;

/** The id of the condition by which Telnyx sends port-in events. */
export async function findCondition({ sdk, all }: TelnyxAccount): Promise<string> {
  const events = await all('notification events', (page) => sdk.notificationEvents.list(page));
  const conditions = await all('notification event conditions', (page) => sdk.notificationEventConditions.list(page));
  return chooseCondition(events, conditions);
}

/**
 * Chooses the condition of port-in events: by the event's name, and of several the one for the whole account.
 *
 * @throws {Failure} when none fits, or several do
 */
export function chooseCondition(events: readonly Notification[], conditions: readonly Condition[]): string {
  const portIn = new Set(events.filter(({ name = '' }) => PORT_IN.test(name)).map(({ id }) => id));
  const fitting = conditions.filter(
    ({ notification_event_id: event, supported_channels: channels, enabled }) =>
      portIn.has(event) && enabled !== false && (channels?.includes('webhook') ?? true),
  );
  const ofAccount = fitting.filter(({ associated_record_type: type }) => type === 'account');
  const [one, another] = ofAccount.length > 0 ? ofAccount : fitting;
  if (one?.id && !another) return one.id;
  const listed = fitting.map(({ id, name }) => `${shown(id)} (${shown(name)})`).join(', ');
  throw new Failure(
    EXIT.bad,
    one
      ? `Several notification conditions are named like "port in": give one of them with --condition: ${listed}`
      : 'Telnyx lists no notification that is named like "port in": add the webhook in the portal, or give --condition',
  );
}
