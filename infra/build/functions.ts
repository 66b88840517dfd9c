import { join, relative } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { bundling } from '../bundling.ts';
import { builtPage } from '../page-build.ts';
import { functions, showing } from '../service.ts';
import { DIST, type Files, fillFolder } from './folder.ts';

const repository = join(import.meta.dirname, '../..');

/** Bundles every function into its folder of dist/functions, where the construct takes it from. */
export async function buildFunctions(): Promise<void> {
  const { files } = await bundledFunctions();
  await fillFolder(join(DIST, 'functions'), files);
}

/** A folder for each function, with its bundle and what it reads beside it, and what the bundles are made of. */
export async function bundledFunctions(): Promise<{ files: Files; metafile: Metafile }> {
  const points = Object.entries(functions).map(([name, { entry }]) => ({ out: `${name}/index`, in: entry }));
  const [{ outputFiles, metafile }, page] = await Promise.all([
    build({
      ...bundling,
      absWorkingDir: repository,
      entryPoints: points,
      bundle: true,
      platform: 'node',
      outdir: repository,
      write: false,
      metafile: true,
    }),
    builtPage(),
  ]);
  const bundles = outputFiles.map(({ path, contents }) => [relative(repository, path), contents]);
  return { files: { ...Object.fromEntries(bundles), [`${showing}/page.json`]: JSON.stringify(page) }, metafile };
}
