import { isSameAddress } from '../../../functions/porting/due.ts';
import type { Clock } from '../clock.ts';
import { EXIT, Failure } from '../failure.ts';
import { findCondition } from './port-in-condition.ts';
import type { TelnyxAccount } from './telnyx-account.ts';

/** The profile that setup makes. With the address of the channel in it, it says what setup has made. */
export const PROFILE_NAME = 'port-in-ledger';

interface Profile {
  readonly id: string;
  readonly name: string;
}

interface Channel {
  readonly id: string;
  readonly profileId: string;
  readonly type: string;
  readonly destination: string;
}

interface Setting {
  readonly id: string;
  readonly profileId: string;
  /** Empty for all channels of the profile. */
  readonly channelId: string;
  readonly conditionId: string;
  readonly status: string;
}

/** What an account has asked Telnyx to send, and where. */
interface Subscriptions {
  readonly condition: string;
  readonly profiles: readonly Profile[];
  readonly channels: readonly Channel[];
  readonly settings: readonly Setting[];
}

/** How the webhooks of port-in events reach an address. */
export interface Registration extends Subscriptions {
  readonly url: string;
  /** The setting that sends them, and the profile that it is in; one that setup has made if there is one. */
  readonly setting: Setting | undefined;
  readonly profile: Profile | undefined;
  readonly channel: Channel | undefined;
  readonly isOurs: boolean;
}

const ENABLED_WITHIN = 2 * 60_000;
const GONE_WITHIN = 2 * 60_000;
const LOOK_EVERY = 2_000;

/** @param condition the id of port-in's condition, when its name does not tell */
export async function findRegistration(account: TelnyxAccount, url: string, condition?: string): Promise<Registration> {
  const subscriptions = await readSubscriptions(account, condition ?? (await findCondition(account)));
  const { profiles, channels } = subscriptions;
  const isOur = (id: string | undefined) => profiles.some((one) => one.id === id && one.name === PROFILE_NAME);
  // What setup has made comes first: an address that is registered twice is not registered a third time.
  const reaching = channels
    .filter(({ type, destination }) => type === 'webhook' && isSameAddress(destination, url))
    .sort((one, other) => Number(isOur(other.profileId)) - Number(isOur(one.profileId)));
  const sending = reaching.find((channel) => settingOf(subscriptions, channel));
  const own = reaching.find(({ profileId }) => isOur(profileId));
  const channel = sending ?? own;
  const profile = profiles.find((one) => (channel ? one.id === channel.profileId : one.name === PROFILE_NAME));
  const setting = channel && settingOf(subscriptions, channel);
  return { ...subscriptions, url, setting, channel, profile, isOurs: isOur(channel?.profileId) };
}

