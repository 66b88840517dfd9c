import { devNull } from 'node:os';
import { endBundler } from './bundle.ts';
import { CannotStart } from './cannot-start.ts';
import { engineFaults } from './engine-faults.ts';
import { type Local, type LocalOptions, startLocal } from './local.ts';
import { readSettings, type Settings } from './settings.ts';
import { type StopOptions, stopAtSignals } from './stop-signals.ts';

/** Options that `npm start` itself never sets. */
export type StartOptions = Omit<LocalOptions, 'log' | 'colour'> & Pick<StopOptions, 'stopWithinMs'>;

/** Runs the whole service, configured by environment variables, until Ctrl-C. Ends the process. */
export async function startCommand({ stopWithinMs, ...options }: StartOptions = {}): Promise<void> {
  // Functions see the time zone that they have on Lambda.
  process.env.TZ = 'UTC';
  // The host's own clients only call this machine: AWS settings, such as FIPS endpoints, are not meant for them.
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, { AWS_CONFIG_FILE: devNull, AWS_SHARED_CREDENTIALS_FILE: devNull });
  // It is no failure when the reader of a pipe goes away (npm start | head): the rest is not shown.
  process.stdout.on('error', () => {});
  const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;

  let local: Local | undefined;
  stopAtSignals({ stop: () => local?.stop(), log, ...(stopWithinMs !== undefined && { stopWithinMs }) });
  try {
    const settings = readSettings(process.env);
    const isEngineFault = engineFaults({ dataDir: settings.dataDir, isReady: () => local !== undefined, log, end });
    process.on('uncaughtException', (error) => {
      if (isEngineFault(error)) return;
      console.error(error);
      process.exit(1);
    });
    local = await startLocal(settings, { ...options, log, colour });
    await endBundler();
    announce(settings, local);
    log(`ready ${local.url}`);
  } catch (error) {
    if (!(error instanceof CannotStart)) throw error;
    end(error.message);
  }
}

function end(line: string): void {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

function announce(settings: Settings, { url, simulator, tokens }: Local): void {
  const { apiKey, publicKeys, tokens: given, dataDir, dynamodbEndpoint, seed = 1 } = settings;
  log(
    apiKey
      ? `upstream ${settings.telnyxBaseUrl}`
      : `upstream Telnyx simulator ${simulator?.url}, seed ${seed}; set TELNYX_API_KEY to use the real service`,
  );
  if (apiKey && publicKeys.length === 0) log('webhooks are refused until TELNYX_PUBLIC_KEY is set');
  log(`data ${dynamodbEndpoint ?? dataDir}`);
  log(`bus ${url}/_local/bus`);
  log(`notices ${url}/_local/notices`);
  // The owner knows the tokens that they have set.
  const isKnown = given.operate !== undefined;
  if (settings.console === 'on') log(`open ${url}/${isKnown ? '' : `#token=${tokens.operate}`}`);
  if (given.read === undefined) log(`API_READ_TOKEN=${tokens.read}`);
  if (given.operate === undefined) log(`API_OPERATE_TOKEN=${tokens.operate}`);
}
