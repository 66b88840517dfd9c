import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';

/** A request of a test. */
export interface Request {
  readonly method?: string;
  /** Path and query, still encoded: `/v2/porting/events?page[size]=5`. */
  readonly target?: string;
  /** Names are in small letters, as AWS passes them on; duplicate headers are joined by a comma. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

const EVENT_PATH = /^\/v2\/porting\/events\/(?<id>[^/]+)(?:\/republish)?$/;

/** The event for a request in payload format 2.0, as a function URL and an HTTP API send it. */
export function httpEvent({
  method = 'GET',
  target = '/',
  headers = {},
  body,
  isBase64Encoded = false,
}: Request): APIGatewayProxyEventV2 {
  const [path = '/', rawQueryString = ''] = target.split('?', 2);
  const id = EVENT_PATH.exec(path)?.groups?.id;
  // On AWS it has the names of path parameters, which no function reads here.
  const routeKey = `${method} ${path}`;
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString,
    headers,
    requestContext: {
      accountId: '000000000000',
      apiId: 'test',
      domainName: 'test.example',
      domainPrefix: 'test',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: '12/Mar/2026:19:03:58 +0000',
      timeEpoch: 1_773_342_238_000,
    },
    ...(id !== undefined && { pathParameters: { id: decoded(id) } }),
    ...(body !== undefined && { body }),
    isBase64Encoded,
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The context of one invocation. */
export function lambdaContext(remaining: () => number = () => 29_000): Context {
  const unused = () => {};
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'test',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:test',
    memoryLimitInMB: '512',
    awsRequestId: randomUUID(),
    logGroupName: 'test',
    logStreamName: 'test',
    getRemainingTimeInMillis: remaining,
    done: unused,
    fail: unused,
    succeed: unused,
  };
}
