import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A Secrets Manager. Tests change its secrets and its state. */
export interface SecretsManager {
  readonly endpoint: string;
  /** The text of each secret, by the secret's id. */
  readonly values: Map<string, string>;
  state: 'up' | 'refuses' | 'hangs';
  /** Called when it receives a request that it does not answer. */
  onHang: () => void;
  /** The number of requests for a secret's value, including the SDK's retries. */
  requests: number;
  close(): Promise<void>;
}

/** Answers GetSecretValue over HTTP, on a free port of this machine. */
export async function startSecretsManager(values: Readonly<Record<string, string>>): Promise<SecretsManager> {
  const server = createServer(async (request, response) => {
    // See faulty-engine.ts.
    response.sendDate = false;
    const { SecretId } = JSON.parse(await text(request));
    manager.requests += 1;
    if (manager.state === 'hangs') return manager.onHang();
    const value = manager.state === 'up' ? manager.values.get(SecretId) : undefined;
    // AWS answers for a secret without a value as for a secret that does not exist.
    const refusal = manager.state === 'up' ? 'ResourceNotFoundException' : 'AccessDeniedException';
    const answer = value === undefined ? { __type: refusal, message: 'no' } : { SecretString: value, Name: SecretId };
    response.writeHead(value === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(answer));
  });
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const manager: SecretsManager = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    values: new Map(Object.entries(values)),
    state: 'up',
    onHang: () => {},
    requests: 0,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return manager;
}
