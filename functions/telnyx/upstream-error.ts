import { APIConnectionError, APIError, APIUserAbortError } from 'telnyx';
import { isObject } from '../porting/event.ts';
import { isNotReached, reasonOf } from './not-reached.ts';
import { retryAfterOf } from './rate-limit.ts';

/**
 * How a call to Telnyx can fail:
 * - `key refused`: 401 or 403; our API key is wrong, revoked or lacks permission
 * - `not found`: 404
 * - `rate limited`: 429
 * - `refused`: any other 4xx
 * - `unavailable`: 503; Telnyx says that it accepts nothing for now
 * - `failed`: any other 5xx
 * - `unreadable`: an answer that differs from docs/telnyx.md: HTML, truncated JSON, a page without totals, a redirect
 * - `not reached`: no connection was established; certainly nothing was sent
 * - `no answer`: a time-out or a broken connection; the request may have been carried out
 * - `gave up`: we ran out of time before or during the call
 */
export type UpstreamFault =
  | 'key refused'
  | 'not found'
  | 'rate limited'
  | 'refused'
  | 'unavailable'
  | 'failed'
  | 'unreadable'
  | 'not reached'
  | 'no answer'
  | 'gave up';

const PASSING = new Set<UpstreamFault>([
  'rate limited',
  'unavailable',
  'failed',
  'unreadable',
  'not reached',
  'no answer',
]);

const TOOK_NOTHING = new Set<UpstreamFault>([
  'key refused',
  'not found',
  'rate limited',
  'refused',
  'unavailable',
  'not reached',
]);

/** True for a fault that may be gone a moment later. A refused key or request stays refused. */
export function isPassing(fault: UpstreamFault): boolean {
  return PASSING.has(fault);
}

/** True for a fault that describes Telnyx's state, not the one event of the request. */
export function isAboutTelnyx(fault: UpstreamFault): boolean {
  return isPassing(fault) || fault === 'key refused';
}

/**
 * True when Telnyx has certainly not carried out the request. That includes a redirect, because none is followed; but
 * not a 303, which comes after the work is done.
 */
export function tookNothing({ fault, status = 0 }: UpstreamError): boolean {
  return TOOK_NOTHING.has(fault) || (isRedirect(status) && status !== 303);
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

/** A failed call to Telnyx. Its message contains the status and Telnyx's own error codes, never the key. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly fault: UpstreamFault;
  readonly status: number | undefined;
  /** The seconds that Telnyx asks us to wait, if it does: an hour at most. */
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
 * Turns an error of the SDK into an {@link UpstreamError}.
 *
 * @param now milliseconds since 1970, for headers that give an instant
 */
export function upstreamErrorOf(error: unknown, now: number): UpstreamError {
  if (error instanceof UpstreamError) return error;
  if (error instanceof APIUserAbortError) return new UpstreamError('gave up', 'No time was left for Telnyx to answer.');
  if (error instanceof APIConnectionError) {
    const [fault, what] = isNotReached(error)
      ? (['not reached', 'Telnyx cannot be reached'] as const)
      : (['no answer', 'The connection to Telnyx failed'] as const);
    return new UpstreamError(fault, `${what}: ${reasonOf(error)}`, { cause: error });
  }
  if (error instanceof APIError && typeof error.status === 'number') {
    const retryAfter = retryAfterOf(error.headers, now);
    const redirect = isRedirect(error.status) ? ' Redirects are not followed: check TELNYX_BASE_URL.' : '';
    return new UpstreamError(faultOf(error.status), `Telnyx answered ${error.status}${codesOf(error)}.${redirect}`, {
      status: error.status,
      cause: error,
      ...(retryAfter !== undefined && { retryAfter }),
    });
  }
  // What remains is a body that cannot be parsed, or a connection that broke in the middle of one.
  return new UpstreamError('unreadable', `Telnyx's answer cannot be read: ${reasonOf(error)}`, { cause: error });
}

function faultOf(status: number): UpstreamFault {
  if (status === 401 || status === 403) return 'key refused';
  if (status === 404) return 'not found';
  if (status === 429) return 'rate limited';
  if (status === 503) return 'unavailable';
  if (status < 400) return 'unreadable';
  return status >= 500 ? 'failed' : 'refused';
}

/** Telnyx's error codes, such as ` (10009 Authentication failed)`, without details, which may quote what was sent. */
function codesOf(error: APIError): string {
  const body: unknown = error.error;
  const errors = isObject(body) && Array.isArray(body.errors) ? body.errors.filter(isObject) : [];
  const codes = errors.map(({ code, title }) => [code, title].filter((part) => typeof part === 'string').join(' '));
  return codes.length > 0 ? ` (${codes.join(', ').slice(0, 200)})` : '';
}
