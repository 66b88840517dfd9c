import { once } from '../table/expressions.ts';
import { readControl } from '../table/read-rows.ts';
import { controlKey, type Store } from '../table/store.ts';
import { idIn, textIn } from '../table/values.ts';
import { update } from '../table/verbs.ts';

/** For each event type, the timestamp since which its webhooks are known to arrive. */
export type Channels = ReadonlyMap<string, string>;

/** Records that a webhook of a type has arrived. */
export async function learnChannel(store: Store, eventType: string, arrivedAt: string): Promise<void> {
  await update(store, 'control', controlKey('channel', eventType), {
    set: { first_at: once(arrivedAt), last_at: arrivedAt },
  });
}

/** Reads the known channels. */
export async function readChannels(store: Store): Promise<Channels> {
  const channels = new Map<string, string>();
  for await (const row of readControl(store, 'channel')) {
    channels.set(idIn(row), textIn(row, 'first_at') ?? '');
  }
  return channels;
}
