import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { DIST, type Files, fillFolder } from './folder.ts';
import { bundledFunctions } from './functions.ts';
import { licencesOf } from './licences.ts';
import { declarationsOf } from './types.ts';

/** `npm run build`: makes dist, which is the package but for README and LICENSE. */
const repository = join(import.meta.dirname, '../..');

/** The oldest Node that may run the package. Functions run on Lambda's. */
const common = { absWorkingDir: repository, bundle: true, platform: 'node', target: 'node22.12' } as const;

async function bundled(options: BuildOptions) {
  const { outputFiles, metafile } = await build({ ...common, ...options, write: false, metafile: true });
  return { text: outputFiles[0]?.text ?? '', metafile };
}

const [functions, construct, commandLine] = await Promise.all([
  bundledFunctions(),
  bundled({
    entryPoints: ['infra/aws/index.ts'],
    // CommonJS, as published constructs are: both kinds of hosts can load it, with every version of TypeScript.
    format: 'cjs',
    external: ['aws-cdk-lib', 'constructs'],
    define: { 'import.meta.dirname': '__dirname' },
  }),
  bundled({
    entryPoints: ['infra/cli/main.ts'],
    format: 'esm',
    minify: true,
    mainFields: ['module', 'main'],
    banner: {
      // Packages that are CommonJS call `require` for modules of Node.
      js: "#!/usr/bin/env node\nimport { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
  }),
]);
await fillFolder(DIST, {
  // The package's own type is `module`.
  'package.json': JSON.stringify({ type: 'commonjs' }),
  'aws/index.js': construct.text,
  'cli/ledger.mjs': commandLine.text,
  'licences.txt': licencesOf([functions.metafile, construct.metafile, commandLine.metafile]),
  ...under('functions', functions.files),
  ...under('types', declarationsOf('infra/aws/index')),
});

function under(folder: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));
}
