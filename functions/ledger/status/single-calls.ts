import { REQUESTS_A_SECOND } from '../../porting/shares.ts';
import { controlKey, type Store } from '../table/store.ts';
import { takeTurn } from '../table/turn.ts';

const KEY = controlKey('upstream', 'single-calls');

/** Two calls may wait: more would hold their callers longer than a person waits, and use up the functions' 29 s. */
const LONGEST_WAIT = 2_000;

/**
 * Takes a turn for one call to Telnyx that an API request makes.
 *
 * @param now milliseconds since 1970
 * @returns milliseconds until the turn, at most 2,000; `undefined` when more calls wait already
 */
export function takeSingleCall(store: Store, now: number): Promise<number | undefined> {
  return takeTurn(store, KEY, { spacing: 1000 / REQUESTS_A_SECOND.single, longestWait: LONGEST_WAIT }, now);
}
