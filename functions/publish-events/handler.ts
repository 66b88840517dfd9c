import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { openBus } from '../bus/bus.ts';
import { environment } from '../lambda/environment.ts';
import { readCurrent } from '../ledger/runs/current.ts';
import { patience } from '../ledger/table/store.ts';
import { warmUpStore } from '../ledger/table/warm-up.ts';
import { readWebhookTypes } from '../porting/due.ts';
import { readOverdueLimits } from '../porting/overdue.ts';
import { readGraceMinutes, readRetainDays, readSyncIntervalSeconds } from '../porting/settings.ts';
import { findOverdue, findUnlisted, retireOld } from './close-day.ts';
import { decide } from './decide.ts';
import { findExpiringDrafts } from './find-expiring.ts';
import { findMissed } from './find-missed.ts';
import { publishRows } from './publish.ts';
import { sweep } from './sweep.ts';

/** Time at the end of the run that is reserved for work in progress. */
const TIME_TO_END = 20_000;

const MINUTE = 60_000;

const store = {
  client: new DynamoDBClient(patience(5_000)),
  events: environment('EVENTS_TABLE'),
  orders: environment('ORDERS_TABLE'),
  control: environment('CONTROL_TABLE'),
};
const publisher = { store, bus: openBus(environment('EVENT_BUS')), apiUrl: environment('API_URL') };
const watch = {
  store,
  types: environment('WEBHOOK_TYPES', readWebhookTypes),
  grace: environment('GRACE_MINUTES', readGraceMinutes) * MINUTE,
  webhookUrl: environment('WEBHOOK_URL'),
};
const interval = environment('SYNC_INTERVAL_SECONDS', readSyncIntervalSeconds) * 1000;
const current = () => readCurrent(store, interval, Date.now());
const closing = {
  current,
  store,
  bus: publisher.bus,
  limits: environment('OVERDUE_AFTER', readOverdueLimits),
  retainDays: environment('RETAIN_DAYS', readRetainDays),
};

/** The input from the schedules. */
type Scheduled = { readonly sweep: { readonly olderThanSeconds: number } } | { readonly closeDay: true };

/**
 * Does the work that follows a write. The table's stream names the rows within a second. The sweep, every five minutes,
 * takes what the stream missed, looks for missed notifications, and publishes what undecided orders ask for. Once a
 * day, the day is closed.
 */
export async function handler(
  event: DynamoDBStreamEvent | Scheduled,
  context: Context,
): Promise<DynamoDBBatchResponse | Readonly<Record<string, number>>> {
  const endsAt = Date.now() + context.getRemainingTimeInMillis();
  const outOfTime = () => Date.now() > endsAt - TIME_TO_END;
  if ('Records' in event) return publishStreamed(event);
  if ('closeDay' in event) {
    const unlisted = await findUnlisted(closing, Date.now());
    const overdue = await findOverdue(closing, Date.now());
    const expiring = await findExpiringDrafts(publisher, current, Date.now());
    return { unlisted, overdue, expiring, retired: await retireOld(closing, Date.now(), outOfTime) };
  }
  const olderThan = event.sweep.olderThanSeconds * 1000;
  const { left } = await sweep(publisher, olderThan, Date.now, outOfTime);
  const missed = await findMissed(watch, Date.now, outOfTime);
  return { left, missed, decided: (await decide(publisher, current, Date.now, outOfTime)) ?? 0 };
}

/** Fails only the records whose row could not be published: Lambda retries from the first of them. */
async function publishStreamed({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const ids = Records.flatMap(({ dynamodb }) => dynamodb?.Keys?.id?.S ?? []);
  const { failed } = await publishRows(ids, publisher, Date.now, 'stream');
  const failures = Records.filter(({ dynamodb }) => failed.has(dynamodb?.Keys?.id?.S ?? ''));
  return {
    batchItemFailures: failures.map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber ?? '' })),
  };
}

export const warmUp = () => warmUpStore(store);
