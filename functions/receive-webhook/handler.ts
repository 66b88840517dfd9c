import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { answerProblems } from '../http/answer-problems.ts';
import { json, Problem, unavailable } from '../http/problem.ts';
import { environment } from '../lambda/environment.ts';
import { log } from '../lambda/log.ts';
import { recordDelivery } from '../ledger/events/record-delivery.ts';
import { keepRejected } from '../ledger/rejections/rejections.ts';
import { shortPatience } from '../ledger/table/store.ts';
import { warmUpStore } from '../ledger/table/warm-up.ts';
import { portingStatusOf } from '../porting/event.ts';
import { readPublicKeys, refusalOf } from '../telnyx/signature.ts';
import { readWebhook } from '../telnyx/webhook.ts';
import { otherFamilyCounter, refusalCounter } from './refusals.ts';

/** Far above any webhook seen, and below DynamoDB's 400 KB per row. */
const LARGEST_BODY = 256 * 1024;

/**
 * Telnyx gives up after 2 s (docs/telnyx.md §3.4), which includes the network and a cold start of some 300 ms. A write
 * takes 10 ms. One that takes this long will not complete, and a prompt 503 makes Telnyx send the webhook again.
 */
const GIVE_UP_AFTER = 1_200;

const keys = environment('TELNYX_PUBLIC_KEY', readPublicKeys);
const store = {
  client: new DynamoDBClient(shortPatience()),
  events: environment('EVENTS_TABLE'),
  control: environment('CONTROL_TABLE'),
};
const countRefusal = refusalCounter(store);
const countOtherFamily = otherFamilyCounter(store);

async function receive(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const method = event.requestContext.http.method;
  if (method !== 'POST') {
    throw new Problem(405, '10015', 'Method not allowed', `${method} is not for webhooks: Telnyx posts them.`, {
      headers: { allow: 'POST' },
    });
  }
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (body.length > LARGEST_BODY) {
    throw new Problem(
      413,
      '10015',
      'Payload too large',
      `The body has ${body.length} bytes; ${LARGEST_BODY} is the limit.`,
    );
  }

  const now = Date.now();
  const { 'telnyx-signature-ed25519': signature, 'telnyx-timestamp': timestamp } = event.headers;
  const refusal = refusalOf(signature, timestamp, body, keys, now);
  if (refusal) {
    log('warn', 'webhook_refused', { reason: refusal });
    await countRefusal(refusal, now);
    const detail = `This is not a webhook of Telnyx's for this account: ${refusal}.`;
    throw new Problem(401, '10009', 'Authentication failed', detail);
  }

  const webhook = readWebhook(body);
  if (webhook.is === 'another family') {
    log('warn', 'webhook_ignored', { event_type: webhook.eventType.slice(0, 100) });
    await countOtherFamily(webhook.eventType, now);
    // Not an error to Telnyx: it would only send it again.
    return json(200, { result: 'ignored' });
  }
  if (webhook.is === 'unreadable') {
    const kept = await durably((signal) => keepRejected(store, body, webhook.reason, now, signal));
    log('warn', 'webhook_rejected', { reason: webhook.reason, kept });
    return json(200, { result: 'rejected' });
  }
  const outcome = await durably((signal) => recordDelivery(store, webhook.event, now, signal));
  const { id, event_type, porting_order_id } = webhook.event;
  const status = portingStatusOf(webhook.event);
  log('info', 'webhook_received', { outcome, id, event_type, porting_order_id, ...(status && { status }) });
  return json(200, { result: outcome });
}

/**
 * Waits for a write, but no longer than Telnyx waits for us. The signal alone is not enough: it ends a request, but
 * neither a look-up of credentials nor a pause between two attempts.
 */
async function durably<Result>(write: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const deadline = AbortSignal.timeout(GIVE_UP_AFTER);
  const tooLate = new Promise<never>((_, reject) => {
    deadline.addEventListener('abort', () => reject(new Error(`DynamoDB has not answered for ${GIVE_UP_AFTER} ms.`)));
  });
  try {
    return await Promise.race([write(deadline), tooLate]);
  } catch (error) {
    throw unavailable('The webhook could not be stored. Send it again.', error);
  }
}

/** Receives Telnyx's webhooks on a function URL, or behind an HTTP API: both use payload format 2.0. */
export const handler = middy(receive).use(answerProblems());

export const warmUp = () => warmUpStore(store);
