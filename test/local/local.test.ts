import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CannotStart } from '../../infra/local/cannot-start.ts';
import type { FunctionDescription, ServiceDescription } from '../../infra/local/description.ts';
import { dynamodbClient } from '../../infra/local/dynamodb.ts';
import { type Local, type LocalOptions, startLocal } from '../../infra/local/local.ts';
import { readSettings } from '../../infra/local/settings.ts';
import { functions as realFunctions, routes as realRoutes, type SettingName, showing } from '../../infra/service.ts';
import { eventually } from '../eventually.ts';
import { stoppedClock } from './clock.ts';
import { closedGate } from './gate.ts';
import { damage, everythingIn } from './level-store.ts';
import { temporaryFolder, writeHandlers } from './stub-functions.ts';

const echo = `
  import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
  import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
  const dynamodb = new DynamoDBClient();
  const secrets = new SecretsManagerClient();
  const { THINGS_TABLE: TableName, TOKENS: SecretId, KEYS, UPSTREAM } = process.env;
  export const handler = async ({ pathParameters, requestContext, body, gate }) => {
    if (gate) await fetch(gate);
    const id = pathParameters?.id ?? 'run';
    if (requestContext?.http.method !== 'GET') {
      await dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: id }, body: { S: body ?? 'scheduled' } } }));
      process.stdout.write(JSON.stringify({ level: 'info', event: 'put', id }) + '\\n');
      return { statusCode: 204 };
    }
    if (id === 'fail') throw new Error('as told');
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key: { id: { S: id } } }));
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId }));
    return { statusCode: 200, body: JSON.stringify({ body: Item?.body.S, SecretString, TableName, KEYS, UPSTREAM }) };
  };`;

const publish = `
  import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
  const eventbridge = new EventBridgeClient();
  const { EVENT_BUS, ...told } = process.env;
  export const handler = async ({ requestContext, types = ['told'] }) => {
    if (requestContext) return { statusCode: 200, body: '{}' };
    const Entries = types.map((DetailType) => {
      const Detail = JSON.stringify({ revision: 1, order: { id: 'o1', status: { value: 'ported' } }, told });
      return { EventBusName: EVENT_BUS, Source: 'test', DetailType, Detail };
    });
    const { Entries: results } = await eventbridge.send(new PutEventsCommand({ Entries }));
    process.stdout.write(JSON.stringify({ _aws: {}, EventsPublished: results.length }) + '\\n');
    return results.map(({ ErrorCode = 'taken' }) => ErrorCode);
  };`;

const settings = [
  'ledgerName',
  'apiUrl',
  'webhookUrl',
  'webhookTypes',
  'graceMinutes',
  'overdueAfter',
  'retainDays',
  'healing',
  'healingPerDay',
] as const satisfies SettingName[];

