import type { DeliveryAttempt } from './delivery-log.ts';

export interface AttemptOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds after which silence counts as a failure. */
  readonly timeoutMs: number;
  /** Gives up for good: the promise rejects. */
  readonly signal: AbortSignal;
}

/** What Telnyx's log says about an answer; `undefined` for 200, the only answer that counts as delivered. */
export const codeOfStatus = (status: number): number | undefined => {
  if (status === 200) return undefined;
  if (status < 300) return 75_299;
  if (status < 400) return 75_300;
  if (status === 400 || status === 404) return 75_000 + status;
  if (status < 500) return 75_499;
  return status === 500 ? 75_500 : 75_599;
};

/** What Telnyx's log says about a request without an answer. */
export const codeOfFailure = (error: unknown): number => {
  const { code = '' } = ((error as Error).cause ?? {}) as { code?: string };
  if (/^(ENOTFOUND|EAI_AGAIN)$/.test(code)) return 75_001;
  if (/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ECONNRESET|UND_ERR_CONNECT_TIMEOUT)$/.test(code)) return 75_002;
  if (/CERT|^UNABLE_TO_|^ERR_TLS_/.test(code)) return 75_003;
  return 75_000;
};

const now = (): string => new Date().toISOString();

/** Sends a webhook once, and describes the attempt as Telnyx's log of webhook deliveries does. */
export const attemptOnce = async ({
  url,
  headers,
  body,
  timeoutMs,
  signal,
}: AttemptOptions): Promise<DeliveryAttempt> => {
  const started_at = now();
  const request = { url, headers: Object.entries(headers) };
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    await response.body?.cancel();
    const code = codeOfStatus(response.status);
    return {
      status: code === undefined ? 'delivered' : 'failed',
      started_at,
      finished_at: now(),
      ...(code !== undefined && { errors: [code] }),
      http: { request, response: { status: response.status, headers: [...response.headers] } },
    };
  } catch (error) {
    signal.throwIfAborted();
    return {
      status: 'failed',
      started_at,
      finished_at: now(),
      errors: [codeOfFailure(error)],
      http: { request },
    };
  }
};
