import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { timestampOf } from '../../porting/timestamp.ts';
import { number, type Store, text, tookPlace } from '../table/store.ts';

/**
 * How a republish ended: `sent` (Telnyx took it), `unknown` (no answer: it may have been sent), `not_sent` (Telnyx was
 * not reached, or not available), or a refusal. `asked` stands on the row while the call is under way, and stays
 * when the function died in it.
 */
export type RepublishOutcome =
  | 'asked'
  | 'sent'
  | 'unknown'
  | 'not_sent'
  | 'not_found'
  | 'rate_limited'
  | 'key_refused'
  | 'refused'
  | 'failed';

/** An attempt that stands on an event's row, or, when the ledger lacks the event, nowhere. */
export interface Attempt {
  readonly id: string;
  readonly at: string;
}

/** A row exists only for an event that Telnyx told of: asking for a republish makes none. */
const EVENT_IS_HELD = 'attribute_exists(id)';
/** Two requests at once: the row tells the outcome of the later one. */
const STILL_THE_LAST = 'republish_last_at = :at';

/** Writes down that a republish is about to be asked for, and by whom: before the call, so that a death in it leaves a trace. */
export async function recordAttempt(store: Store, id: string, by: string, now: number): Promise<Attempt> {
  const attempt = { id, at: timestampOf(now) };
  await tookPlace(
    store.client.send(
      new UpdateItemCommand({
        TableName: store.events,
        Key: { id: text(id) },
        ConditionExpression: EVENT_IS_HELD,
        UpdateExpression:
          'SET republish_last_at = :at, republish_last_by = :by, republish_last_outcome = :asked ADD republish_count :one',
        ExpressionAttributeValues: {
          ':at': text(attempt.at),
          ':by': text(by),
          ':asked': text('asked' satisfies RepublishOutcome),
          ':one': number(1),
        },
      }),
    ),
  );
  return attempt;
}

/** Writes down how an attempt ended. */
export async function recordOutcome(store: Store, { id, at }: Attempt, outcome: RepublishOutcome): Promise<void> {
  await tookPlace(
    store.client.send(
      new UpdateItemCommand({
        TableName: store.events,
        Key: { id: text(id) },
        ConditionExpression: STILL_THE_LAST,
        UpdateExpression: 'SET republish_last_outcome = :outcome',
        ExpressionAttributeValues: { ':at': text(at), ':outcome': text(outcome) },
      }),
    ),
  );
}
