import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineServer } from '../infra/local/engine-server.ts';

/** An answer in DynamoDB's protocol. */
export interface EngineAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A DynamoDB engine inside this process, reached without a socket. */
export interface EmbeddedEngine {
  /** Answers one request: the headers that the SDK signs, in small letters, and a JSON body. */
  readonly ask: (headers: Readonly<Record<string, string>>, body: string | Uint8Array) => Promise<EngineAnswer>;
}

/**
 * The engine of `npm start`, in memory and without HTTP. A socket takes a quarter of a request's time, has its own
 * time-outs, and answers in an order that no seed determines.
 */
export function openEmbeddedEngine(): EmbeddedEngine {
  const server = engineServer();

  async function ask(headers: Readonly<Record<string, string>>, body: string | Uint8Array): Promise<EngineAnswer> {
    const request = Object.assign(new EventEmitter(), { method: 'POST', url: '/', headers });
    const answered = Promise.withResolvers<string>();
    const given: Record<string, string> = {};
    const response = {
      statusCode: 200,
      setHeader(name: string, value: unknown) {
        given[name.toLowerCase()] = String(value);
      },
      end: answered.resolve,
    };
    server.emit('request', request, response);
    request.emit(
      'data',
      typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.length),
    );
    request.emit('end');
    const answer = { body: await answered.promise, status: response.statusCode, headers: given };
    // The engine answers before the table is usable; the SDK would check again only after 100 ms.
    if (headers['x-amz-target']?.endsWith('.CreateTable')) await sleep(1);
    return answer;
  }

  return { ask };
}
