import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { bundling } from '../../infra/bundling.ts';
import { createKeys } from '../../infra/local/simulator/webhooks.ts';
import { functions } from '../../infra/service.ts';
import { selfSigned } from '../telnyx/self-signed.ts';
import { type Measured, median } from './budget.ts';
import { startSecureEngine } from './secure-engine.ts';
import { signedWebhook } from './signed-webhook.ts';

/**
 * A cold start as Lambda makes it: loads the bundle at `argv[1]` and passes it the event in `argv[2]`. The modules of
 * Node that Lambda's own runtime uses are there before (aws-lambda-nodejs-runtime-interface-client 3.3).
 */
const COLD_START = `
  for (const name of ['assert', 'fs', 'http', 'module', 'net', 'path', 'util']) require('node:' + name);
  const event = JSON.parse(process.argv[2]);
  const begun = performance.now();
  const { handler } = require(process.argv[1]);
  const load = performance.now() - begun;
  const invoked = performance.now();
  handler(event, {}).then((answer) => {
    const first = performance.now() - invoked;
    if (answer.statusCode !== 200) throw new Error(JSON.stringify(answer));
    process.stdout.write(JSON.stringify({ load, first }), () => process.exit());
  });
`;

/** Milliseconds. */
interface ColdStart {
  readonly load: number;
  readonly first: number;
}

/**
 * The receive-webhook bundle in new processes, its DynamoDB behind TLS, against the same handler bundled with CDK's
 * defaults: its size, the time to load it, and this with the first webhook.
 */
export async function bundleLoad({ rounds } = { rounds: 31 }): Promise<readonly Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  const certified = selfSigned();
  const engine = await startSecureEngine(certified);
  try {
    const common = { entryPoints: [functions['receive-webhook'].entry], bundle: true, platform: 'node' as const };
    const files = { ours: join(folder, 'ours.js'), stock: join(folder, 'stock.js') };
    await build({ ...common, ...bundling, outfile: files.ours });
    await build({ ...common, format: 'cjs', target: bundling.target, outfile: files.stock });
    const certificate = join(folder, 'certificate.pem');
    await writeFile(certificate, certified.cert);

    const keys = createKeys(1);
    const env = {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_SESSION_TOKEN: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
      EVENTS_TABLE: engine.store.events,
      CONTROL_TABLE: engine.store.control,
      LEDGER_NAME: 'Bench',
      TELNYX_PUBLIC_KEY: keys.publicKeyBase64,
      NODE_EXTRA_CA_CERTS: certificate,
      // Without the user's own ~/.aws, as on Lambda.
      HOME: folder,
    };
    async function coldStart(file: string): Promise<ColdStart> {
      const { body, timestamp, signature } = signedWebhook(keys);
      const headers = { 'telnyx-timestamp': timestamp, 'telnyx-signature-ed25519': signature };
      const event = { headers, body, isBase64Encoded: false, requestContext: { http: { method: 'POST' } } };
      const run = promisify(execFile)(process.execPath, ['-e', COLD_START, file, JSON.stringify(event)], { env });
      return JSON.parse((await run).stdout.split('\n').at(-1) ?? '');
    }

    const times: Record<keyof typeof files, ColdStart[]> = { ours: [], stock: [] };
    for (let round = 0; round < rounds; round += 1) {
      for (const which of round % 2 === 0 ? (['ours', 'stock'] as const) : (['stock', 'ours'] as const)) {
        times[which].push(await coldStart(files[which]));
      }
    }
    const [ours, stock] = [times.ours, times.stock];
    const ratio = (what: string, budget: number, time: (run: ColdStart) => number): Measured => {
      const [oursMs, stockMs] = [median(ours.map(time)), median(stock.map(time))];
      const both = `${oursMs.toFixed(1)} ms against ${stockMs.toFixed(1)} ms`;
      const detail = `${both}, medians of ${rounds} new processes each`;
      return { what, measured: oursMs / stockMs, budget, unit: '', detail };
    };
    const [oursKb, stockKb] = [(await stat(files.ours)).size / 1024, (await stat(files.stock)).size / 1024];
    return [
      {
        what: "receive-webhook's bundle",
        measured: oursKb,
        budget: 190,
        unit: ' KB',
        detail: `with CDK's defaults: ${stockKb.toFixed(0)} KB`,
      },
      ratio("its load time, relative to the same with CDK's defaults", 0.35, ({ load }) => load),
      ratio('loading and the first webhook, relative to the same', 0.57, ({ load, first }) => load + first),
    ];
  } finally {
    await engine.close();
    await rm(folder, { recursive: true });
  }
}
