import { Telnyx } from 'telnyx';
import { UpstreamError, upstreamErrorOf } from './upstream-error.ts';

export interface ClientOptions {
  readonly apiKey: string;
  /** Includes the version, such as `https://api.telnyx.com/v2`. */
  readonly baseUrl: string;
  /** Milliseconds after which a request without an answer is given up. */
  readonly timeout: number;
  /** Called when Telnyx has refused the key. */
  readonly onKeyRefused?: () => void;
}

/** Telnyx's official SDK, with one way to call it. */
export interface Client {
  readonly telnyx: Telnyx;
  /**
   * Makes one request. Pass `options` to the SDK's call; `givenUp` ends it early.
   *
   * @throws {UpstreamError} and nothing else
   */
  readonly ask: <Answer>(
    request: (options: { signal: AbortSignal }) => Promise<Answer>,
    givenUp?: AbortSignal,
  ) => Promise<Answer>;
}

/**
 * The SDK without its own retries: they would repeat a republish, which may notify people twice, and exceed our rate.
 * Its own time-out (60 s) is not used either: it ends with the headers, but a body that never ends must be given up
 * too.
 */
export function telnyxClient({ apiKey, baseUrl, timeout, onKeyRefused }: ClientOptions): Client {
  const telnyx = new Telnyx({
    apiKey,
    baseURL: baseUrl,
    maxRetries: 0,
    logLevel: 'off',
    fetch: fetchWithReason,
    // If followed, a redirected POST would become a GET, and its answer would look like success.
    fetchOptions: { redirect: 'manual' },
  });
  return {
    telnyx,
    async ask(request, givenUp) {
      const timedOut = AbortSignal.timeout(timeout);
      try {
        return await request({ signal: givenUp ? AbortSignal.any([timedOut, givenUp]) : timedOut });
      } catch (error) {
        if (givenUp?.aborted) throw new UpstreamError('gave up', 'No time was left for Telnyx to answer.');
        if (timedOut.aborted) throw new UpstreamError('no answer', `Telnyx did not answer within ${timeout} ms.`);
        const upstreamError = upstreamErrorOf(error, Date.now());
        if (upstreamError.fault === 'key refused') onKeyRefused?.();
        throw upstreamError;
      }
    },
  };
}

/**
 * The SDK drops the reason of any error that looks like a time-out, unless the reason lies deeper. The reason is what
 * shows that nothing was sent.
 */
const fetchWithReason: typeof fetch = async (input, init) => {
  try {
    return await fetch(input, init);
  } catch (error) {
    throw new Error('fetch failed', { cause: error });
  }
};
