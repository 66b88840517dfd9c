import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type EventsApi, type EventsApiOptions, startEventsApi } from '../../../infra/local/simulator/events-api.ts';
import { begin, type Ran, type Running } from '../run.ts';
import { event, eventId, status } from '../samples.ts';
import { type Answer, type Routes, type StubLedger, stubLedger, TOKEN } from '../stub-ledger.ts';
import { type StubAws, stubAws } from './stub-aws.ts';

export const API_KEY = 'KEY0123456789abcdef';
export const WEBHOOK_URL = 'https://abcdef.lambda-url.us-east-1.on.aws/';
export const READ_TOKEN = 'a-read-token-0123';

export interface Deployed {
  readonly aws: StubAws;
  readonly ledger: StubLedger;
  /** The account at Telnyx. */
  readonly telnyx: EventsApi;
  /** The folder of the command line's user. */
  readonly home: string;
  /** Runs a command on this input to its end, with this in its environment. */
  readonly run: (args: readonly string[], more?: { input?: readonly string[]; environment?: object }) => Promise<Ran>;
  readonly begin: (args: readonly string[], input?: readonly string[]) => Running;
  /** What Telnyx was asked to make or delete: `POST /v2/notification_profiles`. */
  readonly changes: () => readonly string[];
}

const NEWEST = `/v2/porting/events/${eventId(1)}`;
const withWebhooks = (deliveries: number, lastAt: string | null = null) =>
  event(1, undefined, { ledger: { ...event(1).ledger, webhook_deliveries: deliveries, webhook_last_at: lastAt } });

/** The newest event, whose webhook came at this instant. */
export const deliveredAt = (at: string | null): Answer => ({ body: { data: [withWebhooks(2, at)], meta: {} } });

/** A ledger that has synced, and whose newest event's webhook comes back. */
export const SYNCED: Routes = {
  'GET /': { body: '<html>' },
  'GET /v2/status': { body: { data: status({ channels: [] }) } },
  'GET /v2/porting/events': deliveredAt(null),
  [`GET ${NEWEST}`]: [{ body: { data: withWebhooks(2) } }, { body: { data: withWebhooks(3) } }] satisfies Answer[],
  [`POST ${NEWEST}/republish`]: { status: 204 },
};

/** A deployed ledger at AWS, and an account at Telnyx whose key is not stored yet. */
export async function deployed(
  routes: Routes = SYNCED,
  { notifications = { settlesAfterMs: 0 }, ...more }: Partial<EventsApiOptions> = {},
): Promise<Deployed> {
  const [aws, ledger, telnyx, home] = await Promise.all([
    stubAws(),
    stubLedger(routes),
    startEventsApi({ apiKey: API_KEY, requestsPerSecond: Number.POSITIVE_INFINITY, notifications, ...more }),
    mkdtemp(join(tmpdir(), 'ledger-home-')),
  ]);
  onTestFinished(telnyx.close);
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  aws.stacks.set('PortInLedger-Data', { TelnyxApiKeySecret: 'arn:key', ApiTokensSecret: 'arn:tokens', BusName: 'bus' });
  aws.stacks.set('PortInLedger-Service', {
    WebhookUrl: WEBHOOK_URL,
    ApiUrl: ledger.url,
    SyncFunction: 'sync',
    AlarmTopic: 'arn:alarms',
  });
  aws.functions.set('sync', { TELNYX_BASE_URL: telnyx.url });
  aws.secrets.set('arn:key', undefined);
  aws.secrets.set('arn:tokens', JSON.stringify({ read: [{ name: 'desk', token: READ_TOKEN }], operate: [TOKEN] }));
  aws.topics.set('arn:alarms', [{ protocol: 'email', endpoint: 'owner@example.com', arn: 'arn:aws:sns:1' }]);

  const beginAs = (args: readonly string[], input: readonly string[] = [], environment: object = {}) =>
    begin(args, { HOME: home, ...environment }, input);
  return {
    aws,
    ledger,
    telnyx,
    home,
    run: (args, { input = [], environment = {} } = {}) => beginAs(args, input, environment).ended,
    begin: beginAs,
    changes: () =>
      telnyx.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`),
  };
}

/** `setup` of this ledger. */
export const SETUP = ['setup', '--stack', 'PortInLedger'] as const;

/** The outcome of each step, by its name. */
export function outcomesIn({ stdout }: Ran): Readonly<Record<string, string>> {
  const { data } = JSON.parse(stdout) as { data: { steps: { step: string; outcome: string }[] } };
  return Object.fromEntries(data.steps.map(({ step, outcome }) => [step, outcome]));
}

/** What a step said. */
export function wordsOf({ stdout }: Ran, step: string): string {
  const { data } = JSON.parse(stdout) as { data: { steps: { step: string; words: string }[] } };
  return data.steps.find((one) => one.step === step)?.words ?? '';
}
