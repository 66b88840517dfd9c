import { startEngine } from '../../infra/local/dynamodb.ts';
import { forked } from './child.ts';

/**
 * Starts the embedded engine in a process of its own, so that its work does not count as that of the measured code.
 *
 * @returns its endpoint, and a way to end it
 */
export async function startEngineProcess(): Promise<{ endpoint: string; end: () => void }> {
  const { said: endpoint, end } = await forked<string>(import.meta.filename);
  return { endpoint, end };
}

if (process.send && process.argv[1] === import.meta.filename) {
  const { endpoint } = await startEngine();
  process.send(endpoint);
}
