import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { BuiltFile, BuiltPage } from '../functions/show-console/built-page.ts';

const SOURCE = join(import.meta.dirname, '../functions/show-console/page');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Builds the console's page from its source, for the file `page.json` that show-console reads beside its bundle. The
 * same source gives the same bytes.
 */
export async function builtPage(): Promise<BuiltPage> {
  const [template, icon, { outputFiles }] = await Promise.all([
    readFile(join(SOURCE, 'index.html'), 'utf8'),
    readFile(join(SOURCE, 'icon.svg')),
    build({
      entryPoints: { main: join(SOURCE, 'main.tsx'), style: join(SOURCE, 'style.css') },
      bundle: true,
      format: 'esm',
      platform: 'browser',
      // Two years of browsers: what has `Object.groupBy` has all that the page uses.
      target: 'es2024',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      charset: 'utf8',
      minify: true,
      legalComments: 'none',
      outdir: SOURCE,
      write: false,
      logLevel: 'silent',
    }),
  ]);
  const made = outputFiles.map(({ path, contents }) => [extname(path), Buffer.from(contents)] as const);
  const named = new Map([...made, ['.svg', icon] as const].map(([ext, content]) => [ext, fileOf(ext, content)]));
  const nameOf = (ext: string) => named.get(ext)?.name ?? '';
  const html = template
    .replace('{script}', nameOf('.js'))
    .replace('{style}', nameOf('.css'))
    .replace('{icon}', nameOf('.svg'));
  return {
    html: compressed('.html', Buffer.from(html)),
    files: Object.fromEntries([...named.values()].map(({ name, file }) => [name, file])),
  };
}

function fileOf(ext: string, content: Buffer): { readonly name: string; readonly file: BuiltFile } {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  return { name: `${hash}${ext}`, file: compressed(ext, content) };
}

function compressed(ext: string, content: Buffer): BuiltFile {
  const brotli = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } });
  return {
    type: TYPES[ext] ?? '',
    gzip: gzipSync(content, { level: 9 }).toString('base64'),
    brotli: brotli.toString('base64'),
  };
}