async function describeService(source = echo, changes: Partial<ServiceDescription> = {}): Promise<ServiceDescription> {
  const { echo: entry = '' } = await writeHandlers({ echo: source });
  const described: FunctionDescription = {
    does: 'puts and gets',
    entry,
    memoryMegabytes: 128,
    timeoutSeconds: 3600,
    environment: {
      THINGS_TABLE: { table: 'things' },
      TOKENS: { secret: 'apiTokens' },
      KEYS: { setting: 'telnyxPublicKey' },
      UPSTREAM: { setting: 'telnyxBaseUrl' },
      EVENT_BUS: { bus: 'bus' },
      ...Object.fromEntries(settings.map((setting) => [setting, { setting }])),
    },
  };
  return {
    tables: { things: { holds: 'things', partitionKey: 'id', timeToLive: 'expires_at', indexes: {} } },
    functions: { echo: described },
    webhook: { function: 'echo', path: '/hook' },
    routes: [
      { method: 'GET', path: '/things/{id}', function: 'echo', token: 'none' },
      { method: 'POST', path: '/things/{id}', function: 'echo', token: 'none' },
    ],
    defaultRoute: { function: 'echo' },
    schedules: [],
    rules: [],
    ...changes,
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

type Started = Local & { readonly lines: readonly string[] };

interface StartOptions extends Partial<LocalOptions> {
  readonly service: ServiceDescription;
  readonly syncIntervalSeconds?: number;
}

/** The service on a machine that may be slow, with an account in which nothing happens. */
async function startWith(
  environment: Record<string, string>,
  { syncIntervalSeconds, ...options }: StartOptions,
): Promise<Started> {
  const lines: string[] = [];
  const settings = readSettings({ PORT: '0', ...environment });
  const local = await startLocal(
    { ...settings, ...(syncIntervalSeconds !== undefined && { syncIntervalSeconds }) },
    {
      log: (line) => lines.push(line),
      simulator: { history: 3, ordersPerMinute: 0, speed: 0.001 },
      loadSeconds: 3600,
      ...options,
    },
  );
  onTestFinished(local.stop);
  return { ...local, lines };
}

async function get(local: Local, path: string) {
  const response = await fetch(local.url + path);
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

const put = async (local: Local, id: string, body: string): Promise<number> =>
  (await fetch(`${local.url}/things/${id}`, { method: 'POST', body, headers: { 'content-type': 'text/plain' } }))
    .status;

describe('the service on this machine', () => {
  it('gives functions tables, secrets and settings through the SDK’s variables and their own', async () => {
    const local = await startWith({ DATA_DIR: await temporaryFolder() }, { service: await describeService() });
    expect(await put(local, 'one', 'kept')).toBe(204);
    const { status, body } = await get(local, '/things/one');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      body: 'kept',
      TableName: local.tableName('things'),
      KEYS: local.simulator?.publicKey,
    });
    expect(body.UPSTREAM).toBe(local.simulator?.url);
    expect(JSON.parse(body.SecretString ?? '')).toEqual({ read: [local.tokens.read], operate: [local.tokens.operate] });
    expect(local.lines).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\dZ echo {6}put {7}id=one$/)]);
  });

  it('gives functions a bus, and shows each event on it as a line and at /_local/bus, the newest first', async () => {
    const refused: Record<string, string> = { second: 'ThrottlingException' };
    const local = await startWith(
      { DATA_DIR: await temporaryFolder() },
      {
        service: await describeService(publish),
        busFaults: { entry: ({ DetailType = '' }) => refused[DetailType] },
      },
    );
    const outcome = await local.invoke('echo', { types: ['first', 'second', 'third'] });
    expect(outcome).toEqual({ payload: '["taken","ThrottlingException","taken"]' });
    expect(local.lines).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\dZ bus {7}first {5}ported order=o1 revision=1$/),
      expect.stringMatching(/^\d\d:\d\d:\d\dZ bus {7}third {5}ported order=o1 revision=1$/),
    ]);
    const shown = async (query = ''): Promise<unknown> => (await get(local, `/_local/bus${query}`)).body.data;
    expect(await shown()).toMatchObject([{ 'detail-type': 'third', source: 'test' }, { 'detail-type': 'first' }]);
    expect(await shown('?detail-type=first')).toEqual([local.bus.events()[1]]);
    expect(await shown('?detail-type=')).toEqual([]);
  });

  it.each([
    ['on', /^<!doctype html>/],
    ['off', /^\{\}$/],
  ])('with CONSOLE=%s, asked for its page it answers %s', async (CONSOLE, answer) => {
    const { functions, routes, ...described } = await describeService(publish);
    const service = {
      ...described,
      functions: { ...functions, [showing]: realFunctions[showing] },
      routes: [...routes, ...realRoutes.filter((route) => route.function === showing)],
    };
    const local = await startWith({ DATA_DIR: await temporaryFolder(), CONSOLE }, { service });
    expect(await (await fetch(local.url)).text()).toMatch(answer);
  });

  it('hands each event on the bus to the functions whose rule it matches', async () => {
    const rule = (types: readonly string[], orderStatus: string) => ({
      name: 'a',
      function: 'echo',
      types,
      orderStatus,
    });
    const rules = [rule(['first'], 'ported'), rule(['second', 'third'], 'draft'), rule(['other'], 'ported')];
    const local = await startWith(
      { DATA_DIR: await temporaryFolder() },
      { service: await describeService(publish, { rules }) },
    );
    await local.invoke('echo', { types: ['first', 'second', 'third'] });
    const types = () => local.bus.events().map((event) => event['detail-type']);
    await eventually(() => expect(types()).toContain('told'));
    expect(types().toReversed()).toEqual(['first', 'second', 'third', 'told']);
  });

  it.for<[string, Record<string, string>, Record<string, string>]>([
    [
      'by default',
      {},
      { webhookTypes: 'learned', graceMinutes: '1', overdueAfter: 'default', retainDays: 'none', healing: 'off' },
    ],
    [
      'as set',
      {
        WEBHOOK_TYPES: 'none',
        GRACE_MINUTES: '0',
        OVERDUE_AFTER: 'draft=2',
        RETAIN_DAYS: '31',
        HEALING: 'republish',
        HEALING_PER_DAY: '3',
      },
      {
        webhookTypes: 'none',
        graceMinutes: '0',
        overdueAfter: 'draft=2',
        retainDays: '31',
        healing: 'republish',
        healingPerDay: '3',
      },
    ],
  ])('gives functions their addresses, and the settings %s', async ([, environment, expected]) => {
    const service = await describeService(publish);
    const local = await startWith({ DATA_DIR: await temporaryFolder(), ...environment }, { service });
    await local.invoke('echo', {});
    const { told } = local.bus.events()[0]?.detail as { told: Record<string, string> };
    expect(told).toMatchObject({
      ledgerName: 'local',
      apiUrl: local.url,
      webhookUrl: `${local.url}/hook`,
      healingPerDay: '50',
      ...expected,
    });
    // A function refuses to start with an empty key.
    expect(settings.filter((name) => !told[name])).toEqual([]);
    expect((await fetch(told.webhookUrl ?? '', { method: 'POST' })).status).toBe(200);
  });

  it('holds a request that comes before the functions are up', async () => {
    const loaded = join(await temporaryFolder(), 'loaded');
    const slow = `
      import { existsSync } from 'node:fs';
      while (!existsSync('${loaded}')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      ${echo}`;
    const port = await freePort();
    const service = await describeService(slow);
    const starting = startWith({ DATA_DIR: await temporaryFolder(), PORT: String(port) }, { service });
    const early = await eventually(async () => {
      const asked = request(`http://127.0.0.1:${port}/things/early`, { method: 'POST' });
      asked.end();
      await once(asked, 'finish');
      return { answered: once(asked, 'response') };
    });
    await writeFile(loaded, '');
    const [answer] = await early.answered;
    expect(answer.statusCode).toBe(204);
    await starting;
  });

  it('shows a failure as a line, and reveals nothing to the caller', async () => {
    const local = await startWith({ DATA_DIR: await temporaryFolder() }, { service: await describeService() });
    expect(await get(local, '/things/fail')).toEqual({ status: 500, body: { message: 'Internal Server Error' } });
    expect(local.lines).toEqual([expect.stringMatching(/ echo +failed +type=Error message=as told$/)]);
  });

  it('keeps its data and its simulated account across a restart', async () => {
    const DATA_DIR = await temporaryFolder();
    const service = await describeService();
    const first = await startWith({ DATA_DIR }, { service });
    await put(first, 'one', 'kept');
    const events = first.simulator?.events() ?? [];
    expect(events.length).toBeGreaterThan(3);
    await first.stop();

    const second = await startWith({ DATA_DIR }, { service });
    expect((await get(second, '/things/one')).body).toMatchObject({ body: 'kept' });
    expect(second.simulator?.events()).toEqual(events);
    await second.stop();

    const another = await startWith({ DATA_DIR, SEED: '2' }, { service });
    expect((await get(another, '/things/one')).body).not.toHaveProperty('body');
    expect(another.simulator?.events()).not.toEqual(events);
  });

  it('after an unclean stop, repairs the indexes, says so in one line, and drops their day counts', async () => {
    const DATA_DIR = await temporaryFolder();
    const path = join(DATA_DIR, 'dynamodb');
    const by_time = { partitionKey: 'kind', sortKey: 'at', include: [] };
    const service = await describeService(echo, {
      tables: {
        things: { holds: 'things', partitionKey: 'id', indexes: {} },
        events: { holds: 'events', partitionKey: 'id', indexes: { by_time } },
        control: { holds: 'counts', partitionKey: 'kind', sortKey: 'id', indexes: {} },
      },
    });
    const first = await startWith({ DATA_DIR }, { service });
    const client = dynamodbClient(first.dynamodbEndpoint);
    const put = (table: string, Item: Record<string, AttributeValue>) =>
      client.send(new PutItemCommand({ TableName: first.tableName(table), Item }));
    await put('events', { id: { S: 'e1' }, kind: { S: 'event' }, at: { S: '2026-01-01' } });
    for (const kind of ['counted-through', 'day-counts', 'doubtful-day']) {
      await put('control', { kind: { S: kind }, id: { S: 'x' } });
    }
    client.destroy();
    await first.stop();

    const held = await everythingIn(path);
    const entry = Object.keys(held).find((key) => key.startsWith('index-')) ?? expect.fail('there is no entry');
    await damage(path, [{ type: 'del', key: entry }]);
    const second = await startWith({ DATA_DIR }, { service });
    expect(second.lines).toContain('mended 1 index entry: the last stop cut writes off half-way');
    await second.stop();
    const counts = (key: string) => key.startsWith(`item-${second.tableName('control')}~`);
    const left = Object.entries(await everythingIn(path)).filter(([key]) => counts(key));
    expect(left.map(([, row]) => JSON.parse(row).kind.S)).toEqual(['doubtful-day']);

    const third = await startWith({ DATA_DIR }, { service });
    expect(third.lines.filter((line) => line.startsWith('mended'))).toEqual([]);
  });

  it('keeps simulated and real events in different tables', async () => {
    const DATA_DIR = await temporaryFolder();
    const service = await describeService();
    const simulated = await startWith({ DATA_DIR }, { service });
    await put(simulated, 'one', 'invented');
    await simulated.stop();
    const real = { TELNYX_API_KEY: 'KEY0', TELNYX_BASE_URL: 'http://127.0.0.1:9/v2' };
    const local = await startWith({ DATA_DIR, ...real }, { service });
    const { body } = await get(local, '/things/one');
    expect(body).not.toHaveProperty('body');
    expect(body.UPSTREAM).toBe(real.TELNYX_BASE_URL);
    expect(local.simulator).toBeUndefined();
    // The real key is not known; this one, whose private half no one has, stands in.
    expect(Buffer.from(body.KEYS ?? '', 'base64')).toHaveLength(32);
  });

  it('runs schedules from the start', async () => {
    const schedules: ServiceDescription['schedules'] = [
      { name: 's', function: 'echo', runs: { everyMinutes: 5 }, input: {} },
    ];
    const service = await describeService(echo, { schedules });
    const local = await startWith({ DATA_DIR: await temporaryFolder() }, { service, syncIntervalSeconds: 0.05 });
    await eventually(() => expect(local.lines.length).toBeGreaterThan(1));
    expect((await get(local, '/things/run')).body).toMatchObject({ body: 'scheduled' });
  });

  it('on a stop, finishes running functions, and their writes are there', async () => {
    const DATA_DIR = await temporaryFolder();
    const service = await describeService();
    const first = await startWith({ DATA_DIR }, { service, sleep: stoppedClock().sleep });
    const gate = await closedGate();
    const running = first.invoke('echo', { gate: gate.url, body: 'late' });
    await eventually(() => expect(gate.waiting()).toBe(1));
    const stopped = first.stop();
    gate.open();
    await stopped;
    expect(await running).toEqual({ payload: '{"statusCode":204}' });
    await expect(fetch(first.url)).rejects.toThrow();
    const second = await startWith({ DATA_DIR }, { service });
    expect((await get(second, '/things/run')).body).toMatchObject({ body: 'late' });
  });

  it('stops within 5 s whatever runs', async () => {
    const [gate, clock] = [await closedGate(), stoppedClock()];
    const service = await describeService();
    const local = await startWith({ DATA_DIR: await temporaryFolder() }, { service, sleep: clock.sleep });
    const running = local.invoke('echo', { gate: gate.url });
    await eventually(() => expect(gate.waiting()).toBe(1));
    // A caller that never sends the rest never gets its answer.
    const caller = connect(Number(new URL(local.url).port), '127.0.0.1').on('error', () => {});
    caller.write('POST /things/half HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n');
    await once(caller, 'data');

    const over = vi.fn();
    local.stop().then(over);
    await eventually(async () => {
      await clock.pass(1000);
      expect(over).toHaveBeenCalled();
    });
    // The engine may take another 300 ms, and `npm start` gives it 4.7 s in all.
    expect(clock.asked).toEqual([3500, 300]);
    expect(await running).toMatchObject({ error: { errorType: 'Sandbox.Stopped' } });
  });

  it('stops everything that it has started when one part cannot start', async () => {
    const DATA_DIR = await temporaryFolder();
    const broken = await describeService('throw new Error("MISSING is not set\\n in two lines");');
    const PORT = String(await freePort());
    const starting = startWith({ DATA_DIR, PORT }, { service: broken });
    await expect(starting).rejects.toThrow(CannotStart);
    await expect(starting).rejects.toThrow('The function echo cannot be loaded: MISSING is not set in two lines');
    await expect(fetch(`http://127.0.0.1:${PORT}`)).rejects.toThrow();

    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const service = await describeService();
    await expect(startWith({ DATA_DIR, PORT: String(port) }, { service })).rejects.toThrow(/is in use: set PORT/);
    // The folder is free again.
    await startWith({ DATA_DIR }, { service });
    await expect(startWith({ DATA_DIR }, { service })).rejects.toThrow(/^DATA_DIR is in use/);
  });

  it('says that an engine elsewhere does not answer', async () => {
    const service = await describeService();
    const DATA_DIR = join(await temporaryFolder(), 'data');
    const starting = startWith({ DATA_DIR, DYNAMODB_ENDPOINT: 'http://127.0.0.1:9' }, { service });
    await expect(starting).rejects.toThrow(/^DYNAMODB_ENDPOINT http:\/\/127\.0\.0\.1:9 does not answer.*ECONNREFUSED/);
  });

  it('says that an engine elsewhere hangs, after 10 s', async () => {
    const gate = await closedGate();
    const late = new AbortController();
    const limit = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(late.signal);
    onTestFinished(() => limit.mockRestore());
    const service = await describeService();
    const DATA_DIR = join(await temporaryFolder(), 'data');
    const starting = startWith({ DATA_DIR, DYNAMODB_ENDPOINT: gate.url }, { service });
    const said = expect(starting).rejects.toThrow(/^DYNAMODB_ENDPOINT http:\S+ does not answer/);
    await eventually(() => expect(gate.waiting()).toBe(1));
    expect(limit.mock.calls).toEqual([[10_000]]);
    late.abort();
    await said;
  });

  it('works on an engine elsewhere', async () => {
    const service = await describeService();
    const host = await startWith({ DATA_DIR: await temporaryFolder() }, { service });
    const DATA_DIR = await temporaryFolder();
    const guest = await startWith({ DATA_DIR, DYNAMODB_ENDPOINT: host.dynamodbEndpoint, SEED: '9' }, { service });
    expect(guest.dynamodbEndpoint).toBe(host.dynamodbEndpoint);
    await put(guest, 'one', 'there');
    expect((await get(guest, '/things/one')).body).toMatchObject({ body: 'there' });
  });
});
