import { findCondition } from './port-in-condition.ts';
import type { TelnyxAccount } from './telnyx-account.ts';

export interface Profile {
  readonly id: string;
  readonly name: string;
}

export interface Channel {
  readonly id: string;
  readonly profileId: string;
  readonly type: string;
  readonly destination: string;
}

export interface Setting {
  readonly id: string;
  readonly profileId: string;
  /** Empty for all channels of the profile. */
  readonly channelId: string;
  readonly conditionId: string;
  readonly status: string;
}

/** What an account has asked Telnyx to send, and where. */
export interface Subscriptions {
  readonly condition: string;
  readonly profiles: readonly Profile[];
  readonly channels: readonly Channel[];
  readonly settings: readonly Setting[];
}

/** @param given the id of port-in's condition, when its name does not tell */
export async function readSubscriptions(account: TelnyxAccount, given?: string): Promise<Subscriptions> {
  const { sdk, all } = account;
  const condition = given ?? (await findCondition(account));
  const profiles = await all('notification profiles', (page) => sdk.notificationProfiles.list(page));
  const channels = await all('notification channels', (page) => sdk.notificationChannels.list(page));
  const settings = await all('notification settings', (page) => sdk.notificationSettings.list(page));
  return {
    condition,
    profiles: profiles.map(({ id = '', name = '' }) => ({ id, name })),
    channels: channels.map((one) => ({
      id: one.id ?? '',
      profileId: one.notification_profile_id ?? '',
      type: one.channel_type_id ?? '',
      destination: one.channel_destination ?? '',
    })),
    settings: settings.map((one) => ({
      id: one.id ?? '',
      profileId: one.notification_profile_id ?? '',
      channelId: one.notification_channel_id ?? '',
      conditionId: one.notification_event_condition_id ?? '',
      status: one.status ?? '',
    })),
  };
}

/** The setting that sends port-in events to a channel. */
export function settingOf({ settings, condition }: Subscriptions, channel: Channel): Setting | undefined {
  return settings.find(
    ({ conditionId, profileId, channelId, status }) =>
      conditionId === condition &&
      (channelId === '' ? profileId === channel.profileId : channelId === channel.id) &&
      !status.startsWith('delete'),
  );
}
