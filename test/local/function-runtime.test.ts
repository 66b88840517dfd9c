import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CannotStart } from '../../infra/local/cannot-start.ts';
import { type RuntimeOptions, startRuntime } from '../../infra/local/function-runtime.ts';
import { eventually } from '../eventually.ts';
import { stoppedClock } from './clock.ts';
import { closedGate } from './gate.ts';
import { bundleHandlers } from './stub-functions.ts';

type Options = Partial<Pick<RuntimeOptions, 'mostEnvironments' | 'loadSeconds' | 'sleep'>> & {
  readonly timeoutSeconds?: number;
  readonly warmEnvironments?: number;
  readonly environment?: Record<string, string>;
};

/** A runtime with one function, `stub`, with the given source, and what it wrote. Slowness is no failure. */
async function runtimeOf(source: string, told: Options = {}) {
  const { timeoutSeconds = 3600, warmEnvironments = 1, environment = {}, ...options } = told;
  const { functions, bootstrap } = await bundleHandlers({ stub: source });
  const output: string[] = [];
  const errors: string[] = [];
  const runtime = startRuntime({
    functions: {
      stub: { bundle: functions.stub ?? '', environment, memoryMegabytes: 128, timeoutSeconds, warmEnvironments },
    },
    bootstrap,
    loadSeconds: 3600,
    onOutput: (name, stream, line) => output.push(`${name} ${stream} ${line}`),
    onError: (name, { errorType }) => errors.push(`${name} ${errorType}`),
    ...options,
  });
  onTestFinished(() => runtime.close(0));
  const invoke = (event: unknown = {}) => runtime.invoke('stub', event);
  const result = async (event: unknown = {}) => JSON.parse((await invoke(event)).payload ?? '"no result"');
  return { runtime, invoke, result, output, errors };
}

/** The functions' limits expire only when the test lets time pass. */
function stopTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
}

