/** Whether a request may pass, and the headers that show the client its limit. */
export interface RateDecision {
  readonly allowed: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * A limit on the requests within any one second: a sliding window, the strictest reading of Telnyx's unpublished limit.
 * Refused requests do not count. `now` is in milliseconds; a limit of `Infinity` a second turns off the limit and its
 * headers.
 */
export const createRateLimit = (perSecond: number, now: () => number): (() => RateDecision) => {
  let passed: number[] = [];
  return () => {
    if (perSecond === Number.POSITIVE_INFINITY) return { allowed: true, headers: {} };
    const time = now();
    passed = passed.filter((at) => at > time - 1000);
    const allowed = passed.length < perSecond;
    if (allowed) passed.push(time);
    const headers = {
      'x-ratelimit-limit': String(perSecond),
      'x-ratelimit-remaining': String(perSecond - passed.length),
      'x-ratelimit-reset': String(Math.ceil(((passed[0] ?? time) + 1000 - time) / 1000)),
    };
    return { allowed, headers };
  };
};
