import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

const repository = join(import.meta.dirname, '../..');

/** The licences of the packages whose code is in the bundles, each text once: most of them require that. */
export function licencesOf(bundles: readonly Metafile[]): string {
  const inputs = bundles.flatMap(({ inputs }) => Object.keys(inputs));
  const packages = new Set(inputs.flatMap((path) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
  const holders = new Map<string, string[]>();
  for (const folder of [...packages].sort()) {
    const { name, version, license } = JSON.parse(readFileSync(join(repository, folder, 'package.json'), 'utf8'));
    const files = globSync('{LICEN[CS]E,NOTICE}*', { cwd: join(repository, folder) }).sort();
    const texts = files.map((file) => readFileSync(join(repository, folder, file), 'utf8').trim());
    const text = texts.join('\n\n') || `License: ${license}`;
    holders.set(text, [...(holders.get(text) ?? []), `${name} ${version}`]);
  }
  return [...holders].map(([text, names]) => `${names.join(', ')}\n\n${text}\n`).join(`\n${'-'.repeat(80)}\n\n`);
}
