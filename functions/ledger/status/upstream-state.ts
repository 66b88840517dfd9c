import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { millisecondsOf, type Timestamp, timestampOf } from '../../porting/timestamp.ts';
import { controlKey, type Store, text } from '../table/store.ts';
import { textIn } from '../table/values.ts';

/** How Telnyx has lately answered. */
export interface UpstreamState {
  readonly lastFault: { readonly fault: string; readonly at: Timestamp } | undefined;
  /** Telnyx asked for no request before this instant (milliseconds since 1970), which may be over. */
  readonly rateLimitedUntil: number | undefined;
}

const KEY = controlKey('upstream', 'telnyx');

/** A 429 that says nothing. */
const USUAL_LIMIT = 1_000;

/**
 * Writes down that Telnyx refused or failed, for whoever asks how it is.
 *
 * @param fault in the words of telnyx/upstream-error.ts
 * @param now milliseconds since 1970
 * @param retryAfter seconds that Telnyx asked to wait, if it did: an hour at most
 */
export async function recordFault(store: Store, fault: string, now: number, retryAfter?: number): Promise<void> {
  const limited = fault === 'rate limited';
  const until = now + (retryAfter === undefined ? USUAL_LIMIT : retryAfter * 1000);
  await store.client.send(
    new UpdateItemCommand({
      TableName: store.control,
      Key: KEY,
      UpdateExpression: `SET last_fault = :fault, last_fault_at = :now${limited ? ', rate_limited_until = :until' : ''}`,
      ExpressionAttributeValues: {
        ':fault': text(fault),
        ':now': text(timestampOf(now)),
        ...(limited && { ':until': text(timestampOf(until)) }),
      },
    }),
  );
}

/** The state, without what never happened. */
export async function readUpstream(store: Store): Promise<UpstreamState> {
  const { Item } = await store.client.send(new GetItemCommand({ TableName: store.control, Key: KEY }));
  const fault = textIn(Item, 'last_fault');
  const until = textIn(Item, 'rate_limited_until');
  return {
    lastFault: fault === undefined ? undefined : { fault, at: textIn(Item, 'last_fault_at') ?? '' },
    rateLimitedUntil: until === undefined ? undefined : millisecondsOf(until),
  };
}
