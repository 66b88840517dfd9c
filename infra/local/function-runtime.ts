import type { FunctionError } from './bootstrap.ts';
import {
  type ExecutionEnvironment,
  type HostedFunction,
  type Outcome,
  startEnvironment,
} from './execution-environment.ts';
import { atMost, type Sleep, sleep as sleepFor } from './sleep.ts';

/** Runs bundles as Lambda would. */
export interface FunctionRuntime {
  /** Invokes a function and waits for the outcome; never rejects because the function failed. */
  invoke(name: string, event: unknown): Promise<Outcome>;
  /**
   * Loads every function and warms it up, so that the first events need not wait. Resolves to the functions that cannot
   * be loaded, and why.
   */
  warm(): Promise<Readonly<Record<string, FunctionError>>>;
  /** Takes nothing new, gives running and waiting work this long to finish, then ends it. */
  close(graceMilliseconds: number): Promise<void>;
}

export interface RuntimeOptions {
  readonly functions: Readonly<Record<string, HostedFunction>>;
  /** Path of the bundled `bootstrap.ts`. */
  readonly bootstrap: string;
  /** For each function; where Lambda would start more, events wait here. */
  readonly mostEnvironments?: number;
  /** How long a function may load before it counts as failed; 10 by default, Lambda's own limit. */
  readonly loadSeconds?: number;
  /** How `close` waits for running work. */
  readonly sleep?: Sleep;
  /** One line that a function wrote. */
  readonly onOutput: (functionName: string, stream: 'stdout' | 'stderr', line: string) => void;
  /** An invocation that failed: the function threw, ran out of time, or could not be loaded. */
  readonly onError: (functionName: string, error: FunctionError) => void;
}

/** Starts a runtime for these functions. A thread starts only when it is needed. */
export function startRuntime(options: RuntimeOptions): FunctionRuntime {
  const pools = new Map(
    Object.entries(options.functions).map(([name, hosted]) => [name, startPool(name, hosted, options)]),
  );
  const underWay = new Set<Promise<Outcome>>();
  let closing = false;

  return {
    async invoke(name, event) {
      const pool = pools.get(name);
      if (!pool) throw new Error(`No function is named ${name}`);
      if (closing) return { error: { errorType: 'Sandbox.Stopped', errorMessage: 'The host is stopping' } };
      const invocation = pool.invoke(JSON.stringify(event));
      underWay.add(invocation);
      const outcome = await invocation;
      underWay.delete(invocation);
      if (outcome.error) options.onError(name, outcome.error);
      return outcome;
    },

    async warm() {
      const errors = await Promise.all([...pools].map(async ([name, pool]) => [name, await pool.warm()] as const));
      return Object.fromEntries(errors.flatMap(([name, error]) => (error ? [[name, error] as const] : [])));
    },

    async close(graceMilliseconds) {
      closing = true;
      if (graceMilliseconds > 0) await atMost(graceMilliseconds, Promise.all(underWay), options.sleep ?? sleepFor);
      await Promise.all([...pools.values()].map((pool) => pool.terminate()));
    },
  };
}

interface Job {
  readonly event: string;
  readonly settle: (outcome: Outcome) => void;
}

/** The environments of one function: each takes one event at a time, and more are started while events wait. */
function startPool(
  name: string,
  hosted: HostedFunction,
  { bootstrap, mostEnvironments = 8, loadSeconds = 10, onOutput }: RuntimeOptions,
) {
  const all = new Set<ExecutionEnvironment>();
  const idle: ExecutionEnvironment[] = [];
  const jobs: Job[] = [];
  let starting = 0;
  let closed = false;

  async function start(): Promise<FunctionError | undefined> {
    const environment = startEnvironment({
      name,
      hosted,
      bootstrap,
      loadSeconds,
      onOutput: (stream, line) => onOutput(name, stream, line),
    });
    all.add(environment);
    starting += 1;
    const error = await environment.loaded;
    starting -= 1;
    if (error) {
      all.delete(environment);
      return error;
    }
    idle.push(environment);
    dispatch();
    return undefined;
  }

  async function startForAJob(): Promise<void> {
    const error = await start();
    if (!error) return;
    // The event that asked for this environment, or one like it, must receive the error: another try may fail the same
    // way.
    jobs.shift()?.settle({ error });
    dispatch();
  }

  async function run(environment: ExecutionEnvironment, job: Job): Promise<void> {
    const outcome = await environment.invoke(job.event);
    job.settle(outcome);
    if (environment.isDead()) all.delete(environment);
    else idle.push(environment);
    dispatch();
  }

  function dispatch(): void {
    if (closed) return;
    while (jobs.length > 0) {
      const environment = idle.pop();
      if (!environment) break;
      // A stray error may have killed it since its last event.
      if (environment.isDead()) all.delete(environment);
      else void run(environment, jobs.shift() as Job);
    }
    while (starting < jobs.length && all.size < mostEnvironments) void startForAJob();
  }

  return {
    invoke(event: string): Promise<Outcome> {
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      jobs.push({ event, settle: resolve });
      dispatch();
      return promise;
    },

    async warm(): Promise<FunctionError | undefined> {
      const errors = await Promise.all(Array.from({ length: hosted.warmEnvironments ?? 1 }, start));
      return errors.find((error) => error !== undefined);
    },

    async terminate(): Promise<void> {
      closed = true;
      const error = { errorType: 'Sandbox.Stopped', errorMessage: 'The host stopped before the function ran' };
      for (const job of jobs.splice(0)) job.settle({ error });
      await Promise.all([...all].map((environment) => environment.terminate()));
    },
  };
}
