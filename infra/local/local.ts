import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import * as realService from '../service.ts';
import { bundleFunctions, bundlePage } from './bundle.ts';
import { type Bus, type BusFaults, startBus } from './bus.ts';
import { busReporter } from './bus-lines.ts';
import { openDataDir } from './data-dir.ts';
import type { ServiceDescription } from './description.ts';
import type { FunctionRuntime, RuntimeOptions } from './function-runtime.ts';
import { startGateway } from './gateway.ts';
import { hostFunctions } from './hosted-functions.ts';
import { keptTokens, type LocalTokens } from './kept-tokens.ts';
import { busLine, noticeLine } from './lines.ts';
import { startNoticeBoard } from './notice-board.ts';
import { functionsFor } from './rules.ts';
import { runSchedules } from './schedule.ts';
import { startSecrets } from './secrets.ts';
import { settingValues } from './setting-values.ts';
import type { Settings } from './settings.ts';
import { type AccountOptions, startSimulatedAccount } from './simulated-account.ts';
import type { Simulator } from './simulator/simulator.ts';
import { atMost, sleep as sleepFor } from './sleep.ts';
import { startTables } from './start-tables.ts';

/** The whole service on this machine, while it runs. */
export interface Local {
  readonly url: string;
  readonly tokens: LocalTokens;
  /** Absent when the settings name a real upstream. */
  readonly simulator: Simulator | undefined;
  readonly dynamodbEndpoint: string;
  readonly bus: Bus;
  /** The engine's name for a table of the description. */
  readonly tableName: (table: string) => string;
  /** Invokes a function by hand, as `aws lambda invoke` would. */
  readonly invoke: FunctionRuntime['invoke'];
  /** Takes nothing new, gives running work some seconds to finish, and leaves everything on disk. */
  stop(): Promise<void>;
}

/** `loadSeconds` is 60 by default. `sleep` is how a stop waits. */
export interface LocalOptions extends Pick<RuntimeOptions, 'loadSeconds' | 'sleep'> {
  /** A line to show. */
  readonly log: (line: string) => void;
  readonly colour?: boolean;
  /** Tests supply a small one. */
  readonly service?: ServiceDescription;
  /** Overrides the simulator's own options. */
  readonly simulator?: Partial<AccountOptions['simulator']>;
  readonly busFaults?: BusFaults;
}

const ROOT = resolve(import.meta.dirname, '../..');
/** What `stop` ends. It has 4.7 s for all of it. */
const GRACE_MS = 3500;
const LAST_ANSWERS_MS = 300;
/** Lambda's own limit is 10 s. Here all functions load at once, and the machine may be busy. */
const LOAD_SECONDS = 60;

type Cleanup = (close: () => unknown) => void;

/**
 * Starts everything that `infra/service.ts` describes: engine and tables, secrets, bus, functions, HTTP, schedules, and
 * the simulator when no real Telnyx is set. When it resolves, requests are answered without delay and the first sync
 * begins.
 *
 * @throws {CannotStart} with a line that says what to do; everything that was started is stopped again
 * @example const local = await startLocal(readSettings({ PORT: '0', DATA_DIR: folder }), { log: console.log });
 */
export async function startLocal(settings: Settings, options: LocalOptions): Promise<Local> {
  const started: (() => unknown)[] = [];
  async function undo(): Promise<void> {
    for (const close of started.splice(0).reverse()) await close();
  }
  try {
    return await start(settings, options, (close) => started.push(close), undo);
  } catch (error) {
    await undo();
    throw error;
  }
}

