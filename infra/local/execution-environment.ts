import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { EnvironmentData, FunctionError, Report, Work } from './bootstrap.ts';

/** A function as the runtime runs it. */
export interface HostedFunction {
  readonly bundle: string;
  /** Its own variables; Lambda's are added here. */
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  /** How many environments are ready before the first event; 1 by default. */
  readonly warmEnvironments?: number;
}

/** The outcome of an invocation: the result as JSON text, or the failure in Lambda's words. */
export type Outcome =
  | { readonly payload: string; readonly error?: undefined }
  | { readonly payload?: undefined; readonly error: FunctionError };

/** One worker thread with one loaded function. It takes one event at a time; once dead, it stays dead. */
export interface ExecutionEnvironment {
  /** Resolves to `undefined`, or to why the function could not be loaded. */
  readonly loaded: Promise<FunctionError | undefined>;
  invoke(event: string): Promise<Outcome>;
  isDead(): boolean;
  terminate(): Promise<void>;
}

export interface EnvironmentOptions {
  readonly name: string;
  readonly hosted: HostedFunction;
  readonly bootstrap: string;
  readonly loadSeconds: number;
  readonly onOutput: (stream: 'stdout' | 'stderr', line: string) => void;
}

/** The limit of a synchronous result: 6 MB, and a little for Lambda's own wrapping. */
const MOST_RESULT_BYTES = 6 * 1024 * 1024 + 100;
/** A thread shares the process with all others; Lambda's memory size is only its ceiling here. */
const MOST_HEAP_MEGABYTES = 192;

/** Starts an execution environment; its function is loaded as soon as the thread runs. */
export function startEnvironment(options: EnvironmentOptions): ExecutionEnvironment {
  const { name, hosted, bootstrap, loadSeconds, onOutput } = options;
  const data: EnvironmentData = { bundle: hosted.bundle, functionName: name, memoryMegabytes: hosted.memoryMegabytes };
  const worker = new Worker(bootstrap, {
    workerData: data,
    env: lambdaEnvironment(name, hosted),
    execArgv: [],
    resourceLimits: {
      maxOldGenerationSizeMb: Math.min(hosted.memoryMegabytes, MOST_HEAP_MEGABYTES),
      maxYoungGenerationSizeMb: 16,
    },
  });
  const loading = Promise.withResolvers<FunctionError | undefined>();
  const lines = { stdout: lineSplitter('stdout', onOutput), stderr: lineSplitter('stderr', onOutput) };
  let settle: ((outcome: Outcome) => void) | undefined;
  let dead = false;

  function die(error: FunctionError): void {
    dead = true;
    loading.resolve(error);
    settle?.({ error });
  }

  worker.on('message', (message: Report) => {
    if (message.kind === 'output') lines[message.stream].add(message.text);
    if (message.kind === 'loaded') loading.resolve(undefined);
    if (message.kind === 'not-loaded') kill(message.error);
    if (message.kind === 'result') settle?.(checkSize(message.payload));
    if (message.kind === 'error') settle?.({ error: message.error });
  });
  worker.on('error', (error: Error) => {
    die({ errorType: (error as NodeJS.ErrnoException).code ?? error.name, errorMessage: error.message });
  });
  worker.on('exit', (code) => {
    lines.stdout.end();
    lines.stderr.end();
    die({ errorType: 'Runtime.ExitError', errorMessage: `The function's process exited with code ${code}` });
  });

  function kill(error: FunctionError): void {
    die(error);
    void worker.terminate();
  }

  const loadTimer = setTimeout(
    () => kill({ errorType: 'Sandbox.Timedout', errorMessage: `Loading took more than ${loadSeconds} seconds` }),
    loadSeconds * 1000,
  );

  return {
    loaded: loading.promise.finally(() => clearTimeout(loadTimer)),

    async invoke(event) {
      const requestId = randomUUID();
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      settle = resolve;
      const seconds = hosted.timeoutSeconds;
      const timer = setTimeout(() => {
        const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`;
        kill({ errorType: 'Sandbox.Timedout', errorMessage });
      }, seconds * 1000);
      const work: Work = { requestId, event, deadline: Date.now() + seconds * 1000 };
      worker.postMessage(work);
      const outcome = await promise;
      clearTimeout(timer);
      settle = undefined;
      return outcome;
    },

    isDead: () => dead,

    async terminate() {
      die({ errorType: 'Sandbox.Stopped', errorMessage: 'The host stopped before the function had finished' });
      await worker.terminate();
    },
  };
}

function checkSize(payload: string): Outcome {
  if (Buffer.byteLength(payload) <= MOST_RESULT_BYTES) return { payload };
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${MOST_RESULT_BYTES} bytes).`;
  return { error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage } };
}

/** The variables that Lambda sets for every function, and none of this process's own. */
function lambdaEnvironment(name: string, { environment, memoryMegabytes }: HostedFunction): Record<string, string> {
  return {
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...environment,
  };
}

function lineSplitter(stream: 'stdout' | 'stderr', onLine: EnvironmentOptions['onOutput']) {
  let rest = '';
  return {
    add(text: string): void {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) onLine(stream, line);
    },
    end(): void {
      if (rest) onLine(stream, rest);
      rest = '';
    },
  };
}
