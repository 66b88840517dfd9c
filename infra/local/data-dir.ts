import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CannotStart, reasonOf } from './cannot-start.ts';

/**
 * Creates the folder for all data if it is missing, and checks that it can be written.
 *
 * @throws {CannotStart} when it cannot
 */
export async function openDataDir(path: string): Promise<void> {
  const probe = join(path, `.probe-${randomUUID()}`);
  try {
    await makeFolder(path);
    // A full disk still accepts an empty file.
    await writeFile(probe, 'x'.repeat(4096));
  } catch (error) {
    throw cannotUse(path, error);
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
}

/** Makes a folder and those above it. Node's own recursive `mkdir` never ends below a folder that takes none: `/proc`. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    const above = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || existsSync(above)) throw error;
    await makeFolder(above);
    await makeFolder(path);
  }
}

/** Writes a file whole or not at all: a concurrent reader, such as another start, sees the old content until then. */
export async function replaceFile(path: string, contents: string | Uint8Array, mode = 0o644): Promise<void> {
  const unfinished = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(unfinished, contents, { mode });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw error;
  }
}

/**
 * LevelDB treats a folder without its `CURRENT` as new, and removes its contents.
 *
 * @throws when that file alone is missing
 */
export async function refuseWithoutCurrent(path: string): Promise<void> {
  const names = await readdir(path);
  if (names.includes('CURRENT') || !names.some((name) => /^MANIFEST-|\.ldb$/.test(name))) return;
  throw Object.assign(new Error('its file CURRENT is missing'), { code: 'LEVEL_CORRUPTION' });
}

/** What to do when something in DATA_DIR cannot be opened or written. */
export function cannotUse(path: string, error: unknown): CannotStart {
  return new CannotStart(adviceOn(path, error), { cause: error });
}

/** The same in one line. */
export function adviceOn(path: string, error: unknown): string {
  const reason = reasonOf(error);
  if (codeOf(error) === 'LEVEL_LOCKED') {
    return `DATA_DIR is in use by another npm start: stop that one, or set DATA_DIR to another folder than ${path}`;
  }
  if (['ENOSPC', 'EDQUOT'].includes(codeOf(error)) || /no space left|quota exceeded/i.test(reason)) {
    return `The disk of DATA_DIR is full: make room on it, or set DATA_DIR to a folder on another`;
  }
  if (isOfLevel(error) && !/permission denied|read-only/i.test(reason)) {
    const anew = 'remove it to start anew: what Telnyx still lists comes back';
    return `The data in ${path} are damaged (${reason}): put a copy of this folder in its place, or ${anew}`;
  }
  return `DATA_DIR cannot be used: ${reason}. Set it to a folder that can be written`;
}

/** True for an error of LevelDB, which the embedded engine keeps its data in. */
export function isOfLevel(error: unknown): boolean {
  return codeOf(error).startsWith('LEVEL_');
}

/** The innermost code: Level wraps the error of its store. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return codeOf(error.cause) || ((error as NodeJS.ErrnoException).code ?? '');
}
