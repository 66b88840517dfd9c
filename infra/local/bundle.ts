import { join, relative, resolve } from 'node:path';
import { type BuildFailure, type BuildOptions, build, type OutputFile, stop } from 'esbuild';
import { bundling } from '../bundling.ts';
import { builtPage } from '../page-build.ts';
import { CannotStart } from './cannot-start.ts';
import { cannotUse, replaceFile } from './data-dir.ts';
import { installationFault } from './installation-fault.ts';

const bootstrapSource = resolve(import.meta.dirname, 'bootstrap.ts');

export interface Bundles {
  /** Path of each function's bundle. */
  readonly functions: Readonly<Record<string, string>>;
  /** Path of the code that runs a bundle in its worker thread. */
  readonly bootstrap: string;
}

/**
 * Bundles functions as they are deployed, all in one pass, because they share most of what they import.
 *
 * @param entries path of each function's source, from `root`
 * @throws {CannotStart} with the first thing that esbuild does not accept
 */
export async function bundleFunctions(
  entries: Readonly<Record<string, string>>,
  { root, outdir }: { root: string; outdir: string },
): Promise<Bundles> {
  const points = Object.entries(entries).map(([name, entry]) => ({ out: name, in: resolve(root, entry) }));
  const { outputFiles } = await bundled({
    ...bundling,
    entryPoints: [...points, { out: 'bootstrap', in: bootstrapSource }],
    bundle: true,
    platform: 'node',
    outdir,
    // Without this, the package.json above would make them ES modules. Lambda has no such file.
    outExtension: { '.js': '.cjs' },
    absWorkingDir: root,
    logLevel: 'silent',
    write: false,
  });

  // Another start may be loading these files right now, and must never see half a file.
  await Promise.all(outputFiles.map(({ path, contents }) => replaceFile(path, contents))).catch((error: unknown) => {
    throw cannotUse(outdir, error);
  });
  const bundleOf = (name: string): string => join(outdir, `${name}.cjs`);
  return {
    functions: Object.fromEntries(Object.keys(entries).map((name) => [name, bundleOf(name)])),
    bootstrap: bundleOf('bootstrap'),
  };
}

/**
 * Builds the console's page into the folder of the bundles.
 *
 * @throws {CannotStart} with the first thing that esbuild does not accept
 */
export async function bundlePage(outdir: string): Promise<void> {
  const page = await builtPage().catch((error: unknown) => {
    if (installationFault(error)) throw error;
    throw new CannotStart(`The console cannot be built: ${firstProblem(error as BuildFailure)}`, { cause: error });
  });
  await replaceFile(join(outdir, 'page.json'), JSON.stringify(page)).catch((error: unknown) => {
    throw cannotUse(outdir, error);
  });
}

async function bundled(options: BuildOptions & { write: false }): Promise<{ outputFiles: readonly OutputFile[] }> {
  try {
    return await build(options);
  } catch (error) {
    if (installationFault(error)) throw error;
    throw new CannotStart(`The functions cannot be bundled: ${firstProblem(error as BuildFailure)}`, { cause: error });
  }
}

/** Ends esbuild's own process, which would otherwise live, and hold memory, as long as this one. */
export async function endBundler(): Promise<void> {
  await stop();
}

function firstProblem({ errors, message }: BuildFailure): string {
  const first = errors?.[0];
  if (!first) return message;
  const place = first.location ? `${relative('', first.location.file)}:${first.location.line}: ` : '';
  return `${place}${first.text}`;
}
