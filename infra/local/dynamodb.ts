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
  /** The tables whose indexes had to be mended, because the last stop was not a clean one. */
  readonly mended: readonly Mended[];
  /** Finishes what runs and leaves everything on disk. */
  close(): Promise<void>;
}

/**
 * Starts the embedded engine on a free port of this machine.
 *
 * @param path the folder that holds the data; without it they live in memory
 * @throws {CannotStart} when the folder cannot be used, above all because another process uses it
 */
export async function startEngine({ path }: { path?: string } = {}): Promise<Engine> {
  const mended = path === undefined ? [] : await claim(path);
  const server = engineServer(path);
  // The SDK keeps connections; closing one just as it is used again would be an error of nobody's making.
  server.keepAliveTimeout = 0;
  const underWay = new Set<Promise<void>>();
  server.on('request', (request, response) => {
    // dynalite throws, in this process, when a caller goes away in the middle: a function killed for its time-out does.
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
      // Work goes on although its caller is gone, and dynalite throws, in this process, when its data are closed
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

/** What is used of `level`: dynalite's own copy, since only that takes the very lock that dynalite will. */
interface LevelModule {
  readonly Level: new (path: string) => LevelStore & { open(): Promise<void>; close(): Promise<void> };
}

/**
 * Opens the folder once before dynalite does, and mends what an unclean stop has left. Of a folder in use, dynalite
 * would only say "Database is closed", by an uncaught error.
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
