import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { PATIENCE } from './patience.ts';
import { signalGroup } from './process-group.ts';

/** MiniStack, running. */
export interface MiniStack {
  /** The environment of every `cdk` command: the endpoint and test credentials. */
  readonly environment: Readonly<Record<string, string>>;
  readonly endpoint: URL;
  readonly version: string;
  /** Whether it enforces IAM. */
  readonly auth: string;
  /** The end of what it printed. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

/** Whom its certificate is for: APIs have names of their own. */
const NAMES = ['127.0.0.1', 'localhost', '*.execute-api.localhost'];

/**
 * Starts MiniStack with its state in memory, on a free port of 127.0.0.1. It enforces IAM, and speaks TLS, because the
 * bucket that `cdk bootstrap` makes refuses everything else.
 *
 * @param bin of the Python that has MiniStack
 * @param folder for everything that it writes
 * @param signal ends the start; afterwards `stop` does
 */
export async function startMiniStack(bin: string, folder: string, signal: AbortSignal): Promise<MiniStack> {
  const python = join(bin, 'python');
  const [home, temporary, tls] = await Promise.all(['home', 'tmp', 'tls'].map((name) => made(join(folder, name))));
  if (!home || !temporary || !tls) throw new Error('unreachable: three names give three folders');
  await promisify(execFile)(python, ['-m', 'trustme', '--quiet', '--dir', tls, '-i', ...NAMES]);
  const [authority, certificate, key] = ['client.pem', 'server.pem', 'server.key'].map((name) => join(tls, name));
  if (!authority || !certificate || !key) throw new Error('unreachable: three names give three paths');
  setDefaultCACertificates([...getCACertificates('default'), await readFile(authority, 'utf8')]);

  const port = await freePort();
  const endpoint = new URL(`https://127.0.0.1:${port}`);
  // The functions run on the first `node` of the PATH: this one, the version that service.ts asks Lambda for.
  const environment = {
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    HOME: home,
    TMPDIR: temporary,
    AWS_ENDPOINT_URL: endpoint.origin,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    NODE_EXTRA_CA_CERTS: authority,
  };
  const logPath = join(folder, 'ministack.log');
  const output = await open(logPath, 'w');
  // Not with its own command, which also binds port 443 once it speaks TLS.
  const options = ['--bind', `127.0.0.1:${port}`, '--certfile', certificate, '--keyfile', key, '--keep-alive', '75'];
  const server = spawn(python, ['-m', 'hypercorn', 'ministack.app:app', ...options], {
    env: {
      ...environment,
      AUTH: 'true',
      USE_SSL: '1',
      MINISTACK_SSL_CERT: certificate,
      MINISTACK_SSL_KEY: key,
      GATEWAY_PORT: String(port),
      // Services that would listen on every interface.
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      S3_DATA_DIR: join(folder, 's3'),
      STATE_DIR: join(folder, 'state'),
    },
    stdio: ['ignore', output.fd, output.fd],
    // A process group of its own, so that its workers and their functions end with it.
    detached: true,
  });
  await output.close();

  const log = async () => (await readFile(logPath, 'utf8')).split('\n').slice(-40).join('\n');
  const ended = once(server, 'exit');
  const stop = async (): Promise<void> => {
    for (const [name, grace] of [
      ['SIGTERM', 5_000],
      ['SIGKILL', 5_000],
    ] as const) {
      if (!signalGroup(server.pid, name)) return;
      await Promise.race([ended, sleep(grace, undefined, { ref: false })]);
    }
  };
  try {
    const health = await ready(endpoint, () => server.exitCode !== null, signal);
    return { environment, endpoint, ...health, log, stop };
  } catch (error) {
    await stop();
    throw new Error(`MiniStack did not start: ${(error as Error).message}\n${await log()}`);
  }
}

async function ready(
  endpoint: URL,
  hasEnded: () => boolean,
  signal: AbortSignal,
): Promise<{ version: string; auth: string }> {
  const until = Date.now() + PATIENCE;
  for (;;) {
    const answer = await fetch(new URL('/_ministack/health', endpoint)).catch(() => undefined);
    signal.throwIfAborted();
    if (answer?.ok) return (await answer.json()) as { version: string; auth: string };
    if (hasEnded()) throw new Error('it ended at once');
    if (Date.now() > until) throw new Error(`it did not answer within ${PATIENCE / 1000} s`);
    await sleep(100);
  }
}

async function made(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  return folder;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('unreachable: a TCP server has a port');
  return address.port;
}
