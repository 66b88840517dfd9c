import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { getEvent } from '../../functions/ledger/events/event-list.ts';
import { eventually } from '../eventually.ts';
import { type EngineFault, startFaultyEngine } from '../faulty-engine.ts';
import { captureLog } from '../handlers.ts';
import { passDeadlines, passDeadlinesSoon } from '../own-time.ts';
import { openAccount } from '../telnyx/account.ts';
import { rowCount, rowsIn, signed, startReceiver, statusWebhook } from './receiver.ts';
import { stopTimers } from './stopped-timers.ts';

/** How long the function waits for DynamoDB; Telnyx waits 2 s for the function. */
const GIVEN_UP_AFTER = 1_200;

let log: ReturnType<typeof captureLog>;
let timers: ReturnType<typeof stopTimers>;
const closing: (() => Promise<void>)[] = [];

beforeEach(() => {
  log = captureLog();
  timers = stopTimers();
});

afterEach(async () => {
  vi.restoreAllMocks();
  for (const close of closing.splice(0)) await close();
});

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/**
 * A receiver on a faulty engine: `fault` decides about each request to it. If the engine hangs, the function's
 * deadlines pass.
 */
async function receiverWith(fault: (operation: string) => EngineFault | undefined) {
  const engine = await startFaultyEngine();
  closing.push(engine.close);
  engine.fault = (operation) => {
    const found = fault(operation);
    if (found === 'hang') passDeadlinesSoon(GIVEN_UP_AFTER);
    return found;
  };
  return { ...(await startReceiver({ endpoint: engine.endpoint })), engine };
}

describe('the same event', () => {
  test('50 times at once: one row, fifty 200s, 50 deliveries counted', async () => {
    const { deliver, store } = await startReceiver();
    const body = statusWebhook(randomUUID());
    const answers = await Promise.all(Array.from({ length: 50 }, () => deliver(body)));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    const results = answers.map((answer) => answer.body.result);
    expect(results.filter((result) => result === 'stored')).toHaveLength(1);
    expect(results.filter((result) => result === 'duplicate')).toHaveLength(49);
    const rows = await rowsIn(store, 'events');
    expect(rows).toMatchObject([{ webhook_deliveries: { N: '50' } }]);
  });

  test('with other content in its second delivery: the first content stays', async () => {
    const { deliver, store } = await startReceiver();
    const id = randomUUID();
    await deliver(statusWebhook(id, { support_key: 'first' }));
    await deliver(statusWebhook(id, { support_key: 'second' }));
    expect(await getEvent(store, id)).toMatchObject({ payload: { support_key: 'first' } });
  });
});

describe('the function dies', () => {
  test('after the write and before the answer: the retry is a 200, one row', async () => {
    let alive = false;
    const { deliver, store, engine } = await receiverWith(() => (alive ? undefined : 'do it, never answer'));
    const id = randomUUID();
    // The outcome of this call is lost: its process ends once the row exists.
    const dying = deliver(statusWebhook(id));
    await eventually(() => expect(engine.operations).toContain('UpdateItem'));
    await eventually(async () => expect(await rowCount(store)).toBe(1));
    passDeadlines(GIVEN_UP_AFTER);
    alive = true;
    expect((await deliver(statusWebhook(id))).body).toEqual({ result: 'duplicate' });
    expect(await rowsIn(store, 'events')).toMatchObject([{ id: { S: id }, webhook_deliveries: { N: '2' } }]);
    await dying;
  });

  test('before the write: no 200, no row; the retry stores it', async () => {
    let alive = false;
    const { deliver, store } = await receiverWith(() => (alive ? undefined : 'hang'));
    const id = randomUUID();
    expect((await deliver(statusWebhook(id))).status).toBe(503);
    expect(await rowCount(store)).toBe(0);
    alive = true;
    expect((await deliver(statusWebhook(id))).body).toEqual({ result: 'stored' });
  });
});

