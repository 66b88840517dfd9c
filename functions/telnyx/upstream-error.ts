import { APIConnectionError, APIError, APIUserAbortError } from 'telnyx';
import { isObject, membersOf } from '../porting/event.ts';
import { isNotReached, reasonOf } from './not-reached.ts';
import { retryAfterOf } from './rate-limit.ts';

/**
 * How a call to Telnyx can fail. Among 4xx, Telnyx's error code counts for more than the status (docs/telnyx.md §7):
 * - `key refused`: 401, or code 10009 or 10010, or a 403 without a code that says otherwise; our API key is wrong,
 *   revoked or lacks permission
 * - `not available`: code 10038 or 10039; not for this account, or not now. Another key would not help
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
  | 'not available'
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
  'not available',
  'not found',
  'rate limited',
  'refused',
  'unavailable',
  'not reached',
]);

const MEANS_THE_KEY = new Set(['10009', '10010']);
const MEANS_NOT_AVAILABLE = new Set(['10038', '10039']);

/** True when a repeated call may succeed a moment later. Of 4xx, that is 429, and one that Telnyx calls retryable. */
export function isPassing({ fault, retryable }: UpstreamError): boolean {
  return PASSING.has(fault) || retryable;
}

/** True for a fault that describes Telnyx's state, not the one event of the request. */
export function isAboutTelnyx(fault: UpstreamFault): boolean {
  return PASSING.has(fault) || fault === 'key refused' || fault === 'not available';
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

/** A failed call to Telnyx. Its message has the status, and the code and title of Telnyx's errors, never the key. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly fault: UpstreamFault;
  readonly status: number | undefined;
  /** The seconds that Telnyx asks us to wait, if it does: an hour at most. */
  readonly retryAfterSeconds: number | undefined;
  /** True for a 4xx whose errors all say `meta.retryable: true`. */
  readonly retryable: boolean;

  constructor(
    fault: UpstreamFault,
    message: string,
    details: ErrorOptions & { status?: number; retryAfter?: number; retryable?: boolean } = {},
  ) {
    super(message, details);
    this.fault = fault;
    this.status = details.status;
    this.retryAfterSeconds = details.retryAfter;
    this.retryable = details.retryable ?? false;
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
    const { status } = error;
    const errors = errorsIn(error);
    const retryAfter = retryAfterOf(error.headers, now);
    const redirect = isRedirect(status) ? ' Redirects are not followed: check TELNYX_BASE_URL.' : '';
    const isRetryable =
      status >= 400 && status < 500 && errors.length > 0 && errors.every(({ retryable }) => retryable);
    return new UpstreamError(faultOf(status, errors), `Telnyx answered ${status}${wordsOf(errors)}.${redirect}`, {
      status,
      cause: error,
      retryable: isRetryable,
      ...(retryAfter !== undefined && { retryAfter }),
    });
  }
  // What remains is a body that cannot be parsed, or a connection that broke in the middle of one.
  return new UpstreamError('unreadable', `Telnyx's answer cannot be read: ${reasonOf(error)}`, { cause: error });
}

/** An error in the body of Telnyx's answer. Its detail is left out: it may quote what was sent. */
interface AnsweredError {
  readonly code: string;
  readonly title: string;
  readonly retryable: boolean;
}

function errorsIn({ error: body }: APIError): readonly AnsweredError[] {
  const { errors } = membersOf(body);
  if (!Array.isArray(errors)) return [];
  return errors.filter(isObject).map(({ code, title, meta }) => ({
    code: oneLine(code),
    title: oneLine(title),
    retryable: membersOf(meta).retryable === true,
  }));
}

function faultOf(status: number, errors: readonly AnsweredError[]): UpstreamFault {
  if (status === 401) return 'key refused';
  if (status === 429) return 'rate limited';
  if (status === 503) return 'unavailable';
  if (status < 400) return 'unreadable';
  if (status >= 500) return 'failed';
  if (errors.some(({ code }) => MEANS_THE_KEY.has(code))) return 'key refused';
  if (errors.some(({ code }) => MEANS_NOT_AVAILABLE.has(code))) return 'not available';
  if (status === 403) return 'key refused';
  return status === 404 ? 'not found' : 'refused';
}

/** The codes and titles, such as ` (10009 Authentication failed)`. */
function wordsOf(errors: readonly AnsweredError[]): string {
  const words = errors.map(({ code, title }) => `${code} ${title}`.trim()).filter(Boolean);
  return words.length > 0 ? ` (${words.join(', ').slice(0, 200)})` : '';
}

function oneLine(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).replaceAll(/\s+/g, ' ').trim() : '';
}
