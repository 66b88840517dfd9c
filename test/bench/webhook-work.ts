import { createPublicKey, randomUUID, verify } from 'node:crypto';
import { UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { recordDelivery } from '../../functions/ledger/events/record-delivery.ts';
import type { Store } from '../../functions/ledger/table/store.ts';
import { createKeys } from '../../infra/local/simulator/webhooks.ts';
import { openStoreAt } from '../open-store-at.ts';
import { type Measured, median } from './budget.ts';
import { forked } from './child.ts';
import { startEngineProcess } from './engine.ts';
import { type SignedWebhook, signedWebhook } from './signed-webhook.ts';

/** Rounds before the first that counts, relative to those that count. */
const WARM_UP = 0.15;

/** What a webhook costs besides the signature check and the write, relative to a loop that does only these two. */
export async function webhookWork({ rounds } = { rounds: 2_000 }): Promise<readonly Measured[]> {
  const engine = await startEngineProcess();
  // In its own process, because the handler writes its log to standard output, which costs something too.
  const measuring = forked<{ bare: number; whole: number }>(import.meta.filename, engine.endpoint, String(rounds));
  const { bare, whole } = (await measuring.finally(engine.end)).said;
  return [
    {
      what: "a webhook's work besides signature check and write, relative to these two",
      measured: (whole - bare) / bare,
      budget: 0.15,
      unit: '',
      detail: `${whole.toFixed(3)} ms against ${bare.toFixed(3)} ms, medians of ${rounds} each, in turns`,
    },
  ];
}

async function measure(endpoint: string, rounds: number): Promise<{ bare: number; whole: number }> {
  const keys = createKeys(1);
  const store = await openStoreAt(endpoint);
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    EVENTS_TABLE: store.events,
    CONTROL_TABLE: store.control,
    TELNYX_PUBLIC_KEY: keys.publicKeyBase64,
  });
  // Only the work is measured: a deadline that a busy machine misses would end it.
  const { timeout } = AbortSignal;
  AbortSignal.timeout = (milliseconds) => timeout.call(AbortSignal, 1_000 * milliseconds);
  const { handler } = await import('../../functions/receive-webhook/handler.ts');
  const spki = Buffer.concat([
    Buffer.from('302a300506032b6570032100', 'hex'),
    Buffer.from(keys.publicKeyBase64, 'base64'),
  ]);
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });

  const write = { ...(await firstWrite()), TableName: store.events };
  const placeOf = (attribute: string) => {
    const assignment = new RegExp(`#${attribute} = (?:if_not_exists\\(#\\w+, )?(:\\w+)`);
    const [, place] = assignment.exec(write.UpdateExpression ?? '') ?? [];
    if (place === undefined) throw new Error(`The request that stores a webhook does not set ${attribute}.`);
    return place;
  };
  const [createdAtId, delivered, receivedAt, orderId] = [
    placeOf('created_at_id'),
    placeOf('delivery'),
    placeOf('webhook_first_at'),
    placeOf('porting_order_id'),
  ];

  async function bareLoop({ id, body, timestamp, signature }: SignedWebhook): Promise<void> {
    if (!verify(null, Buffer.from(`${timestamp}|${body}`), key, Buffer.from(signature, 'base64')))
      throw new Error('forged');
    const ExpressionAttributeValues = {
      ...write.ExpressionAttributeValues,
      [createdAtId]: { S: `${new Date().toISOString()}#${id}` },
      [delivered]: { S: body },
      [receivedAt]: { S: new Date().toISOString() },
      [orderId]: { S: id },
    };
    await store.client.send(new UpdateItemCommand({ ...write, Key: { id: { S: id } }, ExpressionAttributeValues }));
  }

  async function wholeHandler({ body, timestamp, signature }: SignedWebhook): Promise<void> {
    const event = {
      headers: { 'telnyx-timestamp': timestamp, 'telnyx-signature-ed25519': signature },
      body,
      isBase64Encoded: false,
      requestContext: { http: { method: 'POST' } },
    } as unknown as APIGatewayProxyEventV2;
    const answer = await handler(event, {} as Context);
    if (answer.statusCode !== 200) throw new Error(JSON.stringify(answer));
  }

  const warmUp = rounds * WARM_UP;
  const times = { bare: [] as number[], whole: [] as number[] };
  for (let round = 0; round < warmUp + rounds; round += 1) {
    const order = round % 2 === 0 ? (['bare', 'whole'] as const) : (['whole', 'bare'] as const);
    for (const which of order) {
      const webhook = signedWebhook(keys);
      const begun = performance.now();
      await (which === 'bare' ? bareLoop(webhook) : wholeHandler(webhook));
      if (round >= warmUp) times[which].push(performance.now() - begun);
    }
  }
  return { bare: median(times.bare), whole: median(times.whole) };
}

/** The request that stores a webhook, captured from the ledger. */
async function firstWrite(): Promise<UpdateItemCommandInput> {
  const requests: UpdateItemCommandInput[] = [];
  const send = async ({ input }: { input: UpdateItemCommandInput }) => {
    requests.push(input);
    return {};
  };
  const store = { client: { send } as unknown as Store['client'], events: '', control: '' };
  const payload = { id: randomUUID() };
  await recordDelivery(store, { id: randomUUID(), event_type: 'porting_order.status_changed', payload }, Date.now());
  return requests[0] as UpdateItemCommandInput;
}

const [, file, endpoint, rounds] = process.argv;
if (process.send && file === import.meta.filename && endpoint) {
  process.send(await measure(endpoint, Number(rounds)));
  process.disconnect();
}