describe('an engine that fails: a 503 in time, never a 200, recovered later', () => {
  test('hangs: it accepts connections and never answers', async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => {
      sockets.add(socket);
      passDeadlinesSoon(GIVEN_UP_AFTER);
    }).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    closing.push(async () => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    const { port } = silent.address() as AddressInfo;
    const { deliver, invoke, account } = await startReceiver({ endpoint: `http://127.0.0.1:${port}` });
    const bodies = [statusWebhook(randomUUID()), 'not an event, but to be stored'];
    for (const body of bodies) expect((await deliver(body)).status).toBe(503);
    expect(sockets.size).toBeGreaterThan(0);
    // Requests that need no engine still get their answer.
    expect((await invoke(signed(openAccount(), bodies[0] as string))).status).toBe(401);
    expect((await invoke(signed(account, '{"data":{"id":"x","event_type":"message.sent"}}'))).status).toBe(200);
  });

  test('cannot be reached', async () => {
    const { deliver } = await startReceiver({ endpoint: 'http://127.0.0.1:1' });
    expect((await deliver(statusWebhook(randomUUID()))).status).toBe(503);
  });

  test.each([
    ['fails', { refuse: 500, type: 'InternalServerError' }],
    ['throttles', { refuse: 400, type: 'ProvisionedThroughputExceededException' }],
    ['throttles the account', { refuse: 400, type: 'RequestLimitExceeded' }],
    ['refuses our credentials', { refuse: 400, type: 'AccessDeniedException' }],
    ['lacks the table', { refuse: 400, type: 'ResourceNotFoundException' }],
    ['breaks in the middle', 'hang'],
  ] as const)('%s: the answer asks Telnyx for another attempt', async (_, fault) => {
    let broken = true;
    const { deliver, store, engine } = await receiverWith(() => (broken ? fault : undefined));
    const body = statusWebhook(randomUUID());
    const { status, headers } = await deliver(body);
    expect(status).toBe(503);
    expect(headers['retry-after']).toMatch(/^\d+$/);
    expect(engine.operations.length).toBeLessThanOrEqual(3);
    expect(log.lines()).toMatchObject([{ level: 'error', event: 'problem', status: 503 }]);
    broken = false;
    expect((await deliver(body)).status).toBe(200);
    expect(await rowsIn(store, 'events')).toHaveLength(1);
  });

  test('fails once: the SDK retries, 200', async () => {
    let failures = 1;
    const { deliver, store } = await receiverWith(() =>
      failures-- > 0 ? { refuse: 500, type: 'InternalServerError' } : undefined,
    );
    expect((await deliver(statusWebhook(randomUUID()))).body).toEqual({ result: 'stored' });
    expect(await rowsIn(store, 'events')).toMatchObject([{ webhook_deliveries: { N: '1' } }]);
  });

  const throttle = { refuse: 400, type: 'ProvisionedThroughputExceededException' } as const;
  const slowDown = { refuse: 400, type: 'ThrottlingException' } as const;
  const error = { refuse: 500, type: 'InternalServerError' } as const;
  test.each<[string, readonly EngineFault[]]>([
    ['throttles twice', [throttle, slowDown]],
    ['errs, then throttles', [error, throttle]],
    ['throttles, then errs', [throttle, error]],
    ['errs twice', [error, error]],
  ])('%s, then works: 30 of 30 webhooks get 200, and the pauses leave 1 s of the 1.2 s', async (_, faults) => {
    let left: EngineFault[] = [];
    const { deliver, store, engine } = await receiverWith(() => left.shift());
    // The longest random pauses.
    vi.spyOn(Math, 'random').mockReturnValue(1 - Number.EPSILON);
    for (let number = 1; number <= 30; number += 1) {
      left = [...faults];
      timers.pauses.length = 0;
      expect((await deliver(statusWebhook(randomUUID()))).body).toEqual({ result: 'stored' });
      expect(engine.operations).toHaveLength(3 * number);
      expect(sumOf(timers.pauses)).toBeLessThanOrEqual(200);
    }
    expect(await rowsIn(store, 'events')).toHaveLength(30);
  });

  test('freezes one connection: the next attempt takes another and has its full time', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1 - Number.EPSILON);
    let frozen = 0;
    const { deliver, store, engine } = await receiverWith(() => undefined);
    engine.fault = (_, connection) => {
      if (connection !== frozen) return undefined;
      setImmediate(() => timers.pass(500) || passDeadlines(GIVEN_UP_AFTER));
      return 'hang';
    };
    expect((await deliver(statusWebhook(randomUUID()))).status).toBe(200);
    frozen = 1;
    timers.pauses.length = 0;
    timers.timeOuts.length = 0;
    expect((await deliver(statusWebhook(randomUUID()))).body).toEqual({ result: 'stored' });
    expect(engine.operations).toHaveLength(3);
    const attempts = timers.timeOuts.filter(({ milliseconds }) => milliseconds === 500);
    expect(attempts).toHaveLength(2);
    expect(sumOf([500, ...timers.pauses, 500])).toBeLessThanOrEqual(GIVEN_UP_AFTER);
    expect(await rowsIn(store, 'events')).toHaveLength(2);
  });

  test('writes but loses its answer, and the SDK retries: 200, one row, whatever the clock says', async () => {
    vi.setSystemTime(Date.now() + 10 * 60_000);
    let losses = 1;
    const { deliver, store, engine } = await receiverWith(() => (losses-- > 0 ? 'do it, lose the answer' : undefined));
    const id = randomUUID();
    expect((await deliver(statusWebhook(id))).status).toBe(200);
    expect(engine.operations).toEqual(['UpdateItem', 'UpdateItem', 'UpdateItem']);
    expect(await rowsIn(store, 'events')).toMatchObject([{ id: { S: id } }]);
  });
});

