import { readJson } from '../../functions/porting/json.ts';
import { reasonOf } from '../local/cannot-start.ts';
import { type Clock, systemClock } from './clock.ts';
import { type ApiError, EXIT, Failure } from './failure.ts';
import type { Settings } from './settings.ts';
import { duration, shown } from './text.ts';

export type Query = Readonly<Record<string, string | number | undefined>>;

interface GetOptions {
  /** Aborts the request; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** False for a caller that repeats the request itself. */
  readonly repeat?: boolean;
}

interface PostOptions {
  /** With a key the ledger acts once, however often it is asked, so the request is repeated when its answer is lost. */
  readonly idempotencyKey?: string;
  /** True when the request is idempotent without a key. */
  readonly repeat?: boolean;
}

export interface CsvPage {
  readonly text: string;
  readonly next: string | undefined;
}

/** The ledger's HTTP API. All its methods throw {@link Failure}. */
export interface Api {
  readonly get: <Answer>(path: string, query?: Query, options?: GetOptions) => Promise<Answer>;
  /** A page in CSV, and the cursor of the next one. */
  readonly csv: (path: string, query: Query) => Promise<CsvPage>;
  /** @returns `undefined` for an answer without a body */
  readonly post: <Answer>(path: string, body?: unknown, options?: PostOptions) => Promise<Answer>;
}

/** The API's gateway gives up after 30 s. */
const ANSWER_WITHIN = 35_000;
const ATTEMPTS = 5;
const ATTEMPTS_TO_REACH = 3;
const FIRST_PAUSE = 500;
const LONGEST_WAIT = 60_000;
/** Shorter pauses pass without a message. */
const WORTH_A_WORD = 2_000;

/**
 * The API at an address. After 429, 503 and a lost connection it repeats what may be repeated, after the time that
 * `Retry-After` gives, for a minute at most.
 *
 * @param say receives messages that explain a delay
 */
export function apiAt({ url, token }: Settings, say: (text: string) => void, clock: Clock = systemClock): Api {
  async function ask<Answer>(
    method: string,
    path: string,
    init: RequestInit,
    read: (response: Response, text: string, what: string) => Answer,
  ): Promise<Answer> {
    const signal = AbortSignal.any([AbortSignal.timeout(ANSWER_WITHIN), ...(init.signal ? [init.signal] : [])]);
    const headers = { accept: 'application/json', ...init.headers, authorization: `Bearer ${token}` };
    try {
      const response = await fetch(url + path, { ...init, method, headers, signal, redirect: 'manual' });
      return read(response, await textOf(response), `${method} ${path.split('?')[0]}`);
    } catch (error) {
      if (error instanceof Failure) throw error;
      init.signal?.throwIfAborted();
      const reason = signal.aborted ? `no answer within ${ANSWER_WITHIN / 1000} s` : shown(reasonOf(error));
      throw new Failure(EXIT.unreachable, `The ledger at ${url} cannot be reached: ${reason}`, { passes: true });
    }
  }

  async function repeated<Answer>(asked: () => Promise<Answer>): Promise<Answer> {
    let waited = 0;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await asked();
      } catch (error) {
        if (!(error instanceof Failure) || !error.passes) throw error;
        if (attempt === (error.exitCode === EXIT.unreachable ? ATTEMPTS_TO_REACH : ATTEMPTS)) throw error;
        const pause = (error.retryAfterSeconds ?? 0) * 1000 || FIRST_PAUSE * 2 ** (attempt - 1);
        waited += pause;
        if (waited > LONGEST_WAIT) throw error;
        if (pause >= WORTH_A_WORD) say(`${error.message}; asking again in ${duration(pause / 1000)}`);
        await clock.sleep(pause);
      }
    }
  }

  return {
    async get<Answer>(path: string, query: Query = {}, { signal, repeat = true }: GetOptions = {}) {
      const asked = () => ask('GET', targetOf(path, query), signal ? { signal } : {}, answerIn);
      return (await (repeat ? repeated(asked) : asked())) as Answer;
    },
    csv: (path, query) =>
      repeated(() =>
        ask('GET', targetOf(path, query), { headers: { accept: 'text/csv, application/json;q=0.1' } }, csvIn),
      ),
    async post<Answer>(
      path: string,
      body?: unknown,
      { idempotencyKey, repeat = idempotencyKey !== undefined }: PostOptions = {},
    ) {
      const headers = {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      };
      const init = { headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
      const asked = () => ask('POST', path, init, answerIn);
      return (await (repeat ? repeated(asked) : asked())) as Answer;
    },
  };
}

/**
 * A part of a path, from a user's input.
 *
 * @throws {Failure} if it would change the path
 */
export function segment(id: string): string {
  if (/^\.{0,2}$/.test(id)) throw new Failure(EXIT.usage, `"${id}" is not an id.`);
  // Ids of jobs and runs hold instants, whose colons stand unescaped in a path.
  return encodeURIComponent(id).replaceAll('%3A', ':');
}

/** The text of an answer; CSV with its byte order mark, by which spreadsheets know the encoding. */
async function textOf(response: Response): Promise<string> {
  return isCsv(response) ? Buffer.from(await response.arrayBuffer()).toString() : response.text();
}

function isCsv({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('text/csv') ?? false;
}

function targetOf(path: string, query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return given.length > 0 ? `${path}?${new URLSearchParams(given)}` : path;
}

function csvIn(response: Response, text: string, what: string): CsvPage {
  if (!response.ok) answerIn(response, text, what);
  if (!isCsv(response)) {
    throw new Failure(EXIT.bad, `The answer to ${what} is not CSV: is the ledger older than this command line?`);
  }
  const target = /^<([^>]+)>; *rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
  const next = target && new URL(target, response.url).searchParams.get('page[after]');
  return { text, next: next || undefined };
}

function answerIn(response: Response, text: string, what: string): unknown {
  const { status, ok } = response;
  if (ok && text === '') return undefined;
  const body = parse(text);
  if (ok && body !== undefined) return body;
  if (ok) throw new Failure(EXIT.bad, `The answer to ${what} is not JSON: is LEDGER_URL the address of a ledger?`);

  const { errors, message } = (body ?? {}) as { errors?: ApiError[]; message?: string };
  const told = Array.isArray(errors) && errors.length > 0 ? errors : undefined;
  const first = told?.[0];
  const words = shown(first?.detail ?? first?.title ?? message);
  const final = response.headers.has('idempotent-replayed') || response.headers.get('x-should-retry') === 'false';
  const inOneLine = first?.detail ? `${words} (${status})` : `${what} was answered ${status}${words && `: ${words}`}`;
  throw new Failure(exitCodeOf(status), inOneLine, {
    errors: told,
    passes: !final && (status === 429 || status === 503 || (status === 409 && response.headers.has('retry-after'))),
    retryAfterSeconds: retryAfterOf(response.headers.get('retry-after')),
  });
}

function exitCodeOf(status: number) {
  if (status === 401 || status === 403) return EXIT.notAuthorized;
  return status === 404 ? EXIT.notFound : EXIT.bad;
}

/** Seconds, from either form of the header. */
function retryAfterOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

function parse(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}
