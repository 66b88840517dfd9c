import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { OrderStore } from '../functions/ledger/table/store.ts';
import { dynamodbClient } from '../infra/local/dynamodb.ts';
import { type EmbeddedEngine, type EngineAnswer, openEmbeddedEngine } from './embedded-engine.ts';
import { openStoreAt } from './open-store-at.ts';

/** A name that DNS never resolves: requests to it stay in this process. */
const EMBEDDED = 'http://embedded-engine.invalid';

let embedded: EmbeddedEngine | undefined;

/**
 * The endpoint of the tests' engine: DYNAMODB_ENDPOINT over HTTP if set, otherwise an embedded engine without a socket.
 * The official SDK and the functions' own clients reach both.
 */
export function engineEndpoint(): string {
  const given = process.env.DYNAMODB_ENDPOINT;
  if (given) return given;
  embedded ??= embed();
  return EMBEDDED;
}

/** An empty ledger on that engine. */
export async function openStore(): Promise<OrderStore> {
  return openStoreAt(engineEndpoint());
}

/** Passes a signed request to that engine unchanged. */
export async function askEngine(headers: Readonly<Record<string, string>>, body: string): Promise<EngineAnswer> {
  const endpoint = engineEndpoint();
  if (embedded) return embedded.ask(headers, body);
  const { 'x-amz-target': target = '', authorization = '', 'x-amz-date': date = '' } = headers;
  const signed = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': target,
    authorization,
    'x-amz-date': date,
  };
  // A new connection, because a kept one may be closed just before it is used again. Not fetch, because it uses the
  // test's timers, which may be short.
  const asked = request(endpoint, { method: 'POST', headers: signed, agent: false });
  asked.end(body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const { 'content-type': type = '', 'x-amz-crc32': crc = '' } = answer.headers as Record<string, string>;
  return {
    status: answer.statusCode ?? 0,
    headers: { 'content-type': type, 'x-amz-crc32': crc },
    body: await text(answer),
  };
}

interface SdkRequest {
  readonly hostname: string;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array;
}

type Handle = (request: SdkRequest, options?: { abortSignal?: AbortSignal }) => Promise<object>;

/** Makes the SDK's HTTP handler pass requests for the embedded engine to it, for every client. */
function embed(): EmbeddedEngine {
  const engine = openEmbeddedEngine();
  const { hostname } = new URL(EMBEDDED);
  const { requestHandler } = dynamodbClient(EMBEDDED).config;
  const handler = Object.getPrototypeOf(requestHandler) as { handle: Handle };
  const overHttp = handler.handle;
  handler.handle = async function handle(this: unknown, request, options = {}) {
    if (request.hostname !== hostname) return overHttp.call(this, request, options);
    const { abortSignal } = options;
    abortSignal?.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    abortSignal?.addEventListener('abort', () => aborted.reject(abortSignal.reason));
    const { status, headers, body } = await Promise.race([engine.ask(request.headers, request.body), aborted.promise]);
    return { response: { statusCode: status, headers, body: Readable.from([Buffer.from(body)]) } };
  };
  return engine;
}
