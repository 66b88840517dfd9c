import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** The target of a request: a function URL, or a route of the HTTP API. */
export type Door =
  | { readonly kind: 'function-url' }
  | { readonly kind: 'api'; readonly routeKey: string; readonly pathParameters: Readonly<Record<string, string>> };

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Headers about the connection alone: AWS ends the connection itself, so functions never see them. Cookies have a field
 * of their own.
 */
const NOT_PASSED_ON = new Set(['connection', 'cookie', 'keep-alive', 'transfer-encoding', 'upgrade', 'expect']);

/** The event, in payload format 2.0, that AWS would send for a request. */
export function eventOf(request: IncomingMessage, body: Buffer, door: Door): APIGatewayProxyEventV2 {
  const [path, query] = splitTarget(request.url ?? '/');
  const headers = headersOf(request, body);
  const cookies = request.headers.cookie?.split(/;\s*/).filter(Boolean);
  const parameters = queryParameters(query);
  const routeKey = door.kind === 'api' ? door.routeKey : '$default';
  const text = isText(request) && isUtf8(body);
  const now = new Date();
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookies?.length && { cookies }),
    headers,
    ...(query && { queryStringParameters: parameters }),
    requestContext: {
      accountId: door.kind === 'api' ? '000000000000' : 'anonymous',
      apiId: 'local',
      domainName: hostname(request),
      domainPrefix: 'local',
      http: {
        method: request.method ?? 'GET',
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: requestTime(now),
      timeEpoch: now.getTime(),
    },
    ...(door.kind === 'api' && Object.keys(door.pathParameters).length > 0 && { pathParameters: door.pathParameters }),
    ...(body.length > 0 && { body: body.toString(text ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !text,
  };
}

/** A request target's path and query, without the question mark between them. */
export function splitTarget(target: string): [path: string, query: string] {
  const mark = target.indexOf('?');
  return mark === -1 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}

function headersOf(request: IncomingMessage, body: Buffer): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, values = []] of Object.entries(request.headersDistinct)) {
    if (!NOT_PASSED_ON.has(name)) headers[name] = values.join(',');
  }
  // AWS reads the whole body before it calls, so it knows the length even of a chunked body.
  if (body.length > 0) headers['content-length'] = String(body.length);
  headers['x-forwarded-for'] = request.socket.remoteAddress ?? '127.0.0.1';
  headers['x-forwarded-port'] = String(request.socket.localPort ?? 0);
  headers['x-forwarded-proto'] = 'http';
  return headers;
}

function queryParameters(query: string): Record<string, string> {
  const parameters: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(query)) {
    parameters[name] = name in parameters ? `${parameters[name]},${value}` : value;
  }
  return parameters;
}

/** The content types whose bodies AWS passes on as text. Compressed bodies never are. */
function isText({ headers }: IncomingMessage): boolean {
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') return false;
  return /^(text\/|application\/(json|javascript|xml|[^;,]+\+(json|xml))\s*($|;))/i.test(headers['content-type'] ?? '');
}

function hostname({ headers }: IncomingMessage): string {
  return (headers.host ?? 'localhost').replace(/:\d+$/, '');
}

/** As in a web server's log: 12/Mar/2026:19:03:58 +0000. */
function requestTime(at: Date): string {
  const [day, time] = at.toISOString().split(/[T.]/) as [string, string];
  const [year, , date] = day.split('-');
  return `${date}/${MONTHS[at.getUTCMonth()]}/${year}:${time} +0000`;
}
