import type { Status } from '../answers.ts';
import { type Api, apiAt } from '../api.ts';
import { type Context, LEDGER } from '../context.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import { type Connection, keepConnection, readConnection } from '../kept-connection.ts';
import { putApiKey } from './api-key.ts';
import { type AwsOptions, awsClients } from './aws.ts';
import { checkClock, checkConcurrency, checkMail, checkPublicKey } from './checks.ts';
import { type Deployment, findDeployment } from './deployment.ts';
import { finishFirstSync } from './first-sync.ts';
import type { Mode } from './mode.ts';
import { type Report, reportOn, type Told } from './report.ts';
import { type ApiTokens, readApiTokens } from './secrets.ts';
import { proveWayBack } from './way-back.ts';
import { putWebhook } from './webhook.ts';
import { WHO_MAY } from './who-may.ts';

export interface SetupOptions extends AwsOptions {
  readonly stack: string;
  readonly check?: true;
  readonly dryRun?: true;
  readonly newApiKey?: true;
  readonly condition?: string;
  readonly yes?: true;
}

type Surrounded = Pick<Context, 'screen' | 'surroundings'>;

const CONSOLE_WITHIN = 10_000;

/** Connects a deployed ledger to Telnyx and to this machine, or checks that it is connected. */
export async function setUp({ screen, surroundings }: Surrounded, options: SetupOptions): Promise<ExitCode> {
  const mode: Mode = options.check ? 'check' : options.dryRun ? 'dry-run' : 'set up';
  const report = reportOn(screen);
  const aws = awsClients(options);
  const found = await report.step('stacks', async () => {
    const made = await findDeployment(aws, options.stack);
    return { outcome: 'fine', words: `deployed; webhooks come to ${made.webhookUrl}`, made };
  });
  if (found) await connect({ screen, surroundings }, { report, aws, deployment: found, mode, options });

  const toDo = report.steps.filter(({ outcome }) => outcome === 'to do').length;
  const exitCode = report.exitCode() || (mode === 'check' && toDo > 0 ? EXIT.bad : EXIT.fine);
  if (screen.json) screen.document({ data: { stack: options.stack, mode, steps: report.steps } });
  if (exitCode !== EXIT.fine && mode === 'set up') {
    screen.say(
      `Not everything is done. Do what the lines above say, and run it again: ${LEDGER} setup --stack ${options.stack}`,
    );
  }
  return exitCode;
}

interface Work {
  readonly report: Report;
  readonly aws: ReturnType<typeof awsClients>;
  readonly deployment: Deployment;
  readonly mode: Mode;
  readonly options: SetupOptions;
}

async function connect({ screen, surroundings }: Surrounded, work: Work): Promise<void> {
  const { report, aws, deployment, mode, options } = work;
  const { environment, clock } = surroundings;
  const leftOut = (name: string, words: string) => report.step(name, async () => ({ outcome: 'left out', words }));
  if (mode !== 'check') screen.say(WHO_MAY);

  const account = await report.step('API key', () =>
    putApiKey(aws.secrets, deployment, surroundings, { mode, isNew: options.newApiKey }),
  );
  const { condition } = options;
  if (account) {
    await report.step('webhook', () =>
      putWebhook(account, deployment.webhookUrl, { mode, condition, clock, say: screen.say }),
    );
  } else await leftOut('webhook', 'it needs the API key');

  const ledger = await report.step('API', () => reachApi({ screen, surroundings }, work));
  if (ledger) {
    const asked = { api: ledger.api, surroundings };
    if (account) await report.step('first sync', () => finishFirstSync(aws.lambda, deployment, asked, mode));
    else await leftOut('first sync', 'it needs the API key');
    const hasFailed = report.steps.some(({ outcome }) => outcome === 'failed');
    if (hasFailed) await leftOut('way back', 'it needs the steps before');
    else await report.step('way back', () => proveWayBack(asked, { mode, yes: options.yes }));
    const status = await report.step('clock', async () => {
      const { data: made } = await ledger.api.get<{ data: Status }>('/v2/status');
      return { ...checkClock(made), made };
    });
    if (status) await report.step('public key', () => checkPublicKey(ledger.api, status));
  }
  await report.step('concurrency', () => checkConcurrency(aws));
  await report.step('e-mail', () => checkMail(aws, deployment));

  if (!ledger || mode === 'check') return;
  await report.step('this machine', async () => keep(environment, ledger.connection, mode));
  if (mode === 'dry-run') return;
  if (environment.LEDGER_URL || environment.LEDGER_TOKEN) {
    screen.say('LEDGER_URL or LEDGER_TOKEN is set in this shell, and wins over the kept connection.');
  }
  if (screen.json) return;
  screen.print();
  // A token in a log is a token lost.
  const token = surroundings.stdout.isTTY ? `#token=${ledger.tokens.read}` : '';
  if (await hasConsole(deployment)) screen.print(`The console: ${deployment.apiUrl}/${token}`);
  screen.print(`Is all well: ${LEDGER} status`);
}

interface Reached {
  readonly api: Api;
  readonly tokens: ApiTokens;
  readonly connection: Connection;
}

async function reachApi(
  { screen, surroundings }: Surrounded,
  { aws, deployment }: Work,
): Promise<Told & { made: Reached }> {
  const tokens = await readApiTokens(aws.secrets, deployment.tokensSecret);
  const connection = { url: deployment.apiUrl, token: tokens.operate };
  const api = apiAt(connection, screen.say, surroundings.clock);
  await api.get('/v2/status');
  return { outcome: 'fine', words: `answers at ${deployment.apiUrl}`, made: { api, tokens, connection } };
}

/** False where the setting `console` is off. */
function hasConsole({ apiUrl }: Deployment): Promise<boolean> {
  return fetch(`${apiUrl}/`, { signal: AbortSignal.timeout(CONSOLE_WITHIN) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

function keep(environment: NodeJS.ProcessEnv, connection: Connection, mode: Mode): Told {
  const kept = readKept(environment);
  if (kept?.url === connection.url && kept.token === connection.token) {
    return { outcome: 'already', words: 'the command line asks this ledger' };
  }
  if (mode === 'dry-run') return { outcome: 'would do', words: 'keep address and token for the command line' };
  const path = keepConnection(environment, connection);
  return { outcome: 'done', words: `the command line asks this ledger from now on: address and token are in ${path}` };
}

/** A file that cannot be read is replaced. */
function readKept(environment: NodeJS.ProcessEnv): Connection | undefined {
  try {
    return readConnection(environment);
  } catch {
    return undefined;
  }
}
