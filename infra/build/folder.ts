import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What the build makes, beside what Git holds: the content of the package. */
export const DIST = join(import.meta.dirname, '../../dist');

/** A file's content, by its path in a folder. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/**
 * Makes a folder hold exactly these files. Those that are as they should be are left alone: another process may be
 * reading them, as a deployment does during the tests.
 */
export async function fillFolder(folder: string, files: Files): Promise<void> {
  const wanted = new Set(Object.keys(files).map((path) => join(folder, path)));
  const present = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const found = present.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  await Promise.all([
    ...found.filter((path) => !wanted.has(path)).map((path) => rm(path, { force: true })),
    ...Object.entries(files).map(([path, content]) => writeChanged(join(folder, path), Buffer.from(content))),
  ]);
}

async function writeChanged(path: string, content: Buffer): Promise<void> {
  const present = await readFile(path).catch(() => undefined);
  if (present?.equals(content)) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
