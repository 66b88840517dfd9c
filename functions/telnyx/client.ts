import { Telnyx } from 'telnyx';
import { UpstreamError, upstreamErrorOf } from './upstream-error.ts';

export interface ClientOptions {
  readonly apiKey: string;
  /** With the version, such as `https://api.telnyx.com/v2`. */
  readonly baseUrl: string;
  /** Milliseconds until a request without an answer is given up. */
  readonly timeout: number;
  /** Called when Telnyx has refused the key. */
  readonly onKeyRefused?: () => void;
}

/** Telnyx's official SDK, and one way to ask it. */
export interface Client {
  readonly telnyx: Telnyx;
  /**
   * Makes one request. `options` must go into the SDK's call; `givenUp` ends it early.
   *
   * @throws {UpstreamError} and nothing else
   */
  readonly ask: <Answer>(
    request: (options: { signal: AbortSignal }) => Promise<Answer>,
    givenUp?: AbortSignal,
  ) => Promise<Answer>;
}

/**
 * The SDK with its own retries off: it would repeat a republish, which may notify people twice, and any other request outside our
 * rate. Its own time-out (60 s) is not used: it ends with the headers, and a body that never ends must be given up as well.
 */
export function telnyxClient({ apiKey, baseUrl, timeout, onKeyRefused }: ClientOptions): Client {
  const telnyx = new Telnyx({
    apiKey,
    baseURL: baseUrl,
    maxRetries: 0,
    logLevel: 'off',
    fetch: fetchWithReason,
    // Followed, a redirected POST would come out as a GET, and its answer would look like success.
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
 * The SDK drops the reason of whatever reads like a time-out, unless it lies deeper: that nothing was sent is in that
 * reason.
 */
const fetchWithReason: typeof fetch = async (input, init) => {
  try {
    return await fetch(input, init);
  } catch (error) {
    throw new Error('fetch failed', { cause: error });
  }
};
