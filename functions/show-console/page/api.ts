import { forgetToken, heldToken } from './token.ts';

/** Why a request was not answered as asked. `status` is 0 if no answer came. */
export class NotAnswered extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface AskOptions {
  readonly method?: 'GET' | 'POST';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** API Gateway gives up after 30 s. */
const LONGEST_MS = 35_000;
/** 429 and 5xx pass: a reader should not see the first of them. */
const TRIES = 3;
const BETWEEN_MS = 1_500;

/** A query as the API takes it; what is undefined is left out. */
export function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length > 0 ? `${path}?${new URLSearchParams(given)}` : path;
}

/** The JSON of an answer. */
export async function ask<Answer>(path: string, asked: AskOptions = {}): Promise<Answer> {
  return (await answerTo(path, asked)).json();
}

/**
 * Asks the API. A GET is asked again when the ledger is busy; a POST only once, as it may have been carried out.
 *
 * @throws {NotAnswered} after a 401 the token is forgotten, and the page shows where to sign in
 */
export async function answerTo(path: string, asked: AskOptions = {}): Promise<Response> {
  const tries = (asked.method ?? 'GET') === 'GET' ? TRIES : 1;
  for (let tried = 1; ; tried += 1) {
    try {
      return await askOnce(path, asked);
    } catch (error) {
      const mayPass = error instanceof NotAnswered && (error.status === 429 || error.status >= 500);
      if (!mayPass || tried >= tries || asked.signal?.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, tried * BETWEEN_MS));
    }
  }
}

async function askOnce(path: string, { method = 'GET', body, headers, signal }: AskOptions): Promise<Response> {
  const token = heldToken();
  const limit = AbortSignal.timeout(LONGEST_MS);
  const response = await fetch(path, {
    method,
    headers: {
      accept: 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
    credentials: 'omit',
    cache: 'no-store',
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new NotAnswered(
      0,
      '',
      limit.aborted ? 'The ledger did not answer in time.' : 'The ledger cannot be reached.',
    );
  });
  if (response.ok) return response;
  if (response.status === 401 && heldToken() === token) forgetToken();
  const problem = await response.json().catch(() => ({}));
  const first = problem?.errors?.[0];
  throw new NotAnswered(response.status, first?.code ?? '', first?.detail ?? wordsFor(response.status));
}

function wordsFor(status: number): string {
  return status === 429 ? 'Too many requests at once: the ledger asks to wait.' : `The ledger answered ${status}.`;
}
