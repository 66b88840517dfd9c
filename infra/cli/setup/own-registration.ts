import { isSameAddress } from '../../../functions/porting/due.ts';
import type { Clock } from '../clock.ts';
import { EXIT, Failure } from '../failure.ts';
import { PROFILE_NAME, type Registration } from './registration.ts';
import type { Channel, Subscriptions } from './subscriptions.ts';
import type { TelnyxAccount } from './telnyx-account.ts';

const GONE_WITHIN = 2 * 60_000;
const LOOK_EVERY = 2_000;

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