describe('two versions of the function at once', () => {
  test('an attribute that this version does not know survives a delivery', async () => {
    const { deliver, store } = await startReceiver();
    const id = randomUUID();
    await deliver(statusWebhook(id));
    await store.client.send(
      new UpdateItemCommand({
        TableName: store.events,
        Key: { id: { S: id } },
        UpdateExpression: 'SET from_the_future = :value',
        ExpressionAttributeValues: { ':value': { L: [{ S: 'kept' }, { N: '1' }] } },
      }),
    );
    expect((await deliver(statusWebhook(id))).body).toEqual({ result: 'duplicate' });
    expect(await rowsIn(store, 'events')).toMatchObject([
      { from_the_future: { L: [{ S: 'kept' }, { N: '1' }] }, webhook_deliveries: { N: '2' } },
    ]);
    expect((await getEvent(store, id))?.ledger.webhook_deliveries).toBe(2);
  });

  test('a row with nothing but its id, from any version, is filled in', async () => {
    const { deliver, store } = await startReceiver();
    const id = randomUUID();
    await store.client.send(new UpdateItemCommand({ TableName: store.events, Key: { id: { S: id } } }));
    expect((await deliver(statusWebhook(id))).status).toBe(200);
    expect(await getEvent(store, id)).toMatchObject({ id, ledger: { first_seen_by: 'webhook' } });
  });
});

test('no log line, row or answer holds a whole signature; the log holds nothing of the payload', async () => {
  const { invoke, store, account } = await startReceiver();
  const requests = [
    signed(account, statusWebhook(randomUUID(), { customer_reference: 'Erika Mustermann' })),
    signed(account, 'not JSON, says Erika Mustermann'),
    signed(openAccount(), statusWebhook(randomUUID(), { customer_reference: 'Erika Mustermann' })),
    signed(account, '{"data":{"id":"x","event_type":"message.sent","payload":"Erika Mustermann"}}'),
  ];
  const answers = [];
  for (const request of requests) answers.push(await invoke(request));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 200]);
  const rows = JSON.stringify([await rowsIn(store, 'events'), await rowsIn(store, 'control')]);
  for (const { headers } of requests) {
    const signature = headers?.['telnyx-signature-ed25519'] as string;
    for (const place of [log.text(), rows, JSON.stringify(answers)])
      expect(place).not.toContain(signature.slice(0, 20));
  }
  expect(log.text()).not.toContain('Mustermann');
  expect(JSON.stringify(answers)).not.toContain('Mustermann');
});
