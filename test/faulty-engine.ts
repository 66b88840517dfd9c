import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { serve } from '../infra/local/loopback-server.ts';
import { askEngine } from './open-store.ts';

/**
 * The fault of one request to DynamoDB: it is refused with an error, it is never answered, or it is done but its answer
 * is lost (the connection breaks) or never sent.
 */
export type EngineFault =
  | { readonly refuse: number; readonly type: string }
  | 'hang'
  | 'do it, lose the answer'
  | 'do it, never answer';

/** A DynamoDB over HTTP that stands between a function and the engine of the tests. */
export interface FaultyEngine {
  readonly endpoint: string;
  /** Called before each request with its operation, such as `UpdateItem`, and the number of its connection, from 1. */
  fault: (operation: string, connection: number) => EngineFault | undefined;
  /** The operations in the order of their arrival. */
  readonly operations: readonly string[];
  close(): Promise<void>;
}

/** Starts one that passes every request on to the engine of the tests until `fault` returns a fault. */
export async function startFaultyEngine(): Promise<FaultyEngine> {
  const operations: string[] = [];
  const connections: Socket[] = [];

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    // With a date from the machine's clock instead of the test's, the SDK would correct its clock and repeat refused
    // requests.
    response.sendDate = false;
    const body = await text(incoming);
    const operation = String(incoming.headers['x-amz-target']).replace(/^.*\./, '');
    operations.push(operation);
    if (!connections.includes(incoming.socket)) connections.push(incoming.socket);
    const fault = engine.fault(operation, connections.indexOf(incoming.socket) + 1);
    if (fault === 'hang') return;
    if (typeof fault === 'object') {
      response.writeHead(fault.refuse, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${fault.type}`, message: 'a fault' }));
      return;
    }
    const answer = await askEngine(incoming.headers as Record<string, string>, body);
    if (fault === 'do it, never answer') return;
    if (fault === 'do it, lose the answer') response.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  const { url, close } = await serve(pass);
  const engine: FaultyEngine = {
    endpoint: url,
    fault: () => undefined,
    operations,
    close,
  };
  return engine;
}
