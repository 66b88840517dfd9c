import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { OrderStore } from '../../functions/ledger/table/store.ts';
import { engineServer } from '../../infra/local/engine-server.ts';
import { openStoreAt } from '../open-store-at.ts';

/**
 * Starts an embedded engine behind TLS, as DynamoDB is, with an empty ledger on it.
 *
 * @param certified for `localhost`; the caller makes its clients trust it
 */
export async function startSecureEngine(certified: {
  readonly key: string;
  readonly cert: string;
}): Promise<{ endpoint: string; store: OrderStore; close: () => Promise<void> }> {
  const engine = engineServer();
  const secure = createServer(certified, (request, response) => engine.emit('request', request, response));
  const [plainPort, securePort] = [await listening(engine), await listening(secure)];
  const store = await openStoreAt(`http://127.0.0.1:${plainPort}`);
  return {
    endpoint: `https://localhost:${securePort}`,
    store,
    async close() {
      store.client.destroy();
      for (const server of [engine, secure]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

async function listening(server: Pick<Server, 'listen' | 'address' | 'once'>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server as Server, 'listening');
  return (server.address() as AddressInfo).port;
}
