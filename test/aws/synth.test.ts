import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { functions } from '../../infra/service.ts';
import { bundled, repository } from './bundled.ts';
import { functionNames, samplePublicKey } from './synthesized.ts';

interface LambdaFunction {
  readonly Type: string;
  readonly Properties: { Description: string; Environment: { Variables: Record<string, unknown> } };
  readonly Metadata: Record<string, string>;
}

const bin = join(repository, 'node_modules/.bin');
const scratch = mkdtempSync(join(tmpdir(), 'port-in-ledger-synth-'));
const out = join(scratch, 'out');
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** `cdk synth` as it runs without an AWS account, a home directory or a network. */
function synth(...context: string[]) {
  const nowhere = 'http://127.0.0.1:9';
  return spawnSync(join(bin, 'cdk'), ['synth', '--quiet', '--output', out, ...context], {
    cwd: repository,
    encoding: 'utf8',
    env: {
      PATH: [bin, process.env.PATH].join(delimiter),
      HOME: scratch,
      HTTP_PROXY: nowhere,
      HTTPS_PROXY: nowhere,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  });
}

test('synth needs a public key, and says so and how to give it, in a line each', () => {
  const { status, stderr } = synth();
  expect(status).not.toBe(0);
  expect(stderr).toMatch(/^telnyxPublicKey is missing: set it to .*\nGive each as -c name=value, or under "context"/m);
  expect(stderr).not.toMatch(/^\s+at /m);
});

// Every function is bundled twice, however few cores there are.
test('synth needs neither an account nor a network, and bundles each function so that it loads', {
  timeout: 300_000,
}, async () => {
  const { status, stderr } = synth('-c', `telnyxPublicKey=${samplePublicKey}`);
  expect(stderr).not.toMatch(/warning|deprecat/i);
  expect(status).toBe(0);
  expect(existsSync(join(out, 'PortInLedger-Data.template.json'))).toBe(true);

  const template = JSON.parse(readFileSync(join(out, 'PortInLedger-Service.template.json'), 'utf8'));
  const deployed = Object.values<LambdaFunction>(template.Resources).filter(
    ({ Type }) => Type === 'AWS::Lambda::Function',
  );
  expect(deployed).toHaveLength(functionNames.length);
  for (const [name] of functionNames) {
    const resource = deployed.find(({ Properties }) => Properties.Description === functions[name].does);
    const file = join(out, resource?.Metadata['aws:asset:path'] ?? '', 'index.js');
    const { text } = await bundled(name);
    expect(readFileSync(file, 'utf8') === text, `${name} is bundled as infra/bundling.ts says`).toBe(true);
    expect(text).not.toContain('sourceMappingURL');
    expect(loaded(file, resource?.Properties.Environment?.Variables ?? {}), `${name} loads as it is deployed`).toBe(
      'function',
    );
  }
});

/** The type of `index.handler` in a process that has only the environment of the deployed function. */
function loaded(file: string, variables: Record<string, unknown>): string {
  const environment = Object.entries(variables).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : 'known-when-deployed',
  ]);
  return execFileSync(join(bin, 'node'), ['-p', `typeof require(${JSON.stringify(file)}).handler`], {
    encoding: 'utf8',
    env: { AWS_REGION: 'eu-west-1', ...Object.fromEntries(environment) },
  }).trim();
}
