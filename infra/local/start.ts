/** `npm start`: the whole service on this machine, until Ctrl-C. */
import './node-version.cjs';
import { endBundler } from './bundle.ts';
import { CannotStart } from './cannot-start.ts';
import { type Local, startLocal } from './local.ts';
import { readSettings, type Settings } from './settings.ts';

/** npm passes a signal on that the terminal has already sent to the whole group: one Ctrl-C may come twice. */
const SAME_SIGNAL_MS = 500;
const PARENT_LOOKED_FOR_MS = 250;
/** Whatever hangs, a stop ends before 5 s. */
const STOP_MS = 4700;

// Functions see the time zone that they have on Lambda.
process.env.TZ = 'UTC';
// A reader that went away (npm start | head) is no reason to fail: what cannot be shown is not.
process.stdout.on('error', () => {});

const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
let local: Local | undefined;
let stoppingSince: number | undefined;

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function stop(): Promise<void> {
  if (stoppingSince !== undefined) return;
  stoppingSince = Date.now();
  log('stopping');
  setTimeout(() => process.exit(1), STOP_MS).unref();
  await local?.stop();
  process.exit(0);
}

process.on('SIGINT', () => {
  if (stoppingSince !== undefined && Date.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(130);
  return stop();
});
process.on('SIGTERM', stop);
if (process.env.npm_lifecycle_event) {
  // A SIGTERM to npm ends npm and its shell, and would never arrive here: the loss of the parent has to stand in for it.
  const { ppid } = process;
  setInterval(() => process.ppid !== ppid && stop(), PARENT_LOOKED_FOR_MS).unref();
}

function announce(settings: Settings, { url, simulator, tokens }: Local): void {
  const { telnyx, publicKeys, generatedTokens, dataDir, dynamodbEndpoint, seed = 1 } = settings;
  log(
    telnyx
      ? `upstream ${telnyx.baseUrl}`
      : `upstream Telnyx simulator ${simulator?.url}, seed ${seed}; set TELNYX_API_KEY to use the real service`,
  );
  if (telnyx && publicKeys.length === 0) log('webhooks are refused until TELNYX_PUBLIC_KEY is set');
  log(`data ${dynamodbEndpoint ?? dataDir}`);
  log(`bus ${url}/_local/bus`);
  if (generatedTokens.includes('read')) log(`API_READ_TOKEN=${tokens.read}`);
  if (generatedTokens.includes('operate')) log(`API_OPERATE_TOKEN=${tokens.operate}`);
}

try {
  const settings = readSettings(process.env);
  local = await startLocal(settings, { log, colour });
  await endBundler();
  announce(settings, local);
  log(`ready ${local.url}`);
} catch (error) {
  if (!(error instanceof CannotStart)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
