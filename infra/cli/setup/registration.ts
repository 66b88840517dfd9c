import { isSameAddress } from '../../../functions/porting/due.ts';
import type { Clock } from '../clock.ts';
import { EXIT, Failure } from '../failure.ts';
import {
  type Channel,
  type Profile,
  readSubscriptions,
  type Setting,
  type Subscriptions,
  settingOf,
} from './subscriptions.ts';
import type { TelnyxAccount } from './telnyx-account.ts';

/** The profile that setup makes. With the address of the channel in it, it says what setup has made. */
export const PROFILE_NAME = 'port-in-ledger';

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
const LOOK_EVERY = 2_000;

/** @param condition the id of port-in's condition, when its name does not tell */
export async function findRegistration(account: TelnyxAccount, url: string, condition?: string): Promise<Registration> {
  const subscriptions = await readSubscriptions(account, condition);
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
