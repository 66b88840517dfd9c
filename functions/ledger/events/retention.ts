import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { dayOf, isClosed } from '../../porting/day.ts';
import { markDoubtful } from '../counts/doubtful-days.ts';
import { readRows } from '../table/read-rows.ts';
import { number, type Store, text, tookPlace } from '../table/store.ts';
import { textIn } from '../table/values.ts';

/** Complete, and nothing about it is to be announced. Another row stays, whatever its age. */
const IS_DONE = 'attribute_exists(final_at) AND attribute_not_exists(unpublished)';

/**
 * Ends the time of events: they leave every list at once, are hidden from show, and DynamoDB deletes them within days. Rows that are not
 * complete, or not announced yet, stay.
 *
 * @param now milliseconds since 1970
 * @returns ids of the rows that have gone, those that had gone before included
 */
export async function retire(store: Store, ids: readonly string[], now: number): Promise<readonly string[]> {
  const gone = new Set(ids);
  for await (const rows of readRows(store, 'events', ids, { consistent: true, attributes: ['id', 'created_at_id'] })) {
    for (const row of rows) {
      const id = textIn(row, 'id') ?? '';
      const createdAtId = textIn(row, 'created_at_id');
      // Before the row leaves the list, never after: its day's count would be wrong for ever.
      if (createdAtId !== undefined && isClosed(dayOf(createdAtId), now)) {
        await markDoubtful(store, dayOf(createdAtId), now);
      }
      if (!(await hide(store, id, now, IS_DONE))) gone.delete(id);
    }
  }
  return [...gone];
}

/** Hides an event that came back after its time was over: the list showed it again after DynamoDB had deleted it. */
export async function retireAgain(store: Store, id: string, createdAt: string, now: number): Promise<void> {
  if (isClosed(dayOf(createdAt), now)) await markDoubtful(store, dayOf(createdAt), now);
  await hide(store, id, now, 'attribute_exists(id)');
}

function hide(store: Store, id: string, now: number, condition: string): Promise<boolean> {
  return tookPlace(
    store.client.send(
      new UpdateItemCommand({
        TableName: store.events,
        Key: { id: text(id) },
        ConditionExpression: condition,
        // The first two are the sort keys of every index that is listed.
        UpdateExpression:
          'SET expires_at = if_not_exists(expires_at, :now) REMOVE created_at_id, first_seen_id, unpublished, unpublished_since, awaiting_webhook, awaiting_since',
        ExpressionAttributeValues: { ':now': number(Math.floor(now / 1000)) },
      }),
    ),
  );
}
