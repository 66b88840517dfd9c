/**
 * The inside of an execution environment: loads one function's bundle in this worker thread and hands it one event
 * after another. Events and results cross as JSON text, as on Lambda, so what JSON cannot carry fails here too.
 */
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

/** A function's failure, in the words that Lambda uses. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export interface Work {
  readonly requestId: string;
  readonly event: string;
  /** Epoch milliseconds. */
  readonly deadline: number;
}

export interface EnvironmentData {
  readonly bundle: string;
  readonly functionName: string;
  readonly memoryMegabytes: number;
}

export type Report =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'not-loaded'; readonly error: FunctionError }
  | { readonly kind: 'result'; readonly payload: string }
  | { readonly kind: 'error'; readonly error: FunctionError }
  | { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly text: string };

const { bundle, functionName, memoryMegabytes } = workerData as EnvironmentData;

function report(message: Report): void {
  parentPort?.postMessage(message);
}

/**
 * A thread's own stdout waits for the other side between writes, so the last output of a killed function would be lost.
 */
function forward(stream: 'stdout' | 'stderr'): void {
  process[stream].write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    report({ kind: 'output', stream, text: typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString() });
    const done = rest.find((argument) => typeof argument === 'function');
    if (done) queueMicrotask(done as () => void);
    return true;
  };
}

function describe(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

function contextOf({ requestId, deadline }: Work): object {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${process.env.AWS_REGION}:000000000000:function:${functionName}`,
    memoryLimitInMB: String(memoryMegabytes),
    awsRequestId: requestId,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

type Handler = (event: unknown, context: object) => unknown;

interface Loaded {
  readonly handler: Handler;
  readonly warmUp?: () => Promise<unknown>;
}

function load(): Loaded {
  const loaded = createRequire(bundle)(bundle) as Partial<Loaded>;
  if (typeof loaded.handler === 'function') return loaded as Loaded;
  throw Object.assign(new Error('The function does not export handler'), { name: 'Runtime.HandlerNotFound' });
}

async function run(handler: Handler, work: Work): Promise<void> {
  try {
    const result = await handler(JSON.parse(work.event), contextOf(work));
    report({ kind: 'result', payload: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    report({ kind: 'error', error: describe(error) });
  }
}

async function start(): Promise<void> {
  try {
    const { handler, warmUp } = load();
    await warmUp?.();
    parentPort?.on('message', (work: Work) => run(handler, work));
    report({ kind: 'loaded' });
  } catch (error) {
    report({ kind: 'not-loaded', error: describe(error) });
  }
}

forward('stdout');
forward('stderr');
void start();
