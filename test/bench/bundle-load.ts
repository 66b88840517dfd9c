import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundling } from '../../infra/bundling.ts';
import { createKeys } from '../../infra/local/simulator/webhooks.ts';
import { functions } from '../../infra/service.ts';
import { type Measured, median } from './budget.ts';

const ROUNDS = 31;

const LOAD = `
  const begun = performance.now();
  require(process.argv[1]);
  process.stdout.write(String(performance.now() - begun));
`;

/** Size and load time of the receive-webhook bundle, against the same handler bundled with CDK's defaults. */
export async function bundleLoad(): Promise<readonly Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  try {
    const common = { entryPoints: [functions['receive-webhook'].entry], bundle: true, platform: 'node' as const };
    const ours = join(folder, 'ours.js');
    const plain = join(folder, 'plain.js');
    await build({ ...common, ...bundling, mainFields: [...bundling.mainFields], outfile: ours });
    await build({ ...common, format: 'cjs', target: bundling.target, outfile: plain });

    const times: Record<string, number[]> = { [ours]: [], [plain]: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const file of round % 2 === 0 ? [ours, plain] : [plain, ours]) times[file]?.push(loadTime(file));
    }
    const [oursMs, plainMs] = [median(times[ours] ?? []), median(times[plain] ?? [])];
    const [oursKb, plainKb] = [(await stat(ours)).size / 1024, (await stat(plain)).size / 1024];
    return [
      {
        what: "receive-webhook's bundle",
        measured: oursKb,
        budget: 400,
        unit: ' KB',
        detail: `with default fields and not minified: ${plainKb.toFixed(0)} KB`,
      },
      {
        what: 'its load time, relative to the same with default fields and not minified',
        measured: oursMs / plainMs,
        budget: 0.65,
        unit: '',
        detail: `${oursMs.toFixed(1)} ms against ${plainMs.toFixed(1)} ms, medians of ${ROUNDS} new processes each`,
      },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

function loadTime(file: string): number {
  const env = {
    AWS_REGION: 'us-east-1',
    EVENTS_TABLE: 'e',
    CONTROL_TABLE: 'c',
    TELNYX_PUBLIC_KEY: createKeys(1).publicKeyBase64,
  };
  return Number(execFileSync(process.execPath, ['-e', LOAD, file], { env, encoding: 'utf8' }));
}
