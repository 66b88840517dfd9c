import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { bundling } from '../bundling.ts';
import { builtPage } from '../page-build.ts';
import { functions, showing } from '../service.ts';
import { DIST, fillFolder } from './folder.ts';

const repository = join(import.meta.dirname, '../..');

/** Bundles every function into a folder of its own in dist/functions, and the console's page beside its function. */
export async function buildFunctions(): Promise<void> {
  const folder = join(DIST, 'functions');
  const points = Object.entries(functions).map(([name, { entry }]) => ({ out: `${name}/index`, in: entry }));
  const [{ outputFiles }, page] = await Promise.all([
    build({
      ...bundling,
      absWorkingDir: repository,
      entryPoints: points,
      bundle: true,
      platform: 'node',
      outdir: folder,
      write: false,
    }),
    builtPage(),
  ]);
  await fillFolder(folder, {
    ...Object.fromEntries(outputFiles.map(({ path, contents }) => [relative(folder, path), contents])),
    [`${showing}/page.json`]: JSON.stringify(page),
  });
}
