import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CannotStart } from '../../infra/local/cannot-start.ts';
import { type RuntimeOptions, startRuntime } from '../../infra/local/function-runtime.ts';
import { bundleHandlers } from './stub-functions.ts';

type Options = Partial<Pick<RuntimeOptions, 'mostEnvironments'>> & {
  readonly timeoutSeconds?: number;
  readonly environment?: Record<string, string>;
};

/** A runtime with one function, `stub`, of the given source, and what it wrote. */
async function runtimeOf(source: string, { timeoutSeconds = 20, environment = {}, ...options }: Options = {}) {
  const { functions, bootstrap } = await bundleHandlers({ stub: source });
  const output: string[] = [];
  const errors: string[] = [];
  const runtime = startRuntime({
    functions: { stub: { bundle: functions.stub ?? '', environment, memoryMegabytes: 128, timeoutSeconds } },
    bootstrap,
    onOutput: (name, stream, line) => output.push(`${name} ${stream} ${line}`),
    onError: (name, { errorType }) => errors.push(`${name} ${errorType}`),
    ...options,
  });
  onTestFinished(() => runtime.close(0));
  const invoke = (event: unknown = {}) => runtime.invoke('stub', event);
  const result = async (event: unknown = {}) => JSON.parse((await invoke(event)).payload ?? '"no result"');
  return { runtime, invoke, result, output, errors };
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
      await new Promise((resolve) => setTimeout(resolve, 30));
      const { awsRequestId, functionName, memoryLimitInMB } = context;
      return { event, awsRequestId, functionName, memoryLimitInMB, left: context.getRemainingTimeInMillis() };
    };`);
    const first = await result({ a: 1 });
    expect(first).toMatchObject({ event: { a: 1 }, functionName: 'stub', memoryLimitInMB: '128' });
    expect(first.awsRequestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(first.left).toBeGreaterThan(10_000);
    expect(first.left).toBeLessThanOrEqual(19_975);
    expect((await result()).awsRequestId).not.toBe(first.awsRequestId);
  });

  it('carries events and results as JSON', async () => {
    const { invoke, result } = await runtimeOf(`export const handler = (event) =>
      event.nothing ? undefined : { type: typeof event.at, lost: undefined, date: new Date(0), bytes: new Uint8Array(1) };`);
    expect(await result({ at: new Date() })).toEqual({
      type: 'string',
      date: '1970-01-01T00:00:00.000Z',
      bytes: { 0: 0 },
    });
    expect(await invoke({ nothing: true })).toEqual({ payload: 'null' });
  });

  it('reports what a function throws, and goes on in the same environment', async () => {
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
    const { invoke, output } = await runtimeOf(
      `let calls = 0; export const handler = async ({ hang, spin }) => {
        calls += 1;
        console.log('last words');
        if (spin) for (;;);
        if (hang) await new Promise((resolve) => setTimeout(resolve, 700));
        if (hang) console.log('should be dead');
        return calls;
      };`,
      { timeoutSeconds: 0.5 },
    );
    expect(await invoke()).toEqual({ payload: '1' });
    for (const event of [{ hang: true }, { spin: true }]) {
      const { error } = await invoke(event);
      expect(error?.errorType).toBe('Sandbox.Timedout');
      expect(error?.errorMessage).toMatch(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 0\.50 seconds$/);
    }
    expect(await invoke()).toEqual({ payload: '1' });
    await wait(500);
    expect(output).toEqual(Array(4).fill('stub stdout last words'));
  });

  it('runs one event at a time in an environment, more environments beside it, and no more than allowed', async () => {
    const { invoke, result } = await runtimeOf(
      `const id = Math.random(); let running = 0; export const handler = async () => {
        running += 1;
        await new Promise((resolve) => setTimeout(resolve, 100));
        const together = running;
        running -= 1;
        return { id, together };
      };`,
      { mostEnvironments: 3 },
    );
    const [one] = await Promise.all([result()]);
    expect(await result()).toEqual(one);
    const results = await Promise.all(Array.from({ length: 12 }, () => result()));
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

  it('outlives a function that exits, breaks down beside its event, or eats all memory', async () => {
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

  it('lets what runs finish when it closes, ends what takes too long, and takes nothing new', async () => {
    const source = `export const handler = async ({ ms }) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return 'finished';
    };`;
    const { runtime, invoke } = await runtimeOf(source);
    await invoke({ ms: 0 });
    const [short, long] = [invoke({ ms: 200 }), invoke({ ms: 30_000 })];
    const closed = runtime.close(1000);
    const late = await invoke({ ms: 0 });
    expect(late).toMatchObject({ error: { errorType: 'Sandbox.Stopped' } });
    expect(await short).toEqual({ payload: '"finished"' });
    expect(await long).toMatchObject({ error: { errorType: 'Sandbox.Stopped' } });
    await closed;
  });

  it('says in one line what esbuild does not accept', async () => {
    const bundling = bundleHandlers({ stub: 'import "./missing.ts"; export const handler = 1;' });
    await expect(bundling).rejects.toThrow(CannotStart);
    await expect(bundling).rejects.toThrow(
      /^The functions cannot be bundled: .*stub\.ts:1: Could not resolve "\.\/missing\.ts"$/,
    );
  });
});
