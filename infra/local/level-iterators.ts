import { createRequire } from 'node:module';

/** The parts of `abstract-level`'s classes used here: each iterator of a store is one of these. */
interface IteratorClass {
  readonly prototype: { close(): Promise<void>; return?: () => Promise<void> };
}

interface AbstractLevelModule {
  readonly AbstractKeyIterator: IteratorClass;
  readonly AbstractValueIterator: IteratorClass;
}

/** dynalite's own copies of its parts. */
export const requireOfDynalite = createRequire(createRequire(import.meta.url).resolve('dynalite'));

/**
 * Makes dynalite's streams close their iterators. dynalite 4.0.0 ends them with `iterator.return()` if it exists, and
 * level's iterators only have `close()`. An iterator that stays open keeps its blocks in memory, and on disk every file
 * that existed when it was opened.
 */
export function closeIteratorsOnReturn(): void {
  for (const path of [['level', 'classic-level'], ['memory-level']]) {
    const store = path.reduce((from, name) => createRequire(from.resolve(name)), requireOfDynalite);
    const { AbstractKeyIterator, AbstractValueIterator } = store('abstract-level') as AbstractLevelModule;
    for (const { prototype } of [AbstractKeyIterator, AbstractValueIterator]) {
      prototype.return ??= function (this: typeof prototype) {
        return this.close();
      };
    }
  }
}
