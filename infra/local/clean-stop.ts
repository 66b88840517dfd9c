import { access, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LevelStore, type Mended, mendIndexes } from './mend-indexes.ts';

/** A file beside LevelDB's own, which LevelDB recognises by name. It exists from a clean stop to the next start. */
const markerIn = (path: string) => join(path, 'closed-cleanly');

/**
 * Repairs the indexes of a store unless it was closed cleanly, and counts it as open from now on.
 *
 * @param path the store's folder
 */
export async function mendAfterUncleanStop(path: string, store: LevelStore): Promise<readonly Mended[]> {
  const wasClean = await access(markerIn(path)).then(
    () => true,
    () => false,
  );
  const mended = wasClean ? [] : await mendIndexes(store);
  await rm(markerIn(path), { force: true });
  return mended;
}

/** Records that everything is on disk and nothing is under way. Without this file the next start only takes longer. */
export async function noteCleanStop(path: string): Promise<void> {
  await writeFile(markerIn(path), '').catch(() => {});
}
