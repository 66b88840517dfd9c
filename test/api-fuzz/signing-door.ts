import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { serve } from '../../infra/local/loopback-server.ts';
import type { Keys } from '../../infra/local/simulator/webhooks.ts';

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/**
 * Passes requests on, signed as Telnyx would have signed them, so that even an odd body gets past the signature. Each
 * body gets a new event id: most cases derive from one example, and would otherwise be duplicates, stored unread.
 */
export interface SigningDoor {
  readonly url: string;
  /** The outcome of the webhooks, by the `result` in the answer. */
  readonly results: Map<string, number>;
  close(): Promise<void>;
}

export async function openSigningDoor(target: string, keys: Keys): Promise<SigningDoor> {
  const results = new Map<string, number>();
  let passed = 0;

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    passed += 1;
    const fresh = `00000000-0000-4000-9000-${String(passed).padStart(12, '0')}`;
    const body = Buffer.from((await buffer(incoming)).toString('latin1').replace(UUID, fresh), 'latin1');
    const timestamp = String(Math.floor(Date.now() / 1000));
    const { 'transfer-encoding': _, ...headers } = incoming.headers;
    const signed = {
      ...headers,
      'content-length': body.length,
      'telnyx-timestamp': timestamp,
      'telnyx-signature-ed25519': keys.sign(timestamp, body.toString()),
    };
    const outgoing = httpRequest(target + incoming.url, { method: incoming.method ?? 'POST', headers: signed });
    outgoing.end(body);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    const text = await buffer(answer);
    if (answer.statusCode === 200) {
      const { result } = JSON.parse(text.toString());
      results.set(result, (results.get(result) ?? 0) + 1);
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers).end(text);
  }

  const server = await serve(pass);
  return {
    url: server.url,
    results,
    close: server.close,
  };
}
