import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'telnyx';
import { isObject } from '../porting/event.ts';

/**
 * How a call to Telnyx can end badly:
 * - `key refused`: 401 or 403; our API key is wrong, revoked or not allowed to
 * - `not found`: 404
 * - `rate limited`: 429
 * - `refused`: any other 4xx
 * - `failed`: 5xx
 * - `unreadable`: an answer that is not what the contract says: HTML, half a JSON, a page without totals
 * - `no answer`: a time-out or a broken connection; what was asked for may have been done
 * - `gave up`: we ran out of time before or while asking
 */
export type UpstreamFault =
  | 'key refused'
  | 'not found'
  | 'rate limited'
  | 'refused'
  | 'failed'
  | 'unreadable'
  | 'no answer'
  | 'gave up';

const ABOUT_TELNYX = new Set<UpstreamFault>(['key refused', 'rate limited', 'failed', 'unreadable', 'no answer']);

/** True for what tells how Telnyx is, and not about the one event that was asked for. */
export function isAboutTelnyx(fault: UpstreamFault): boolean {
  return ABOUT_TELNYX.has(fault);
}

/** A call to Telnyx that did not end well. Its message holds the status and Telnyx's own error codes, never the key. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly fault: UpstreamFault;
  readonly status: number | undefined;
  /** How long Telnyx asks us to wait, in seconds, when it said so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    fault: UpstreamFault,
    message: string,
    details: ErrorOptions & { status?: number; retryAfter?: number } = {},
  ) {
    super(message, details);
    this.fault = fault;
    this.status = details.status;
    this.retryAfterSeconds = details.retryAfter;
  }
}

/**
 * Turns what the SDK throws into an {@link UpstreamError}.
 *
 * @param now milliseconds since 1970, for headers that give an instant
 */
export function upstreamErrorOf(error: unknown, now: number): UpstreamError {
  if (error instanceof UpstreamError) return error;
  if (error instanceof APIUserAbortError) return new UpstreamError('gave up', 'No time was left for Telnyx to answer.');
  if (error instanceof APIConnectionTimeoutError) {
    return new UpstreamError('no answer', 'Telnyx did not answer in time.', { cause: error });
  }
  if (error instanceof APIConnectionError) {
    return new UpstreamError('no answer', `The connection to Telnyx failed: ${reasonOf(error)}`, { cause: error });
  }
  if (error instanceof APIError && typeof error.status === 'number') {
    const retryAfter = retryAfterOf(error.headers, now);
    return new UpstreamError(faultOf(error.status), `Telnyx answered ${error.status}${codesOf(error)}.`, {
      status: error.status,
      cause: error,
      ...(retryAfter !== undefined && { retryAfter }),
    });
  }
  // What is left is a body that cannot be parsed, or a connection that broke in the middle of one.
  return new UpstreamError('unreadable', `Telnyx's answer cannot be read: ${reasonOf(error)}`, { cause: error });
}

function faultOf(status: number): UpstreamFault {
  if (status === 401 || status === 403) return 'key refused';
  if (status === 404) return 'not found';
  if (status === 429) return 'rate limited';
  return status >= 500 ? 'failed' : 'refused';
}

/** Telnyx's error codes, such as ` (10009 Authentication failed)`. Details are left out: they may quote what was sent. */
function codesOf(error: APIError): string {
  const body: unknown = error.error;
  const errors = isObject(body) && Array.isArray(body.errors) ? body.errors.filter(isObject) : [];
  const codes = errors.map(({ code, title }) => [code, title].filter((part) => typeof part === 'string').join(' '));
  return codes.length > 0 ? ` (${codes.join(', ').slice(0, 200)})` : '';
}

function reasonOf(error: unknown): string {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause instanceof Error) innermost = innermost.cause;
  return innermost instanceof Error ? innermost.message.slice(0, 200) : 'unknown';
}

/** Larger than any number of seconds to wait, smaller than any instant since 2001: tells the two spellings of a reset apart. */
const EPOCH_FROM = 1_000_000_000;

/**
 * Seconds to wait before the next request, from any spelling that the contract knows (section 7): `Retry-After` in seconds or as a
 * date; `x-ratelimit-reset` in seconds, or as an epoch, which one page shows, once `x-ratelimit-remaining` is 0 or the answer is a
 * 429; the window `w` of `ratelimit-limit: N, N;w=1`.
 *
 * @returns `undefined` when no header says anything that can be read
 */
export function retryAfterOf(headers: Headers | undefined, now: number): number | undefined {
  const retryAfter = headers?.get('retry-after');
  if (retryAfter) {
    const seconds = /^\d+(\.\d+)?$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - now) / 1000;
    if (Number.isFinite(seconds)) return Math.max(0, seconds);
  }
  const reset = headers?.get('x-ratelimit-reset') ?? headers?.get('ratelimit-reset');
  if (reset && /^\d+(\.\d+)?$/.test(reset)) {
    const value = Number(reset);
    return value >= EPOCH_FROM ? Math.max(0, value - now / 1000) : value;
  }
  const window = /;\s*w=(\d+)/.exec(headers?.get('ratelimit-limit') ?? '')?.[1];
  return window === undefined ? undefined : Number(window);
}
