import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { requireOfDynalite } from '../../infra/local/level-iterators.ts';
import type { LevelStore } from '../../infra/local/mend-indexes.ts';

interface OpenStore extends LevelStore {
  open(): Promise<void>;
  close(): Promise<void>;
}

/** The contents of a stopped engine's folder, key by key. */
export async function everythingIn(path: string): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  await withStore(path, async (store) => {
    for await (const [key, value] of store.iterator({ gte: '', lt: '~' })) all[key] = value;
  });
  return all;
}

/** Changes a stopped engine's folder as a kill in the middle of a write would. */
export async function damage(path: string, changes: Parameters<LevelStore['batch']>[0]): Promise<void> {
  await rm(join(path, 'closed-cleanly'));
  await withStore(path, (store) => store.batch(changes));
}

async function withStore(path: string, use: (store: LevelStore) => Promise<void>): Promise<void> {
  const { Level } = requireOfDynalite('level') as { Level: new (path: string) => OpenStore };
  const store = new Level(path);
  await store.open();
  await use(store).finally(() => store.close());
}
