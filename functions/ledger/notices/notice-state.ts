import { type Timestamp, timestampOf } from '../../porting/timestamp.ts';
import { any, is, lacks } from '../table/expressions.ts';
import { controlKey, type Store } from '../table/store.ts';
import { numberIn, textIn } from '../table/values.ts';
import { get, update } from '../table/verbs.ts';

const PACE = controlKey('notice-state', 'pace');
const LAST_DIGEST = controlKey('notice-state', 'last-digest');

const MINUTE = 60_000;
/** More notices than this in five minutes become one message. */
const MOST_MESSAGES = 10;
const WITHIN = 5 * MINUTE;
const TRIES = 3;

/**
 * Takes one of the 10 messages of five minutes.
 *
 * @param now milliseconds since 1970
 * @returns false when they are used up, or others take them at the same moment: then the notice waits
 */
export async function takeMessage(store: Store, now: number): Promise<boolean> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const row = await get(store, 'control', PACE, { consistent: true });
    const version = numberIn(row, 'version') ?? 0;
    const sent = (textIn(row, 'sent') ?? '').split(' ').filter((at) => now - Number(at) < WITHIN && at !== '');
    if (sent.length >= MOST_MESSAGES) return false;
    const isOurs = any(lacks('version'), is('version', version));
    const set = { sent: [...sent, now].join(' '), version: version + 1 };
    if (await update(store, 'control', PACE, { when: isOurs, set })) return true;
  }
  return false;
}

/** When the last digest was sent; `undefined` when none was. */
export async function readLastDigest(store: Store): Promise<Timestamp | undefined> {
  return textIn(await get(store, 'control', LAST_DIGEST), 'at');
}

/** @param now milliseconds since 1970 */
export async function noteDigest(store: Store, now: number): Promise<void> {
  await update(store, 'control', LAST_DIGEST, { set: { at: timestampOf(now) } });
}
