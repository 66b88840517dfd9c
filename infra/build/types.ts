import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import type { Files } from './folder.ts';

/** A module of our own, where a declaration names it. */
const OURS = /(?<=\bfrom ')(\.[^']+)\.ts(?=')/g;

/**
 * The declarations of a module and of all that they name, by path from the top of the repository. Others that the
 * compiler writes are of no use to anyone who has the package.
 */
export function declarationsOf(module: string): Files {
  const folder = mkdtempSync(join(tmpdir(), 'port-in-ledger-types-'));
  try {
    const compiler = join(import.meta.dirname, '../../node_modules/.bin/tsc');
    execFileSync(compiler, ['-p', import.meta.dirname, '--outDir', folder], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const found = new Map<string, string>();
    const add = (path: string): void => {
      if (found.has(path)) return;
      const text = readFileSync(join(folder, `${path}.d.ts`), 'utf8');
      // The compiler leaves `.ts` in declarations, which older ones and other resolutions do not accept.
      found.set(path, text.replaceAll(OURS, '$1.js'));
      for (const [, named = ''] of text.matchAll(OURS)) add(normalize(join(dirname(path), named)));
    };
    add(module);
    return Object.fromEntries([...found].map(([path, text]) => [`${path}.d.ts`, text]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
