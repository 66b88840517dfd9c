import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A server whose callers wait until the test lets them go on. So a function runs exactly as long as the test needs. */
export async function closedGate() {
  const waiting = new Set<ServerResponse>();
  let isOpen = false;
  const server = createServer((request, response) => {
    request.resume();
    if (isOpen) return void response.end('{}');
    waiting.add(response);
    response.on('close', () => waiting.delete(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The number of callers that wait; one whose thread or process has ended does not count. */
    waiting: () => waiting.size,
    open(): void {
      isOpen = true;
      for (const response of waiting) response.end('{}');
    },
  };
}
