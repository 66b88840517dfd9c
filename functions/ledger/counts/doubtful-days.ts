import { DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Day } from '../../porting/day.ts';
import { readControl } from '../table/read-rows.ts';
import { controlKey, number, type Store, tookPlace } from '../table/store.ts';
import { numberIn, textIn } from '../table/values.ts';

/**
 * A day whose kept count may be wrong, because a row is about to come into it. It is marked before the row is written, for so long
 * that the row is there when the mark runs out: the slowest writer gives a write up after some 16 s.
 */
const DOUBTFUL_FOR = 120_000;

/** For so long a mark still covers writes that begin after it. */
export const MARK_COVERS_FOR = 60_000;

/** Readers of an old mark see the new one: `until` is a reserved word of DynamoDB. */
const UNTIL = { '#until': 'until' };

/**
 * Marks a day's count as doubtful. Until the mark runs out every reader counts the day anew; then it is counted once, for good.
 *
 * @param now milliseconds since 1970
 */
export async function markDoubtful(store: Store, day: Day, now: number, signal?: AbortSignal): Promise<void> {
  const mark = new UpdateItemCommand({
    TableName: store.control,
    Key: controlKey('doubtful-day', day),
    UpdateExpression: 'SET #until = :until',
    // A writer whose clock is behind must not shorten another's mark.
    ConditionExpression: 'attribute_not_exists(#until) OR #until < :until',
    ExpressionAttributeNames: UNTIL,
    ExpressionAttributeValues: { ':until': number(now + DOUBTFUL_FOR) },
  });
  await tookPlace(store.client.send(mark, signal ? { abortSignal: signal } : {}));
}

/** All doubtful days, with the instant (milliseconds since 1970) at which each mark runs out. */
export async function doubtfulDays(store: Store): Promise<ReadonlyMap<Day, number>> {
  const days = new Map<Day, number>();
  for await (const row of readControl(store, 'doubtful-day')) {
    days.set(textIn(row, 'id') ?? '', numberIn(row, 'until') ?? 0);
  }
  return days;
}

/** Takes a mark away once its day has been counted, unless a writer has renewed it meanwhile. */
export async function clearDoubt(store: Store, day: Day, until: number): Promise<void> {
  const clear = new DeleteItemCommand({
    TableName: store.control,
    Key: controlKey('doubtful-day', day),
    ConditionExpression: '#until = :until',
    ExpressionAttributeNames: UNTIL,
    ExpressionAttributeValues: { ':until': number(until) },
  });
  await tookPlace(store.client.send(clear));
}
