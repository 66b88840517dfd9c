import { join } from 'node:path';
import { build } from 'esbuild';
import { bundling } from '../../infra/bundling.ts';
import { type FunctionName, functions } from '../../infra/service.ts';

export const repository = join(import.meta.dirname, '../..');

/** A function's bundle as infra/bundling.ts describes it, and the paths of our own sources in it. */
export async function bundled(name: FunctionName): Promise<{ text: string; sources: string[] }> {
  const { outputFiles, metafile } = await build({
    ...bundling,
    absWorkingDir: repository,
    entryPoints: [functions[name].entry],
    bundle: true,
    platform: 'node',
    outdir: 'never-written',
    write: false,
    metafile: true,
  });
  return {
    text: outputFiles[0]?.text ?? '',
    sources: Object.keys(metafile.inputs).filter((path) => path.startsWith('functions/')),
  };
}
