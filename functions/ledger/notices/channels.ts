import { type Timestamp, timestampOf } from '../../porting/timestamp.ts';
import { once } from '../table/expressions.ts';
import { readControl } from '../table/read-rows.ts';
import { controlKey, type Store } from '../table/store.ts';
import { idIn, textIn } from '../table/values.ts';
import { remove, update } from '../table/verbs.ts';

/** The ways to people. */
export const NOTICE_CHANNELS = ['mail', 'slack', 'teams'] as const;
export type NoticeChannelName = (typeof NOTICE_CHANNELS)[number];

/** A channel that has taken nothing since an instant. */
export interface FailingChannel {
  readonly channel: NoticeChannelName;
  readonly since: Timestamp;
}

/** Records whether a channel took a message. A row of `control` is there only while it fails. */
export async function noteChannel(store: Store, channel: NoticeChannelName, took: boolean, now: number): Promise<void> {
  const key = controlKey('notice-channel', channel);
  if (took) await remove(store, 'control', key);
  else await update(store, 'control', key, { set: { since: once(timestampOf(now)) } });
}

/** The channels that fail. 1 request. */
export async function readFailingChannels(store: Store): Promise<readonly FailingChannel[]> {
  const failing: FailingChannel[] = [];
  for await (const row of readControl(store, 'notice-channel')) {
    const channel = NOTICE_CHANNELS.find((name) => name === idIn(row));
    if (channel) failing.push({ channel, since: textIn(row, 'since') ?? '' });
  }
  return failing;
}
