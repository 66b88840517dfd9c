import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { serve } from '../infra/local/loopback-server.ts';
import { askEngine } from './open-store.ts';

/**
 * What goes wrong with one request to DynamoDB: it is refused with an error, never answered, or done with its answer lost (the
 * connection breaks) or never sent.
 */
export type EngineFault =
  | { readonly refuse: number; readonly type: string }
  | 'hang'
  | 'do it, lose the answer'
  | 'do it, never answer';

/** A DynamoDB over HTTP between a function and the engine that tests run on. */
export interface FaultyEngine {
  readonly endpoint: string;
  /** Asked before each request; the operation is `UpdateItem` and the like. */
  fault: (operation: string) => EngineFault | undefined;
  /** Operations in the order in which they came. */
  readonly operations: readonly string[];
  close(): Promise<void>;
}

/** Passes everything on to the engine that tests run on until it is given a fault. */
export async function startFaultyEngine(): Promise<FaultyEngine> {
  const operations: string[] = [];

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    // A date of the machine's clock, beside the test's own calendar, makes the SDK correct its clock and repeat what was refused.
    response.sendDate = false;
    const body = await text(incoming);
    const operation = String(incoming.headers['x-amz-target']).replace(/^.*\./, '');
    operations.push(operation);
    const fault = engine.fault(operation);
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
