import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { ensurePython } from '../python/environment.ts';

/** `npm run test:template`: cfn-lint over both templates, with the defaults and with every setting given. */
const publicKey = 'lc3z0MEHkfQ8exwzqqXr/doxt3i16dU+QnvS6mDxhpE=';
const variants = {
  defaults: { telnyxPublicKey: publicKey },
  'every setting': {
    telnyxPublicKey: `${publicKey},${publicKey}`,
    telnyxBaseUrl: 'https://telnyx.example.com/v2',
    stackPrefix: 'Other-Ledger',
    webhookConcurrency: '10',
    webhookThrough: 'api',
    logRetentionDays: '30',
    apiRequestsPerSecond: '5',
    apiBurst: '10',
    alarmEmail: 'porting@example.com',
    webhookTypes: 'porting_order.status_changed,porting_order.new_comment',
    graceMinutes: '20',
    overdueAfter: 'exception=3,submitted=10',
    retainDays: '400',
    healing: 'republish',
    healingPerDay: '10',
    noticeEmail: 'ports@example.com',
    chatNotices: 'on',
    notices: 'overdue,cancelled',
    digestAt: '07:30',
    timezone: 'Europe/Berlin',
  },
};
const repository = join(import.meta.dirname, '../..');
const linter = join(await ensurePython(['cfn-lint==1.58.0']), 'cfn-lint');
const folder = mkdtempSync(join(tmpdir(), 'port-in-ledger-template-'));

// With this listener, Ctrl-C ends the running program, and this one removes its folder before it ends too.
process.once('SIGINT', () => {});

try {
  for (const [name, settings] of Object.entries(variants)) {
    const begun = performance.now();
    const output = join(folder, name.replace(' ', '-'));
    const context = Object.entries(settings).flatMap(([setting, value]) => ['-c', `${setting}=${value}`]);
    run(process.execPath, ['node_modules/aws-cdk/bin/cdk', 'synth', '--quiet', '--output', output, ...context]);
    const stacks = ['Data', 'Service'].map((stack) =>
      join(output, `${'stackPrefix' in settings ? settings.stackPrefix : 'PortInLedger'}-${stack}.template.json`),
    );
    run(linter, ['--config-file', join(import.meta.dirname, 'cfnlintrc.yaml'), '--', ...stacks]);
    console.log(`cfn-lint has nothing to say of both templates: ${name} (${seconds(begun)} s)`);
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function run(program: string, options: readonly string[]): void {
  // The app is started as `node`, which must be this one. TMPDIR puts what the bundler leaves behind into the folder.
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const env = { ...process.env, PATH, TMPDIR: folder };
  const { status, stdout, stderr, error } = spawnSync(program, options, { cwd: repository, encoding: 'utf8', env });
  if (error) throw error;
  if (status !== 0) throw new Error(`${stdout}${stderr}`.trim());
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}
