import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** What a problem refers to, as in Telnyx's errors: a query parameter, or a JSON pointer. */
export type ProblemSource = { readonly parameter: string } | { readonly pointer: string };

/**
 * An error answer in Telnyx's format (docs/telnyx.md §7). Telnyx's SDK throws the same error class for it as for
 * Telnyx.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly source: ProblemSource | undefined;
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param detail what was wrong, and what to do about it
   */
  constructor(
    status: number,
    code: string,
    title: string,
    detail: string,
    more: {
      readonly source?: ProblemSource;
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: more.cause });
    this.status = status;
    this.code = code;
    this.title = title;
    this.source = more.source;
    this.headers = more.headers ?? {};
  }
}

// API Gateway passes the header on as x-amzn-remapped-www-authenticate; other hosts leave its name alone.
export const unauthorized = (detail: string) =>
  new Problem(401, '10009', 'Authentication failed', detail, { headers: { 'www-authenticate': 'Bearer' } });
export const forbidden = (detail: string) => new Problem(403, '10010', 'Authorization failed', detail);
export const notFound = (detail: string) => new Problem(404, '10005', 'Resource not found', detail);
export const invalid = (code: string, title: string, detail: string, source: ProblemSource) =>
  new Problem(422, code, title, detail, { source });
export const unavailable = (detail: string, cause?: unknown) =>
  new Problem(503, '10007', 'Unexpected error', detail, { cause, headers: { 'retry-after': '5' } });

/** The answer for a problem. */
export function answerOf(problem: Problem): APIGatewayProxyStructuredResultV2 {
  const { status, code, title, message: detail, source, headers } = problem;
  return json(status, { errors: [{ code, title, detail, ...(source && { source }) }] }, headers);
}

/** An answer in JSON. Events carry customers' references, so no cache may store it. */
export function json(
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}