describe('function runtime', () => {
  it('gives a function its own environment, and Lambda’s, and nothing else', async () => {
    process.env.SECRET_OF_THE_HOST = 'hush';
    onTestFinished(() => {
      delete process.env.SECRET_OF_THE_HOST;
    });
    const { result } = await runtimeOf('export const handler = () => process.env;', { environment: { MINE: 'yes' } });
    expect(await result()).toMatchObject({
      MINE: 'yes',
      AWS_REGION: 'us-east-1',
      AWS_LAMBDA_FUNCTION_NAME: 'stub',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    });
    const names = Object.keys(await result());
    expect(names.filter((name) => !/^(AWS_|MINE$|LANG$|TZ$)/.test(name))).toEqual([]);
  });

  it('hands over the event and a context', async () => {
    const { result } = await runtimeOf(`export const handler = async (event, context) => {
      const { awsRequestId, functionName, memoryLimitInMB } = context;
      const left = context.getRemainingTimeInMillis();
      const askedBy = Date.now();
      while (context.getRemainingTimeInMillis() >= left) await new Promise((resolve) => setTimeout(resolve, 1));
      return { event, awsRequestId, functionName, memoryLimitInMB, left, askedBy };
    };`);
    const invokedAt = Date.now();
    const first = await result({ a: 1 });
    expect(first).toMatchObject({ event: { a: 1 }, functionName: 'stub', memoryLimitInMB: '128' });
    expect(first.awsRequestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(first.left).toBeLessThanOrEqual(3_600_000);
    expect(first.left).toBeGreaterThanOrEqual(3_600_000 - (first.askedBy - invokedAt));
    expect((await result()).awsRequestId).not.toBe(first.awsRequestId);
  });

  it('warms up as many environments as asked for, each before its first event', async () => {
    const { runtime, result, output } = await runtimeOf(
      `let warm = 'cold';
      process.stdout.write('loaded\\n');
      export const warmUp = async () => { warm = 'warm'; };
      export const handler = () => warm;`,
      { warmEnvironments: 3 },
    );
    expect(await runtime.warm()).toEqual({});
    expect(output).toEqual(Array(3).fill('stub stdout loaded'));
    expect(await Promise.all([result(), result(), result()])).toEqual(['warm', 'warm', 'warm']);
    expect(output).toHaveLength(3);
  });

  it('carries events and results as JSON', async () => {
    const { invoke, result } = await runtimeOf(`export const handler = (event) => event.nothing
      ? undefined
      : { type: typeof event.at, lost: undefined, date: new Date(0), bytes: new Uint8Array(1) };`);
    expect(await result({ at: new Date() })).toEqual({
      type: 'string',
      date: '1970-01-01T00:00:00.000Z',
      bytes: { 0: 0 },
    });
    expect(await invoke({ nothing: true })).toEqual({ payload: 'null' });
  });

  it('reports what a function throws, and continues in the same environment', async () => {
    const { invoke, errors } = await runtimeOf(`let calls = 0; export const handler = async () => {
      calls += 1;
      if (calls === 1) throw new TypeError('no good');
      return calls;
    };`);
    expect(await invoke()).toMatchObject({ error: { errorType: 'TypeError', errorMessage: 'no good' } });
    expect(await invoke()).toEqual({ payload: '2' });
    expect(errors).toEqual(['stub TypeError']);
  });

  it('kills an environment whose function runs out of time, even in a busy loop', async () => {
    const gate = await closedGate();
    const { invoke, output } = await runtimeOf(
      `import { get } from 'node:http';
      let calls = 0; export const handler = async ({ hang, spin }) => {
        calls += 1;
        console.log('last words');
        if (!hang && !spin) return calls;
        const asked = get('${gate.url}');
        await new Promise((resolve) => asked.on('finish', resolve));
        if (spin) for (;;);
        await new Promise(() => {});
      };`,
      { timeoutSeconds: 0.5 },
    );
    stopTimers();
    expect(await invoke()).toEqual({ payload: '1' });
    for (const event of [{ hang: true }, { spin: true }]) {
      const outcome = invoke(event);
      await eventually(() => expect(gate.waiting()).toBe(1));
      vi.advanceTimersByTime(499);
      expect(vi.getTimerCount()).toBe(1);
      vi.advanceTimersByTime(1);
      const { error } = await outcome;
      expect(error?.errorType).toBe('Sandbox.Timedout');
      expect(error?.errorMessage).toMatch(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 0\.50 seconds$/);
      // Its thread, which held this connection, is gone.
      await eventually(() => expect(gate.waiting()).toBe(0));
    }
    expect(await invoke()).toEqual({ payload: '1' });
    expect(output).toEqual(Array(4).fill('stub stdout last words'));
  });

  it('runs one event at a time in each environment, and starts only as many environments as allowed', async () => {
    const gate = await closedGate();
    const { invoke, result } = await runtimeOf(
      `const id = Math.random(); let running = 0; export const handler = async ({ wait }) => {
        running += 1;
        if (wait) await fetch('${gate.url}');
        const together = running;
        running -= 1;
        return { id, together };
      };`,
      { mostEnvironments: 3 },
    );
    const one = await result();
    expect(await result()).toEqual(one);
    const waiting = Promise.all(Array.from({ length: 12 }, () => result({ wait: true })));
    await eventually(() => expect(gate.waiting()).toBe(3));
    // A fourth environment would have started by now.
    const other = await runtimeOf('export const handler = () => 1;');
    await other.invoke();
    expect(gate.waiting()).toBe(3);
    gate.open();
    const results = await waiting;
    expect(new Set(results.map(({ together }) => together))).toEqual(new Set([1]));
    expect(new Set(results.map(({ id }) => id)).size).toBe(3);
    await invoke();
  });

  it('reports why a function cannot be loaded', async () => {
    const { runtime, invoke } = await runtimeOf(`throw new Error('SETTING is not set');`);
    const why = { errorType: 'Error', errorMessage: 'SETTING is not set' };
    expect(await runtime.warm()).toMatchObject({ stub: why });
    expect(await Promise.all([invoke(), invoke()])).toMatchObject([{ error: why }, { error: why }]);
    const unnamed = await runtimeOf('export const main = 1;');
    expect(await unnamed.invoke()).toMatchObject({ error: { errorType: 'Runtime.HandlerNotFound' } });
  });

  it('gives up on a function whose loading never ends', async () => {
    const { runtime } = await runtimeOf('for (;;);', { loadSeconds: 10 });
    stopTimers();
    const warming = runtime.warm();
    vi.advanceTimersByTime(9999);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1);
    const why = { errorType: 'Sandbox.Timedout', errorMessage: 'Loading took more than 10 seconds' };
    expect(await warming).toMatchObject({ stub: why });
  });

  it('survives a function that exits, fails outside its event, or uses up all memory', async () => {
    const { invoke } = await runtimeOf(`export const handler = async ({ way }) => {
      if (way === 'exit') process.exit(3);
      if (way === 'stray') { setTimeout(() => { throw new Error('stray'); }, 5); await new Promise(() => {}); }
      if (way === 'eat') for (const all = []; ; ) all.push(new Array(100_000).fill(Math.random()));
      return 'fine';
    };`);
    expect(await invoke({ way: 'exit' })).toMatchObject({ error: { errorType: 'Runtime.ExitError' } });
    expect(await invoke({ way: 'stray' })).toMatchObject({ error: { errorType: 'Error', errorMessage: 'stray' } });
    expect(await invoke({ way: 'eat' })).toMatchObject({ error: { errorType: 'ERR_WORKER_OUT_OF_MEMORY' } });
    expect(await invoke()).toEqual({ payload: '"fine"' });
  });

  it('refuses a result of more than 6 MB', async () => {
    const { invoke } = await runtimeOf(`export const handler = ({ length }) => 'x'.repeat(length);`);
    expect((await invoke({ length: 6 * 1024 * 1024 })).payload).toHaveLength(6 * 1024 * 1024 + 2);
    const tooLarge = await invoke({ length: 6 * 1024 * 1024 + 100 });
    expect(tooLarge).toMatchObject({ error: { errorType: 'Function.ResponseSizeTooLarge' } });
  });

  it('hands over what a function writes, line by line and before its result', async () => {
    const { invoke, output } = await runtimeOf(`export const handler = async () => {
      process.stdout.write('{"a":');
      process.stdout.write('1}\\n{"b":2}\\n');
      await new Promise((resolve) => process.stdout.write('waited for\\n', resolve));
      console.error('to stderr');
    };`);
    await invoke();
    expect(output).toEqual([
      'stub stdout {"a":1}',
      'stub stdout {"b":2}',
      'stub stdout waited for',
      'stub stderr to stderr',
    ]);
  });

  it('on close, lets running events finish, ends those that take too long, and takes no new ones', async () => {
    const [gate, clock] = [await closedGate(), stoppedClock()];
    const source = `export const handler = async ({ hang }) => {
      await (hang ? new Promise(() => {}) : fetch('${gate.url}'));
      return 'finished';
    };`;
    const { runtime, invoke } = await runtimeOf(source, { sleep: clock.sleep });
    const [short, long] = [invoke(), invoke({ hang: true })];
    await eventually(() => expect(gate.waiting()).toBe(1));
    const closed = runtime.close(1000);
    const late = await invoke();
    expect(late).toMatchObject({ error: { errorType: 'Sandbox.Stopped' } });
    await clock.pass(999);
    gate.open();
    expect(await short).toEqual({ payload: '"finished"' });
    expect(clock.asleep()).toEqual([1]);
    await clock.pass(1);
    expect(await long).toMatchObject({ error: { errorType: 'Sandbox.Stopped' } });
    await closed;
  });

  it('reports in one line what esbuild does not accept', async () => {
    const bundling = bundleHandlers({ stub: 'import "./missing.ts"; export const handler = 1;' });
    await expect(bundling).rejects.toThrow(CannotStart);
    await expect(bundling).rejects.toThrow(
      /^The functions cannot be bundled: .*stub\.ts:1: Could not resolve "\.\/missing\.ts"$/,
    );
  });
});
