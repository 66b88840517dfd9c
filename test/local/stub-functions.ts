import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Bundles, bundleFunctions } from '../../infra/local/bundle.ts';

/** A folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'port-in-ledger-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes handlers, given as source text by function name, and returns the path of each. */
export async function writeHandlers(sources: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const folder = await temporaryFolder();
  // Lets a handler import what functions import.
  await symlink(resolve('node_modules'), join(folder, 'node_modules'), 'junction');
  const paths = Object.keys(sources).map((name): [string, string] => [name, join(folder, `${name}.ts`)]);
  await Promise.all(paths.map(([name, path]) => writeFile(path, sources[name] ?? '')));
  return Object.fromEntries(paths);
}

/** Bundles handlers that are given as source text. */
export async function bundleHandlers(sources: Readonly<Record<string, string>>): Promise<Bundles> {
  return bundleFunctions(await writeHandlers(sources), { root: '/', outdir: await temporaryFolder() });
}
