import { globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { functionNames } from '../aws/synthesized.ts';
import { settingsFor } from '../cli/run.ts';
import { status } from '../cli/samples.ts';
import { stubLedger } from '../cli/stub-ledger.ts';
import { codeIn, deployedIn, installInto, linkInto, pack, run } from './host.ts';

const folder = mkdtempSync(join(tmpdir(), 'port-in-ledger-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tarball = pack(folder);
const host = join(folder, 'host');
const installed = installInto(host, tarball);
const root = join(host, 'node_modules/port-in-ledger');
const documented = codeIn('docs/construct.md', 'ts');

/** What `cdk init` puts into cdk.json, which changes what constructs make. */
const flags = readFileSync(join(host, 'node_modules/aws-cdk-lib/recommended-feature-flags.json'), 'utf8');

describe('the tarball', () => {
  test('has the construct, its types, the code of each function, the command line, and what one reads about them', () => {
    const files = globSync('**/*', { cwd: root }).filter((path) => statSync(join(root, path)).isFile());
    const code = files.filter((path) => path.startsWith('dist/functions/'));
    expect(code.sort()).toEqual(
      [
        ...functionNames.map(([name]) => `dist/functions/${name}/index.js`),
        'dist/functions/show-console/page.json',
      ].sort(),
    );
    expect(
      files.filter((path) => !path.startsWith('dist/functions/') && !path.startsWith('dist/types/')).sort(),
    ).toEqual([
      'LICENSE',
      'README.md',
      'dist/aws/index.js',
      'dist/cli/ledger.mjs',
      'dist/licences.txt',
      'dist/package.json',
      'package.json',
    ]);
    expect(statSync(tarball).size).toBeLessThan(2_000_000);
  });

  test('brings nothing with it when it is installed', () => {
    expect(installed).toEqual(['node_modules/port-in-ledger']);
  });

  test('names the licence of each package that is in its bundles', () => {
    const licences = readFileSync(join(root, 'dist/licences.txt'), 'utf8');
    for (const name of ['@aws-sdk/client-dynamodb', '@middy/core', 'telnyx', 'commander'])
      expect(licences).toContain(name);
    expect(licences).toMatch(/Apache License/);
    expect(licences).not.toMatch(/esbuild|vitest|aws-cdk-lib/);
  });
});

describe('an app with the package', () => {
  const environment = { CDK_OUTDIR: join(host, 'out'), CDK_CONTEXT_JSON: flags };

  test('has two ledgers in a stage, as docs/construct.md shows, and deploys what the repository would', async () => {
    writeFileSync(join(host, 'app.ts'), documented);
    expect(await run(host, 'node', ['app.ts'], environment)).toEqual({ code: 0, stdout: '', stderr: '' });
    const deployed = deployedIn(join(host, 'out'));
    expect(Object.keys(deployed).filter((path) => path.endsWith('.json') && !path.endsWith('page.json'))).toEqual([
      expect.stringMatching(/^assembly-Production\/ProductionRetail\w+\.template\.json$/),
      expect.stringMatching(/^assembly-Production\/ProductionWholesale\w+\.template\.json$/),
    ]);
    expect(Object.keys(deployed).filter((path) => path.endsWith('/index.js'))).toHaveLength(functionNames.length);

    const own = join(folder, 'own');
    linkInto(own);
    writeFileSync(join(own, 'app.ts'), documented);
    const ran = await run(own, 'node', ['app.ts'], { ...environment, CDK_OUTDIR: join(own, 'out') });
    expect(ran).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(deployedIn(join(own, 'out'))).toEqual(deployed);
  });

  test('may be CommonJS', async () => {
    writeFileSync(
      join(host, 'app.cjs'),
      `const { App, Stack } = require('aws-cdk-lib');
      const { PortInLedger } = require('port-in-ledger');
      const stack = new Stack(new App(), 'Stack');
      const ledger = new PortInLedger(stack, 'Ledger', { telnyxPublicKey: '${'A'.repeat(43)}=' });
      console.log(stack.resolve(ledger.webhookUrl)['Fn::GetAtt'][1]);`,
    );
    expect(await run(host, 'node', ['app.cjs'], { ...environment, CDK_OUTDIR: join(host, 'out-cjs') })).toEqual({
      code: 0,
      stdout: 'FunctionUrl\n',
      stderr: '',
    });
  });

  test('has types, as an ES module and as CommonJS', async () => {
    const wrong = `
      const stack = new Stack(new App(), 'Wrong');
      // @ts-expect-error A public key is required.
      new PortInLedger(stack, 'A', {});
      // @ts-expect-error It is a number.
      new PortInLedger(stack, 'B', { telnyxPublicKey: '', graceMinutes: '5 minutes' });
      // @ts-expect-error It is a word of two.
      new PortInLedger(stack, 'C', { telnyxPublicKey: '', healing: 'on' });
      // @ts-expect-error There is no such property.
      const ledger = new PortInLedger(stack, 'D', { telnyxPublicKey: '', graceMinuts: 5 });
      const arn: string = ledger.functions['sync-events'].functionArn;
      // @ts-expect-error There is no such function.
      ledger.functions['sync-orders'];
      // @ts-expect-error There may be none.
      ledger.topics.notices.topicArn;`;
    for (const name of ['typed.mts', 'typed.cts']) writeFileSync(join(host, name), `${documented}\n${wrong}`);
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2022',
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
    };
    writeFileSync(join(host, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['typed.mts', 'typed.cts'] }));
    const compiler = resolve('node_modules/typescript/bin/tsc');
    expect(await run(host, 'node', [compiler])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('is told what is wrong with a property, without being typed', async () => {
    writeFileSync(
      join(host, 'wrong.cjs'),
      `const { App, Stack } = require('aws-cdk-lib');
      const { PortInLedger, SettingsError } = require('port-in-ledger');
      try {
        new PortInLedger(new Stack(new App(), 'Stack'), 'Ledger', { graceMinutes: 5000, healling: 'off' });
      } catch (error) {
        console.log(error instanceof SettingsError, error.message);
      }`,
    );
    const { stdout } = await run(host, 'node', ['wrong.cjs']);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^true healling is not a setting: the settings are telnyxPublicKey, .*ledgerName$/),
      expect.stringMatching(/^telnyxPublicKey is missing: set it to the public key of your Telnyx account/),
      'graceMinutes must be a whole number from 0 to 1440, not 5000',
      '',
    ]);
  });
});

describe('the command line', () => {
  test('is a file of its own, and calls itself by its name in the package', async () => {
    const { code, stdout, stderr } = await run(host, 'port-in-ledger', ['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: npx port-in-ledger <command> \[options\]/);
    expect(stdout).not.toContain('npm run');
    const version = await run(host, 'port-in-ledger', ['--version']);
    expect(version.stdout).toBe(`port-in-ledger ${packageJson.version}\n`);
  });

  test('asks a ledger', async () => {
    const ledger = await stubLedger({ 'GET /v2/status': { body: { data: status() } } });
    const { code, stdout } = await run(host, 'port-in-ledger', ['status', '--json'], settingsFor(ledger));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ data: status() });
  });
});
