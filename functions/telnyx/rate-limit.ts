/** A longer wait is not from a rate limit: it is a date far off, or an unknown unit. It counts as none. */
const LONGEST_PLAUSIBLE = 24 * 3600;
/** The longest wait that is shown, stored and observed: after an hour Telnyx is simply called again. */
const LONGEST_WAIT = 3600;

/** Larger than any number of seconds to wait, smaller than any instant since 2001: separates waits from instants. */
const EPOCH_FROM = 1_000_000_000;
/** In seconds, the year 5138: a larger number is an instant in a smaller unit. */
const EPOCH_SECONDS_UNTIL = 100_000_000_000;

const NUMBER = /^\s*(\d+(?:\.\d+)?)\s*(?:,|$)/;
/** The forms in which servers write a date. `Date.parse` alone would accept nearly any text with a digit. */
const DATE = /^\s*(?:[A-Z][a-z]{2,8},? \d|\d{4}-\d{2}-\d{2}T)/;

/**
 * Seconds to wait before the next request, from any known header. `Retry-After` and resets may be seconds, an instant
 * since 1970 (in seconds or smaller units) or a date; `retry-after-ms` is milliseconds; `ratelimit` has both of the
 * IETF's forms (`limit=100, remaining=0, reset=5` and `"default";r=0;t=5`); the last resort is the window `w` of
 * `ratelimit-limit: N, N;w=1`.
 *
 * @param now milliseconds since 1970
 * @returns 0 to 3600, or `undefined` when no header has a readable and plausible value
 */
export function retryAfterOf(headers: Headers | undefined, now: number): number | undefined {
  const header = (name: string) => headers?.get(name) ?? '';
  const milliseconds = NUMBER.exec(header('retry-after-ms'))?.[1];
  const waits = [
    secondsIn(header('retry-after'), now),
    milliseconds === undefined ? undefined : Number(milliseconds) / 1000,
    secondsIn(header('x-ratelimit-reset'), now),
    secondsIn(header('ratelimit-reset'), now),
    ietfReset(header('ratelimit'), now),
    numberAfter(/;\s*w=(\d+)/, header('ratelimit-limit')),
  ];
  const wait = waits.find((seconds) => seconds !== undefined && seconds <= LONGEST_PLAUSIBLE);
  return wait === undefined ? undefined : Math.min(wait, LONGEST_WAIT);
}

/** True when an answer says that it used up the rate limit for now. */
export function isUsedUp(headers: Headers): boolean {
  const remaining = headers.get('x-ratelimit-remaining') ?? headers.get('ratelimit-remaining');
  if (remaining !== null) return Number(NUMBER.exec(remaining)?.[1]) === 0;
  return policiesIn(headers.get('ratelimit') ?? '').some(isExhausted);
}

/** A number of seconds, an instant as a number, or a date. */
function secondsIn(text: string, now: number): number | undefined {
  const number = NUMBER.exec(text)?.[1];
  if (number !== undefined) {
    let value = Number(number);
    while (value >= EPOCH_SECONDS_UNTIL) value /= 1000;
    return value >= EPOCH_FROM ? Math.max(0, value - now / 1000) : value;
  }
  const instant = DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(instant) ? undefined : Math.max(0, (instant - now) / 1000);
}

/** The newer form names its policies: the longest reset of the used-up ones, or else of all. */
function ietfReset(header: string, now: number): number | undefined {
  const policies = policiesIn(header);
  const exhausted = policies.filter(isExhausted);
  const resets = (exhausted.length > 0 ? exhausted : policies).flatMap(
    (policy) => secondsIn(/\b(?:reset|t)\s*=\s*"?([^",;]+)/.exec(policy)?.[1] ?? '', now) ?? [],
  );
  return resets.length > 0 ? Math.max(...resets) : undefined;
}

/** The older form has commas between the members of its only policy, the newer one between policies. */
function policiesIn(header: string): readonly string[] {
  return header.includes(';') ? header.split(',') : [header];
}

function isExhausted(policy: string): boolean {
  return numberAfter(/\b(?:remaining|r)\s*=\s*(\d+)/, policy) === 0;
}

function numberAfter(pattern: RegExp, text: string): number | undefined {
  const digits = pattern.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
