import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { vi } from 'vitest';
import { httpEvent, lambdaContext, type Request } from './http-event.ts';

/** The answer of a handler. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The parsed JSON body; empty for another content type. */
  readonly body: Body;
}

/** Members of bodies; each body has some of them. */
export interface Body {
  readonly data: unknown;
  readonly meta: unknown;
  readonly result: unknown;
  readonly errors: readonly {
    readonly code: string;
    readonly title: string;
    readonly detail: string;
    readonly source?: unknown;
  }[];
}

/** Sends a request to a handler. */
export type Invoke = (request: Request, context?: Context) => Promise<Answer>;

const modules = {
  'receive-webhook': () => import('../functions/receive-webhook/handler.ts'),
  'sync-events': () => import('../functions/sync-events/handler.ts'),
  'query-events': () => import('../functions/query-events/handler.ts'),
  'republish-event': () => import('../functions/republish-event/handler.ts'),
  'publish-events': () => import('../functions/publish-events/handler.ts'),
  'query-deliveries': () => import('../functions/query-deliveries/handler.ts'),
  'start-jobs': () => import('../functions/start-jobs/handler.ts'),
  'run-jobs': () => import('../functions/run-jobs/handler.ts'),
  'watch-ledger': () => import('../functions/watch-ledger/handler.ts'),
  'notify-people': () => import('../functions/notify-people/handler.ts'),
  'show-console': () => import('../functions/show-console/handler.ts'),
};

const ON_LAMBDA = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};

/** The exports of a function's module. */
interface Loaded {
  readonly handler: (event: unknown, context: Context) => Promise<unknown>;
  readonly warmUp: () => Promise<void>;
}

/** Loads a function as a cold start does: sets the environment, then loads the module anew. */
export async function loadFunction(
  name: keyof typeof modules,
  environment: Readonly<Record<string, string>>,
): Promise<Loaded> {
  vi.unstubAllEnvs();
  for (const [variable, value] of Object.entries({ ...ON_LAMBDA, ...environment })) vi.stubEnv(variable, value);
  vi.resetModules();
  return (await modules[name]()) as unknown as Loaded;
}

/** Loads a function and returns its handler. */
export async function loadHandler(
  ...how: Parameters<typeof loadFunction>
): Promise<(event: unknown, context: Context) => Promise<unknown>> {
  const { handler } = await loadFunction(...how);
  // Events and answers are passed as JSON, as on Lambda.
  return async (event, context) =>
    JSON.parse(JSON.stringify(await handler(JSON.parse(JSON.stringify(event)), context)));
}

/** Loads a handler and returns a function that sends it requests and returns answers. */
export async function coldStart(...how: Parameters<typeof loadHandler>): Promise<Invoke> {
  const handle = await loadHandler(...how);
  return async (request, context = lambdaContext()) => {
    const answer = (await handle(httpEvent(request), context)) as APIGatewayProxyStructuredResultV2;
    const { statusCode: status = 0, headers = {}, body: text = '' } = answer;
    const isJson = headers['content-type'] === 'application/json';
    return { status, headers: headers as Record<string, string>, text, body: JSON.parse(isJson ? text : '{}') };
  };
}

/** Captures standard output from now on: one object a line, metrics separate. */
export function captureLog(): {
  readonly text: () => string;
  readonly lines: () => Record<string, unknown>[];
  readonly metrics: () => Record<string, unknown>[];
} {
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    written.push(String(chunk));
    return true;
  });
  const text = () => written.join('');
  const objects = (): Record<string, unknown>[] =>
    text()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  return {
    text,
    lines: () => objects().filter((object) => !('_aws' in object)),
    metrics: () => objects().filter((object) => '_aws' in object),
  };
}
