import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface LoopbackServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves HTTP at a free port of this machine. A request whose answer fails loses its connection. Idle connections stay
 * open: the SDK keeps them, and closing one at the moment when it is used again would cause an error without a fault.
 */
export async function serve(
  answer: (incoming: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<LoopbackServer> {
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The status and the content of an answer. */
export type JsonAnswer = readonly [statusCode: number, content: object];

/**
 * Serves one operation of an AWS API that speaks JSON, such as `AWSEvents.PutEvents`.
 *
 * @param answer gets the request's body; when it throws, the connection breaks
 */
export function serveOperation(
  operation: string,
  answer: (body: string) => JsonAnswer | Promise<JsonAnswer>,
): Promise<LoopbackServer> {
  return serve(async (request, response) => {
    const body = await text(request);
    const isKnown = request.headers['x-amz-target'] === operation;
    const [statusCode, content] = isKnown ? await answer(body) : [400, { __type: 'UnknownOperationException' }];
    response.writeHead(statusCode, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(content));
  });
}
