import { type NotificationCondition, type NotificationEvent, notificationCatalogue } from './notification-catalogue.ts';
import { createRandom } from './random.ts';
import { type Refused, refused, refusedValue } from './refused-body.ts';

interface Kept {
  readonly id: string;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface Profile extends Kept {
  readonly name: string;
}

export interface Channel extends Kept {
  readonly notification_profile_id: string;
  readonly channel_type_id: string;
  readonly channel_destination: string;
}

export interface Setting extends Kept {
  readonly notification_event_condition_id: string;
  readonly notification_profile_id: string;
  readonly notification_channel_id: string;
  readonly associated_record_type: string;
  readonly parameters: readonly object[];
  readonly status: 'enabled' | 'enable-received' | 'delete-received' | 'deleted';
}

/** A setting as it was asked for, or asked to be removed, at this instant. */
interface Asked {
  readonly setting: Omit<Setting, 'status'>;
  readonly since: number;
  readonly isRemoved: boolean;
}

/** What an account can be notified of, and what it has asked for. */
export interface NotificationBook {
  readonly events: readonly NotificationEvent[];
  readonly conditions: readonly NotificationCondition[];
  profiles(): readonly Profile[];
  channels(): readonly Channel[];
  settings(): readonly Setting[];
  addProfile(given: Partial<Profile>): Profile | Refused;
  removeProfile(id: string): Profile | Refused;
  addChannel(given: Partial<Channel>): Channel | Refused;
  removeChannel(id: string): Channel | Refused;
  addSetting(given: Partial<Setting>): Setting | Refused;
  removeSetting(id: string): Setting | Refused;
}

const channelTypes = ['sms', 'voice', 'email', 'webhook'];

const isWebhookUrl = (text: string): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? '');

/** @param settlesAfterMs how long a new setting takes to be `enabled`, or a removed one `deleted` and then gone */
export const notificationBook = (seed: number, settlesAfterMs: number, now: () => number): NotificationBook => {
  const { events, conditions } = notificationCatalogue(seed);
  const ids = createRandom(`${seed}/notification settings`);
  const profiles = new Map<string, Profile>();
  const channels = new Map<string, Channel>();
  const asked = new Map<string, Asked>();

  const made = (): Kept => {
    const at = new Date(now()).toISOString();
    return { id: ids.uuid(), created_at: at, updated_at: at };
  };

  const statusOf = ({ since, isRemoved }: Asked): Setting['status'] | 'gone' => {
    const spent = now() - since;
    if (!isRemoved) return spent < settlesAfterMs ? 'enable-received' : 'enabled';
    if (spent < settlesAfterMs) return 'delete-received';
    return spent < 2 * settlesAfterMs ? 'deleted' : 'gone';
  };

  const settled = (): readonly Setting[] =>
    [...asked.values()].flatMap((one) => {
      const status = statusOf(one);
      return status === 'gone' ? [] : [{ ...one.setting, status }];
    });

  const channelIn = (given: Partial<Channel>): Omit<Channel, keyof Kept> | Refused => {
    const { notification_profile_id = '', channel_type_id = '', channel_destination = '' } = given;
    if (!profiles.has(notification_profile_id)) return refused('/notification_profile_id', 'There is no such profile.');
    if (!channelTypes.includes(channel_type_id)) return refusedValue('/channel_type_id', channelTypes);
    if (channel_type_id === 'webhook' && !isWebhookUrl(channel_destination))
      return refused('/channel_destination', 'The destination of a webhook must be a URL.');
    if (channel_destination === '') return refused('/channel_destination', 'The destination is missing.');
    return { notification_profile_id, channel_type_id, channel_destination };
  };

  return {
    events,
    conditions,
    profiles: () => [...profiles.values()],
    channels: () => [...channels.values()],
    settings: settled,
    addProfile({ name }) {
      if (typeof name !== 'string' || name === '') return refused('/name', 'The name is missing.');
      const profile = { ...made(), name };
      profiles.set(profile.id, profile);
      return profile;
    },
    removeProfile(id) {
      const profile = profiles.get(id);
      const isUsed = [...channels.values()].some((channel) => channel.notification_profile_id === id);
      if (!profile || isUsed) return refused('/id', 'The profile still has channels.');
      profiles.delete(id);
      return profile;
    },
    addChannel(given) {
      const read = channelIn(given);
      if ('error' in read) return read;
      const channel = { ...made(), ...read };
      channels.set(channel.id, channel);
      return channel;
    },
    removeChannel(id) {
      const channel = channels.get(id);
      const isUsed = settled().some((one) => one.notification_channel_id === id && one.status !== 'deleted');
      if (!channel || isUsed) return refused('/id', 'A setting still uses the channel.');
      channels.delete(id);
      return channel;
    },
    addSetting(given) {
      const {
        notification_event_condition_id = '',
        notification_profile_id = '',
        notification_channel_id = '',
      } = given;
      const condition = conditions.find(({ id }) => id === notification_event_condition_id);
      const channel = channels.get(notification_channel_id);
      if (!condition) return refused('/notification_event_condition_id', 'There is no such condition.');
      if (!profiles.has(notification_profile_id))
        return refused('/notification_profile_id', 'There is no such profile.');
      if (!channel || channel.notification_profile_id !== notification_profile_id)
        return refused('/notification_channel_id', 'The profile has no such channel.');
      if (!condition.supported_channels.includes(channel.channel_type_id))
        return refused('/notification_channel_id', 'The condition does not support channels of this type.');
      const isAsked = settled().some(
        (one) =>
          one.notification_event_condition_id === condition.id &&
          one.notification_channel_id === channel.id &&
          !one.status.startsWith('delete'),
      );
      if (isAsked) return refused('/notification_channel_id', 'There is such a setting already.');
      const setting = {
        ...made(),
        notification_event_condition_id,
        notification_profile_id,
        notification_channel_id,
        associated_record_type: condition.associated_record_type,
        parameters: given.parameters ?? [],
      };
      asked.set(setting.id, { setting, since: now(), isRemoved: false });
      return { ...setting, status: 'enable-received' };
    },
    removeSetting(id) {
      const one = asked.get(id);
      if (!one) return refused('/id', 'There is no such setting.');
      asked.set(id, { ...one, since: now(), isRemoved: true });
      return { ...one.setting, status: 'delete-received' };
    },
  };
};