async function readSubscriptions({ sdk, all }: TelnyxAccount, condition: string): Promise<Subscriptions> {
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

function settingOf({ settings, condition }: Subscriptions, channel: Channel): Setting | undefined {
  return settings.find(
    ({ conditionId, profileId, channelId, status }) =>
      conditionId === condition &&
      (channelId === '' ? profileId === channel.profileId : channelId === channel.id) &&
      !status.startsWith('delete'),
  );
}

/** What {@link register} would make. */
export function missingIn({ profile, channel, setting }: Registration): readonly string[] {
  return [
    ...(profile ? [] : [`a notification profile "${PROFILE_NAME}"`]),
    ...(channel ? [] : ['a channel of type webhook in it']),
    ...(setting ? [] : ['a setting that sends port-in events to it']),
  ];
}

/** Makes what a registration lacks. What is there stays as it is. */
export async function register({ sdk, ask }: TelnyxAccount, found: Registration): Promise<string> {
  const { condition, url } = found;
  const profileId =
    found.profile?.id ?? idIn(await ask(() => sdk.notificationProfiles.create({ name: PROFILE_NAME }), false));
  const channelId =
    found.channel?.id ??
    idIn(
      await ask(
        () =>
          sdk.notificationChannels.create({
            notification_profile_id: profileId,
            channel_type_id: 'webhook',
            channel_destination: url,
          }),
        false,
      ),
    );
  if (found.setting) return found.setting.id;
  const wish = {
    notification_event_condition_id: condition,
    notification_profile_id: profileId,
    notification_channel_id: channelId,
  };
  return idIn(await ask(() => sdk.notificationSettings.create(wish), false));
}

function idIn(answer: { data?: { id?: string } } | undefined): string {
  const id = answer?.data?.id;
  if (id) return id;
  throw new Failure(EXIT.bad, 'Telnyx did not say what it has made: run it again, which finds it');
}

/** Waits until Telnyx has enabled a setting. */
export async function untilEnabled({ sdk, ask }: TelnyxAccount, id: string, clock: Clock): Promise<void> {
  const until = clock.now() + ENABLED_WITHIN;
  for (;;) {
    const status = (await ask(() => sdk.notificationSettings.retrieve(id)))?.data?.status ?? 'gone';
    if (status === 'enabled') return;
    if (!status.startsWith('enable') || clock.now() >= until) {
      throw new Failure(
        EXIT.bad,
        `The setting is ${status}, not enabled: run it again later. Until then the list brings all events`,
      );
    }
    await clock.sleep(LOOK_EVERY);
  }
}

/** The channels of type webhook that setup has made, for whatever address. */
function ownChannelsIn({ profiles, channels }: Subscriptions): readonly Channel[] {
  const own = profiles.filter(({ name }) => name === PROFILE_NAME).map(({ id }) => id);
  return channels.filter(({ type, profileId }) => type === 'webhook' && own.includes(profileId));
}

/** Where else the profiles that setup has made send webhooks. */
export function otherAddressesIn(found: Registration): readonly string[] {
  const addresses = ownChannelsIn(found).map(({ destination }) => destination);
  return addresses.filter((address) => !isSameAddress(address, found.url));
}

/** What setup has made for an address: the channels, and the settings that send port-in events to them. */
export function ownIn(found: Registration) {
  const { url, settings, condition } = found;
  const channels = ownChannelsIn(found).filter(({ destination }) => isSameAddress(destination, url));
  const ids = channels.map(({ id }) => id);
  return {
    channels,
    settings: settings.filter(
      ({ channelId, conditionId, status }) =>
        ids.includes(channelId) && conditionId === condition && status !== 'deleted',
    ),
  };
}

/**
 * Takes back what setup has made for an address: settings, channels that nothing else uses, and profiles that are empty
 * then.
 *
 * @returns what was removed, in words
 */
export async function unregister(
  account: TelnyxAccount,
  found: Registration,
  clock: Clock,
): Promise<readonly string[]> {
  const { sdk, ask } = account;
  const own = ownIn(found);
  const removed: string[] = [];
  for (const { id, status } of own.settings) {
    if (!status.startsWith('delete')) await ask(() => sdk.notificationSettings.delete(id));
    await untilGone(account, id, clock);
    removed.push('the setting');
  }
  const gone = new Set(own.settings.map(({ id }) => id));
  const left = found.settings.filter(({ id, status }) => !gone.has(id) && status !== 'deleted');
  const unused = own.channels.filter(({ id }) => !left.some(({ channelId }) => channelId === id));
  for (const { id } of unused) {
    await ask(() => sdk.notificationChannels.delete(id));
    removed.push('the channel');
  }
  const goneChannels = new Set(unused.map(({ id }) => id));
  for (const profileId of new Set(unused.map((one) => one.profileId))) {
    const isUsed =
      found.channels.some((one) => one.profileId === profileId && !goneChannels.has(one.id)) ||
      left.some((one) => one.profileId === profileId);
    if (isUsed) continue;
    await ask(() => sdk.notificationProfiles.delete(profileId));
    removed.push('the profile');
  }
  return removed;
}

async function untilGone({ sdk, ask }: TelnyxAccount, id: string, clock: Clock): Promise<void> {
  const until = clock.now() + GONE_WITHIN;
  for (;;) {
    const status = (await ask(() => sdk.notificationSettings.retrieve(id)))?.data?.status;
    if (status === undefined || status === 'deleted') return;
    if (clock.now() >= until) throw new Failure(EXIT.bad, `The setting is still ${status}: run it again later`);
    await clock.sleep(LOOK_EVERY);
  }
}