async function start(
  settings: Settings,
  options: LocalOptions,
  cleanup: Cleanup,
  undo: () => Promise<void>,
): Promise<Local> {
  const { log, colour = false, service = realService } = options;
  const { loadSeconds = LOAD_SECONDS, sleep = sleepFor } = options;
  const { seed = 1 } = settings;
  // Simulated events must never mix with real ones.
  const tableName = (table: string): string => `port-in-ledger-${settings.apiKey ? '' : `simulator-${seed}-`}${table}`;
  const secretId = (secret: string): string => `port-in-ledger/${secret}`;
  const apiKey = settings.apiKey ?? randomBytes(16).toString('hex');

  async function kept<Part extends { close(): unknown }>(starting: Promise<Part>): Promise<Part> {
    const part = await starting;
    cleanup(() => part.close());
    return part;
  }

  await openDataDir(settings.dataDir);
  const tokens = await keptTokens(settings.dataDir, settings.tokens);
  const board = await kept(startNoticeBoard((subject) => log(noticeLine(subject, { colour }))));
  // Functions need the gateway's address, so it opens first. Requests that come before they are ready wait for them.
  const hosting = Promise.withResolvers<FunctionRuntime>();
  const showOnBus = busReporter(log, (event) => busLine(event, { colour }));
  const bundlesIn = join(settings.dataDir, 'functions');
  const [bundles, dynamodbEndpoint, secrets, bus, account] = await allStarted([
    bundleFunctions(entriesOf(service), { root: ROOT, outdir: bundlesIn }),
    startTables(settings, service, { tableName, cleanup, log }),
    kept(
      startSecrets({
        [secretId('telnyxApiKey')]: apiKey,
        [secretId('apiTokens')]: JSON.stringify({ read: [tokens.read], operate: [tokens.operate] }),
        [secretId('chatWebhooks')]: JSON.stringify(board.webhooks),
      }),
    ),
    kept(
      startBus({
        name: 'port-in-ledger',
        onEvent(event) {
          showOnBus(event);
          for (const name of functionsFor(event, service.rules)) {
            void hosting.promise.then((runtime) => runtime.invoke(name, event));
          }
        },
        ...(options.busFaults && { faults: options.busFaults }),
      }),
    ),
    settings.apiKey
      ? undefined
      : kept(
          startSimulatedAccount({
            path: join(settings.dataDir, `simulator-${seed}.json`),
            seed,
            simulator: { ...options.simulator, apiKey },
          }),
        ),
    realService.showing in service.functions ? bundlePage(bundlesIn) : undefined,
  ] as const);

  const { webhook, defaultRoute, schedules } = service;
  const isShown = settings.console === 'on';
  const routes = service.routes.filter((route) => isShown || route.function !== realService.showing);
  const gateway = await startGateway({
    port: settings.port,
    webhook,
    routes,
    defaultRoute,
    invoke: async (name, event) => (await hosting.promise).invoke(name, event),
    pages: {
      '/_local/bus': (query) => ({ data: eventsOn(bus, query.get('detail-type')) }),
      '/_local/notices': () => ({ data: board.deliveries() }),
    },
  });
  cleanup(gateway.cut);
  const webhookUrl = gateway.url + webhook.path;

  const runtime = await hostFunctions({
    functions: service.functions,
    webhook,
    bundles,
    names: {
      tableName,
      secretId,
      bus: bus.name,
      noticeTopic: board.topic,
      settings: settingValues(settings, account?.simulator, { apiUrl: gateway.url, webhookUrl }),
    },
    endpoints: {
      AWS_ENDPOINT_URL_DYNAMODB: dynamodbEndpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      AWS_ENDPOINT_URL_EVENTBRIDGE: bus.endpoint,
      AWS_ENDPOINT_URL_SNS: board.endpoint,
    },
    loadSeconds,
    sleep,
    log,
    colour,
  });
  cleanup(() => runtime.close(0));
  hosting.resolve(runtime);
  account?.simulator.sendWebhooksTo(webhookUrl);
  const stopSchedules = runSchedules({
    schedules,
    everySeconds: settings.syncIntervalSeconds,
    morning: settings,
    invoke: runtime.invoke,
  });

  async function stop(): Promise<void> {
    stopSchedules();
    const answered = gateway.close();
    await runtime.close(GRACE_MS);
    await atMost(LAST_ANSWERS_MS, answered, sleep);
    await undo();
  }

  let stopping: Promise<void> | undefined;
  return {
    url: gateway.url,
    tokens,
    simulator: account?.simulator,
    dynamodbEndpoint,
    bus,
    tableName,
    invoke: runtime.invoke,
    stop: () => (stopping ??= stop()),
  };
}

function eventsOn(bus: Bus, detailType: string | null): ReturnType<Bus['events']> {
  return bus.events().filter((event) => detailType === null || event['detail-type'] === detailType);
}

function entriesOf({ functions }: ServiceDescription): Record<string, string> {
  return Object.fromEntries(Object.entries(functions).map(([name, { entry }]) => [name, entry]));
}

/** Like Promise.all, but a rejection waits for the other promises: nothing may start after everything was stopped. */
async function allStarted<const Starting extends readonly unknown[]>(
  starting: Starting,
): Promise<{ -readonly [Index in keyof Starting]: Awaited<Starting[Index]> }> {
  await Promise.allSettled(starting);
  return Promise.all(starting);
}
