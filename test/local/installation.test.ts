import { cp, mkdir, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { installationFault } from '../../infra/local/installation-fault.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { startProcess } from './start-process.ts';
import { temporaryFolder } from './stub-functions.ts';

const PACKAGES = Object.keys(packageJson.devDependencies);
const OLD = "Object.defineProperty(process.versions, 'node', { value: '20.19.0' }); ";

/** A copy of what `npm start` runs, with these packages: each is the real one or an empty folder. */
async function project(packages: readonly string[], empty: readonly string[] = []): Promise<string> {
  const folder = await temporaryFolder();
  for (const part of ['package.json', 'infra', 'functions'])
    await cp(resolve(part), join(folder, part), { recursive: true });
  for (const name of packages) {
    const path = join(folder, 'node_modules', name);
    await mkdir(join(path, '..'), { recursive: true });
    if (empty.includes(name)) await mkdir(path);
    else await symlink(resolve('node_modules', name), path);
  }
  return folder;
}

const check = (folder: string, before = '') =>
  startProcess(['--eval', `${before}require(${JSON.stringify(join(folder, 'infra/local/node-version.cjs'))})`]);

describe('a start that fails prints one line and no stack trace', () => {
  test.each([
    ['npm start', 'infra/local/start.ts'],
    ['the command line', 'infra/cli/ledger.ts'],
  ])('%s after NODE_ENV=production npm ci', async (_, path) => {
    const folder = await project(Object.keys(packageJson.peerDependencies));
    const required = ['-r', join(folder, 'infra/local/node-version.cjs'), join(folder, path)];
    const { said, ended } = startProcess(required);
    expect(await ended).toBe(1);
    expect(said.stderr).toMatch(
      /^port-in-ledger lacks \d+ of its packages, such as \S+: run "npm ci --include=dev"\n$/,
    );
  });

  test('without npm ci', async () => {
    const { said, ended } = check(await project([]));
    expect(await ended).toBe(1);
    expect(said.stderr).toMatch(/^port-in-ledger lacks \d+ of its packages, .*\n$/);
  });

  test('after npm ci --ignore-scripts, where Node is too old', async () => {
    const { said, ended } = check(await project(PACKAGES), OLD);
    expect(await ended).toBe(1);
    expect(said.stderr).toBe(
      'port-in-ledger needs Node 24, this is 20.19.0, and its own is not installed: ' +
        'run "npm ci" without --ignore-scripts\n',
    );
  });

  test('with a partly installed package', async () => {
    const folder = await project(PACKAGES, ['dynalite']);
    const { said, ended } = startProcess([join(folder, 'infra/local/start.ts')]);
    expect(await ended).toBe(1);
    expect(said.stderr).toMatch(
      /^port-in-ledger is not completely installed .*dynalite.*: run "npm ci --include=dev[^\n]*\n$/,
    );
  });
});

describe('an installation fault', () => {
  test('is a binary for another machine', async () => {
    const { default: load } = await import('node-gyp-build' as string);
    const folder = await temporaryFolder();
    const loading = () => {
      try {
        return load(folder);
      } catch (error) {
        return installationFault(error);
      }
    };
    expect(loading()).toMatch(/^port-in-ledger is not completely installed for this machine \([^\n]+\): run "npm ci/);
    const esbuild = new Error(
      'The package "@esbuild/linux-x64" could not be found, and is needed by esbuild.\n\nIf you',
    );
    expect(installationFault(esbuild)).toBe(
      'port-in-ledger is not completely installed for this machine ' +
        '(The package "@esbuild/linux-x64" could not be found, and is needed by esbuild.): ' +
        'run "npm ci --include=dev --include=optional"',
    );
  });

  test('is not any other error', () => {
    for (const error of [new Error('x'), Object.assign(new Error('x'), { code: 'ENOENT' }), 'x']) {
      expect(installationFault(error)).toBeUndefined();
    }
  });
});
