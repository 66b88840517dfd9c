import { createHash } from 'node:crypto';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { LARGEST_RECORD } from '../../porting/event.ts';
import { timestampOf } from '../../porting/timestamp.ts';
import { controlKey, number, type Store, text } from '../table/store.ts';
import { numberIn } from '../table/values.ts';

const KEPT_SECONDS = 30 * 24 * 3600;
const HOUR = 3_600_000;

/** Bodies kept of one hour. With 256 KB each, the largest that is taken, 30 days of a flood are 37 GB at most; a body has some 1 KB. */
const KEPT_AN_HOUR = 200;

/**
 * Keeps a signed body that cannot be read as an event, for 30 days. One row for each different body, whatever the number of its
 * deliveries, and so many rows an hour at most: neither repeated nor ever new ones can fill the table.
 *
 * @param body the raw bytes, at most 256 KB
 * @returns false when it was not kept, because the hour has its share
 */
export async function keepRejected(
  store: Store,
  body: Uint8Array,
  reason: string,
  now: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const options = signal ? { abortSignal: signal } : {};
  const counted = await store.client.send(
    new UpdateItemCommand({
      TableName: store.control,
      Key: controlKey('rejected-count', hourOf(now)),
      UpdateExpression: 'SET expires_at = :expires ADD deliveries :one',
      ExpressionAttributeValues: { ':expires': expiryOf(now), ':one': number(1) },
      ReturnValues: 'UPDATED_NEW',
    }),
    options,
  );
  if ((numberIn(counted.Attributes, 'deliveries') ?? 0) > KEPT_AN_HOUR) return false;
  const digest = createHash('sha256').update(body).digest('hex');
  await store.client.send(
    new UpdateItemCommand({
      TableName: store.control,
      Key: controlKey('rejected-delivery', digest),
      UpdateExpression:
        'SET reason = :reason, body = :body, first_at = if_not_exists(first_at, :now), last_at = :now, expires_at = :expires ADD deliveries :one',
      ExpressionAttributeValues: {
        ':reason': text(reason),
        ':body': { B: body },
        ':now': text(timestampOf(now)),
        ':expires': expiryOf(now),
        ':one': number(1),
      },
    }),
    options,
  );
  return true;
}

/** A record of Telnyx's list that is no event, and why. */
export interface RejectedRecord {
  readonly json: string;
  readonly reason: string;
}

/**
 * Keeps records of Telnyx's list that are no event, for 30 days after they were last listed: one row for each, however
 * often a run sees it. The hour remembers which it has seen, so that a day's are counted without reading them, each
 * once.
 */
export async function keepRejectedRecords(
  store: Store,
  records: readonly RejectedRecord[],
  now: number,
): Promise<void> {
  if (records.length === 0) return;
  const digests = records.map(({ json }) => createHash('sha256').update(json).digest('hex'));
  for (const [index, { json, reason }] of records.entries()) {
    await store.client.send(
      new UpdateItemCommand({
        TableName: store.control,
        Key: controlKey('rejected-record', digests[index] ?? ''),
        UpdateExpression:
          'SET reason = :reason, body = :body, first_at = if_not_exists(first_at, :now), last_at = :now, expires_at = :expires',
        ExpressionAttributeValues: {
          ':reason': text(reason),
          ':body': { B: Buffer.from(json).subarray(0, LARGEST_RECORD) },
          ':now': text(timestampOf(now)),
          ':expires': expiryOf(now),
        },
      }),
    );
  }
  const short = new Set(digests.map((digest) => digest.slice(0, 16)));
  await store.client.send(
    new UpdateItemCommand({
      TableName: store.control,
      Key: controlKey('rejected-count', `${hourOf(now)}#listed`),
      UpdateExpression: 'SET expires_at = :expires ADD records :records',
      ExpressionAttributeValues: { ':expires': expiryOf(now), ':records': { SS: [...short] } },
    }),
  );
}

/**
 * Counts requests that were refused at the webhook URL: a row for each hour and reason, of which there are six, so that a flood of them
 * is a few rows. Nothing of the requests is kept.
 */
export async function countRefusals(
  store: Store,
  reason: string,
  count: number,
  now: number,
  signal?: AbortSignal,
): Promise<void> {
  await store.client.send(
    new UpdateItemCommand({
      TableName: store.control,
      Key: controlKey('refusal', `${hourOf(now)}#${reason}`),
      UpdateExpression:
        'SET reason = :reason, first_at = if_not_exists(first_at, :now), last_at = :now, expires_at = :expires ADD #count :count',
      ExpressionAttributeNames: { '#count': 'count' },
      ExpressionAttributeValues: {
        ':reason': text(reason),
        ':now': text(timestampOf(now)),
        ':expires': expiryOf(now),
        ':count': number(count),
      },
    }),
    signal ? { abortSignal: signal } : {},
  );
}

function hourOf(now: number): string {
  return new Date(now - (now % HOUR)).toISOString().slice(0, 'yyyy-mm-ddThh'.length);
}

function expiryOf(now: number) {
  return number(Math.floor(now / 1000) + KEPT_SECONDS);
}
