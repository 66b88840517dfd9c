import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKeys } from '../../infra/local/simulator/keys.ts';
import { webhook } from '../../infra/service.ts';
import { type Measured, report } from './budget.ts';
import { signedWebhook } from './signed-webhook.ts';

const MINUTE = 60_000;
const MEGABYTE = 1024 * 1024;
/** The first minute loads code and fills caches. */
const WARM = 2;
const MOST_GROWTH = 1.2;

export interface SoakOptions {
  readonly minutes: number;
  readonly perSecond: number;
  /** The length of a minute, in milliseconds: a test has shorter ones. */
  readonly minute?: number;
  readonly show?: (line: string) => void;
}

/** The state at the end of a minute. */
export interface Sample {
  readonly minute: number;
  /** Of the process, in bytes. */
  readonly memory: number;
  /** Of DATA_DIR, in bytes. */
  readonly disk: number;
  /** Webhooks answered with 200, each of a new event, since the start. */
  readonly stored: number;
  /** Webhooks with another answer, or none. */
  readonly failed: number;
}

/**
 * Runs the ledger of `npm start` in its own process and folder, sends it signed webhooks, and measures it every minute.
 */
export async function soak({ minutes, perSecond, minute = MINUTE, show }: SoakOptions): Promise<Sample[]> {
  const folder = await mkdtemp(join(tmpdir(), 'port-in-ledger-soak-'));
  const keys = createKeys();
  const ledger = spawn(process.execPath, [resolve('infra/local/start.ts')], {
    env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: folder, TELNYX_PUBLIC_KEY: keys.publicKeyBase64 },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(ledger, 'exit');
  const counts = { stored: 0, failed: 0 };
  const over = new AbortController();

  async function post(url: string): Promise<void> {
    const { body, timestamp, signature } = signedWebhook(keys);
    const headers = { 'telnyx-timestamp': timestamp, 'telnyx-signature-ed25519': signature };
    const answer = await fetch(url, { method: 'POST', body, headers }).catch(() => undefined);
    await answer?.arrayBuffer().catch(() => {});
    counts[answer?.status === 200 ? 'stored' : 'failed'] += 1;
  }

  try {
    const url = (await readyUrl(ledger)) + webhook.path;
    const timer = setInterval(() => void post(url), 1000 / perSecond);
    over.signal.addEventListener('abort', () => clearInterval(timer));
    const samples: Sample[] = [];
    while (samples.length < minutes) {
      await sleep(minute);
      const disk = await bytesIn(folder);
      const sample = { minute: samples.length + 1, memory: memoryOf(ledger), disk, ...counts };
      samples.push(sample);
      show?.(lineOf(sample));
    }
    return samples;
  } finally {
    over.abort();
    ledger.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

async function readyUrl({ stdout }: ChildProcess): Promise<string> {
  const { promise, resolve: ready, reject } = Promise.withResolvers<string>();
  let said = '';
  // A line follows for each webhook. It is read, so that the ledger never waits for this process, and dropped.
  stdout?.on('data', (chunk: Buffer) => {
    if (/^ready \S+$/m.test(said)) return;
    said += chunk;
    const [, url] = /^ready (\S+)$/m.exec(said) ?? [];
    if (url) ready(url);
  });
  stdout?.once('close', () => reject(new Error(`The ledger ended before it was ready: ${said}`)));
  return promise;
}

/** `ps`, because a Mac has no /proc. */
function memoryOf({ pid }: ChildProcess): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;
}

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    // LevelDB removes files in the meantime.
    .map(async ({ parentPath, name }) => (await stat(join(parentPath, name)).catch(() => undefined))?.size ?? 0);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

function lineOf({ minute, memory, disk, stored, failed }: Sample): string {
  const megabytes = (bytes: number) => `${(bytes / MEGABYTE).toFixed(0)} MB`;
  return `minute ${minute}  memory ${megabytes(memory)}  disk ${megabytes(disk)}  stored ${stored}  failed ${failed}`;
}

/**
 * The highest value of a figure after minute 2, relative to minute 2. Disk is counted per stored event, because rows
 * stay.
 */
export function growth(samples: readonly Sample[]): readonly Measured[] {
  const [first, ...later] = samples.slice(WARM - 1);
  if (!first || later.length === 0)
    throw new Error(`It takes more than ${WARM} minutes to see whether anything grows.`);
  const ratio = (figure: (sample: Sample) => number) => Math.max(...later.map(figure)) / figure(first);
  const detail = `the most after minute ${WARM}, relative to minute ${WARM}`;
  return [
    { what: 'memory', measured: ratio(({ memory }) => memory), budget: MOST_GROWTH, unit: '', detail },
    {
      what: 'disk per event',
      measured: ratio(({ disk, stored }) => disk / stored),
      budget: MOST_GROWTH,
      unit: '',
      detail,
    },
  ];
}

if (process.argv[1] === import.meta.filename) {
  const minutes = Number(process.argv[2] ?? 10);
  const samples = await soak({ minutes, perSecond: 50, show: console.log });
  const kept = growth(samples).map(report);
  process.exitCode = kept.every(Boolean) ? 0 : 1;
}
