import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { timestampOf } from '../../porting/timestamp.ts';
import { controlKey, number, type Store, text } from '../table/store.ts';
import { numberIn, textIn } from '../table/values.ts';

/**
 * Whether a webhook's id is the list's id of the same event. The contract does not say (section 3): it shows when the list brings an
 * event that a webhook had brought before, under the same id or, recognised by what it says, under another one.
 */
export interface IdsKnowledge {
  readonly agreedAt: string | undefined;
  readonly joinedAt: string | undefined;
  /** How many events were recognised under two ids. */
  readonly joined: number;
}

const IDS = controlKey('learned', 'ids');

/** Writes down that an event came by both ways under one id. */
export async function learnIdsAgree(store: Store, now: number): Promise<void> {
  await store.client.send(
    new UpdateItemCommand({
      TableName: store.control,
      Key: IDS,
      UpdateExpression: 'SET agreed_at = :now',
      ExpressionAttributeValues: { ':now': text(timestampOf(now)) },
    }),
  );
}

/** Writes down that an event came under two ids. */
export async function learnIdsDiffer(store: Store, now: number): Promise<void> {
  await store.client.send(
    new UpdateItemCommand({
      TableName: store.control,
      Key: IDS,
      UpdateExpression: 'SET joined_at = :now ADD joined :one',
      ExpressionAttributeValues: { ':now': text(timestampOf(now)), ':one': number(1) },
    }),
  );
}

/** What is known of the ids. */
export async function readIdsKnowledge(store: Store): Promise<IdsKnowledge> {
  const { Item } = await store.client.send(new GetItemCommand({ TableName: store.control, Key: IDS }));
  return {
    agreedAt: textIn(Item, 'agreed_at'),
    joinedAt: textIn(Item, 'joined_at'),
    joined: numberIn(Item, 'joined') ?? 0,
  };
}

/**
 * True when both ways use one id, false when not, `undefined` as long as no event has come by both. The later evidence holds: before the
 * first event came by both ways, two that are alike may have been taken for one.
 */
export function idsAgree({ agreedAt, joinedAt }: IdsKnowledge): boolean | undefined {
  if (agreedAt === undefined) return joinedAt === undefined ? undefined : false;
  return joinedAt === undefined || joinedAt < agreedAt;
}
