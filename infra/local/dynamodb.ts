import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { mendAfterUncleanStop, noteCleanStop } from './clean-stop.ts';
import { cannotUse, refuseWithoutCurrent } from './data-dir.ts';
import { engineServer } from './engine-server.ts';
import { requireOfDynalite } from './level-iterators.ts';
import type { LevelStore, Mended } from './mend-indexes.ts';

/** A DynamoDB engine inside this process. */
export interface Engine {
  readonly endpoint: string;
  /** The tables whose indexes had to be repaired because the last stop was not clean. */
  readonly mended: readonly Mended[];
  /** Finishes running work and leaves everything on disk. */
  close(): Promise<void>;
}

/**
 * Starts the embedded engine on a free port of this machine.
 *
 * @param path the folder that holds the data; without it they are in memory
 * @throws {CannotStart} when the folder cannot be used, above all because another process uses it
 */
export async function startEngine({ path }: { path?: string } = {}): Promise<Engine> {
  const mended = path === undefined ? [] : await claim(path);
  const server = engineServer(path);
  // The SDK keeps connections. Closing one at the moment when it is used again would cause an error without a fault.
  server.keepAliveTimeout = 0;
  const underWay = new Set<Promise<void>>();
  server.on('request', (request, response) => {
    // dynalite throws, in this process, when a caller disconnects in the middle: a function killed for its time-out
    // does.
    request.removeAllListeners('error');
    request.on('error', () => {});
    // Before dynalite, which begins its work here.
    request.prependListener('end', () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      underWay.add(promise);
      const { end } = response;
      response.end = (...rest: unknown[]) => {
        resolve();
        underWay.delete(promise);
        return Reflect.apply(end, response, rest);
      };
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    endpoint: `http://127.0.0.1:${port}`,
    mended,
    async close() {
      // Work continues after its caller has disconnected, and dynalite throws, in this process, if its data are closed
      // before.
      server.removeAllListeners('request');
      await Promise.all(underWay);
      const closed = new Promise<void>((resolve, reject) =>
        server.close((error) => (error ? reject(error) : resolve())),
      );
      const timer = setTimeout(() => server.closeAllConnections(), 300);
      await closed;
      clearTimeout(timer);
      if (path !== undefined) await noteCleanStop(path);
    },
  };
}

/** A client for any engine that does not check who calls. */
export function dynamodbClient(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

/** The parts of `level` used here: dynalite's own copy, because only that takes the same lock as dynalite. */
interface LevelModule {
  readonly Level: new (path: string) => LevelStore & { open(): Promise<void>; close(): Promise<void> };
}

/**
 * Opens the folder once before dynalite does, and repairs it after an unclean stop. For a folder in use, dynalite would
 * only say "Database is closed", in an uncaught error.
 */
async function claim(path: string): Promise<readonly Mended[]> {
  const { Level } = requireOfDynalite('level') as LevelModule;
  try {
    await mkdir(path, { recursive: true });
    await refuseWithoutCurrent(path);
    const store = new Level(path);
    await store.open();
    return await mendAfterUncleanStop(path, store).finally(() => store.close());
  } catch (error) {
    throw cannotUse(path, error);
  }
}
