import { createHash } from 'node:crypto';
import { DeleteItemCommand, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { controlKey, number, type Store, text, tookPlace } from '../table/store.ts';
import { numberIn, type Row, textIn } from '../table/values.ts';

const KEPT_SECONDS = 24 * 3600;

/** An Idempotency-Key that a request has claimed. */
export interface Claim {
  /** Unique to the request: tells its own claim from another's when the SDK repeats a write whose answer was lost. */
  readonly claimedBy: string;
  /** What the key was first used for. */
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly claimedAt: number;
  /** The first request's answer, once it has one, as JSON text. */
  readonly answer: string | undefined;
}

/** Never used, or used more than 24 h ago: DynamoDB deletes expired rows days later. */
const FREE = 'attribute_not_exists(id) OR expires_at <= :now';
const OURS = 'claimed_by = :claimed_by';

/**
 * Claims a key for a request. Only a digest of the key is kept.
 *
 * @param subject what the key is used for: the event's id
 * @returns the claim in force: the request's own, or that of the first request with this key within 24 h
 */
export async function claimKey(
  store: Store,
  key: string,
  subject: string,
  claimedBy: string,
  now: number,
): Promise<Claim> {
  const Key = keyOf(key);
  const claim = {
    ...Key,
    subject: text(subject),
    claimed_by: text(claimedBy),
    claimed_at: number(now),
    expires_at: number(Math.floor(now / 1000) + KEPT_SECONDS),
  };
  const put = new PutItemCommand({
    TableName: store.control,
    Item: claim,
    ConditionExpression: FREE,
    ExpressionAttributeValues: { ':now': number(Math.floor(now / 1000)) },
  });
  if (await tookPlace(store.client.send(put))) return claimIn(claim);
  return (await readClaim(store, key)) ?? claimKey(store, key, subject, claimedBy, now);
}

/** The claim on a key, if there is one. */
export async function readClaim(store: Store, key: string): Promise<Claim | undefined> {
  const get = new GetItemCommand({ TableName: store.control, Key: keyOf(key), ConsistentRead: true });
  const { Item } = await store.client.send(get);
  return Item && claimIn(Item);
}

/**
 * The claim that a request at this instant (milliseconds since 1970) finds in force. An expired row may still be
 * there.
 */
export async function claimInForce(store: Store, key: string, now: number): Promise<Claim | undefined> {
  const claim = await readClaim(store, key);
  return claim && now - claim.claimedAt < KEPT_SECONDS * 1000 ? claim : undefined;
}

/** Keeps the answer for every later request with this key. */
export async function keepAnswer(store: Store, key: string, claimedBy: string, answer: string): Promise<void> {
  await tookPlace(
    store.client.send(
      new UpdateItemCommand({
        TableName: store.control,
        Key: keyOf(key),
        ConditionExpression: OURS,
        UpdateExpression: 'SET answer = :answer',
        ExpressionAttributeValues: { ':claimed_by': text(claimedBy), ':answer': text(answer) },
      }),
    ),
  );
}

/** Gives a key back when nothing was done under it. */
export async function releaseKey(store: Store, key: string, claimedBy: string): Promise<void> {
  await tookPlace(
    store.client.send(
      new DeleteItemCommand({
        TableName: store.control,
        Key: keyOf(key),
        ConditionExpression: OURS,
        ExpressionAttributeValues: { ':claimed_by': text(claimedBy) },
      }),
    ),
  );
}

function keyOf(key: string): Row {
  return controlKey('idempotency-key', createHash('sha256').update(key).digest('hex'));
}

function claimIn(row: Row): Claim {
  return {
    claimedBy: textIn(row, 'claimed_by') ?? '',
    subject: textIn(row, 'subject') ?? '',
    claimedAt: numberIn(row, 'claimed_at') ?? 0,
    answer: textIn(row, 'answer'),
  };
}
