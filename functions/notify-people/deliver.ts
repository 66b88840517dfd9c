import { describeError, log } from '../lambda/log.ts';
import { type NoticeChannelName, noteChannel } from '../ledger/notices/channels.ts';
import type { OrderStore } from '../ledger/table/store.ts';
import type { Message } from '../porting/message.ts';
import type { Wording } from '../porting/notice.ts';
import type { NoticeChannel } from './channels.ts';

/** What sends messages to people. */
export interface Notifier {
  readonly store: OrderStore;
  readonly channels: readonly NoticeChannel[];
  /** The IANA time zone in which days are named. */
  readonly zone: string;
  /** An order's page in the console; undefined where there is no console. */
  readonly pageOf: Wording['pageOf'];
  /** Milliseconds between two scheduled runs of the sync. */
  readonly interval: number;
}

/**
 * Sends each channel its message, all at once: one that fails or hangs holds up no other.
 *
 * @param messageFor gives a channel's message; `undefined` when it has nothing to say there
 * @param now milliseconds since 1970
 * @returns the channels that took theirs
 */
export async function deliver(
  { store, channels }: Notifier,
  messageFor: (channel: NoticeChannelName) => Promise<Message | undefined>,
  now: number,
): Promise<ReadonlySet<NoticeChannelName>> {
  const took = new Set<NoticeChannelName>();
  await Promise.all(
    channels.map(async ({ name, send }) => {
      const message = await messageFor(name);
      if (message === undefined) return;
      try {
        await send(message);
        took.add(name);
        log('info', 'message_sent', { channel: name });
      } catch (error) {
        log('error', 'message_not_sent', { channel: name, error: describeError(error) });
      }
      await noteChannel(store, name, took.has(name), now);
    }),
  );
  return took;
}
