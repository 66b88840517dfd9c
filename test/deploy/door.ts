import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { serve } from '../../infra/local/loopback-server.ts';
import type { Ledger } from './ledger.ts';
import { show } from './rehearsal.ts';

/** The simulator sends its webhooks here, because no DNS knows the name in the function URL. */
export interface Door {
  readonly url: string;
  /** The answers to the attempts that were let in, by the event's id; 0 while there is none. */
  readonly answered: ReadonlyMap<string, readonly number[]>;
  /** Ids that were answered 200 although the ledger did not show them. */
  readonly notHeld: readonly string[];
  /** The first event that came: its webhooks are refused until {@link letIn} is called. */
  refused(): string | undefined;
  letIn(): void;
  close(): Promise<void>;
}

/** Passes requests on unchanged, and checks at once that an event answered with 200 is stored. */
export async function openDoor(ledger: Ledger, token: string): Promise<Door> {
  const answered = new Map<string, number[]>();
  const notHeld: string[] = [];
  let refused: string | undefined;
  let isShut = true;

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const { data, ...flat } = JSON.parse(body.toString());
    const id: string = (data ?? flat).id;
    refused ??= id;
    if (isShut && id === refused) {
      response.writeHead(503).end();
      return;
    }
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const statuses = answered.get(id) ?? [];
    answered.set(id, statuses);
    const attempt = statuses.push(0) - 1;
    const answer = await ledger.post(body, headers);
    statuses[attempt] = answer.status;
    // Any other status means that the API is busy, and says nothing about the event.
    if (answer.status === 200 && (await show(ledger, token, id)).status === 404) notHeld.push(id);
    response.writeHead(answer.status).end(JSON.stringify(answer.body));
  }

  const server = await serve(pass);
  return {
    url: server.url,
    answered,
    notHeld,
    refused: () => refused,
    letIn() {
      isShut = false;
    },
    close: server.close,
  };
}
