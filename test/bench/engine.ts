import { fork } from 'node:child_process';
import { once } from 'node:events';
import { startEngine } from '../../infra/local/dynamodb.ts';

/**
 * Starts the embedded engine in a process of its own, so that its work is not counted as that of the code that is measured.
 *
 * @returns its endpoint, and a way to end it
 */
export async function startEngineProcess(): Promise<{ endpoint: string; end: () => void }> {
  const child = fork(import.meta.filename);
  const [endpoint] = (await once(child, 'message')) as [string];
  return { endpoint, end: () => child.kill() };
}

if (process.send && process.argv[1] === import.meta.filename) {
  const { endpoint } = await startEngine();
  process.send(endpoint);
}
