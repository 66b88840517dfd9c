import { readFile } from 'node:fs/promises';
import { CannotStart, reasonOf } from './cannot-start.ts';
import { replaceFile } from './data-dir.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator/simulator.ts';

/** A simulated account that keeps its events, as the ledger beside it does. */
export interface SimulatedAccount {
  readonly simulator: Simulator;
  close(): Promise<void>;
}

export interface AccountOptions {
  /** The file that keeps them. */
  readonly path: string;
  readonly seed: number;
  readonly simulator: Omit<SimulatorOptions, 'seed'>;
}

interface Memory {
  /** How often the account was started. */
  readonly starts: number;
  readonly events: ReturnType<Simulator['events']>;
}

const SAVED_EVERY_MS = 30_000;

/**
 * Starts the simulator, or continues an account of an earlier start: its events are listed again, and new orders
 * follow. Otherwise a restart would repeat the same lives, under the same ids at other times, and the ledger would
 * rightly disagree.
 */
export async function startSimulatedAccount({
  path,
  seed,
  simulator: options,
}: AccountOptions): Promise<SimulatedAccount> {
  const before = await remember(path);
  const starts = (before?.starts ?? 0) + 1;
  // Lives that were not lived before, and no second past.
  const simulator = await startSimulator({ ...options, ...(before && { history: 0 }), seed: seed + starts - 1 });
  try {
    for (const event of before?.events ?? []) simulator.api.put(event);
  } catch (error) {
    await simulator.close();
    throw unreadable(path, error);
  }

  let saving = Promise.resolve();
  function save(): Promise<void> {
    saving = saving
      .then(() => replaceFile(path, JSON.stringify({ starts, events: simulator.events() } satisfies Memory)))
      .catch(() => {});
    return saving;
  }
  await save();
  const timer = setInterval(save, SAVED_EVERY_MS);

  return {
    simulator,
    async close() {
      clearInterval(timer);
      await simulator.close();
      await save();
    },
  };
}

async function remember(path: string): Promise<Memory | undefined> {
  try {
    const memory = JSON.parse(await readFile(path, 'utf8')) as Memory | null;
    if (Number.isSafeInteger(memory?.starts) && Array.isArray(memory?.events)) return memory;
    throw new Error('it is not what npm start writes');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): CannotStart {
  const advice = 'Put a copy of it in its place, or remove DATA_DIR to start anew';
  return new CannotStart(`${path} cannot be read: ${reasonOf(error)}. ${advice}`, { cause: error });
}
