import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { currentProcess, inProcess, type Process } from './processes.ts';
import type { Note } from './timeline.ts';

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: object;
}

type Send = (command: Command, options?: { abortSignal?: AbortSignal }) => Promise<unknown>;

interface VirtualTimer extends Note {
  readonly unref: () => VirtualTimer;
  readonly ref: () => VirtualTimer;
}

function virtualTimer(process: Process, act: () => void, milliseconds = 0): VirtualTimer {
  const { timeline } = process.surroundings;
  timeline.touch();
  const note = timeline.after(Math.max(0, milliseconds), () => {
    if (process.dead) return false;
    return inProcess(process, act);
  }) as VirtualTimer;
  return Object.assign(note, { unref: () => note, ref: () => note });
}

/**
 * Replaces the real world for everything that runs in a simulated process, and for nothing else: the clock, timers,
 * randomness, HTTP, standard output, and what the DynamoDB and EventBridge clients send. The functions' modules run
 * unchanged.
 *
 * @returns a function that restores the real world
 */
export function enterSimulation(): () => void {
  const real = {
    Date,
    now: Date.now,
    random: Math.random,
    randomUUID: crypto.randomUUID,
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    sleep: timersPromises.setTimeout,
    timeout: AbortSignal.timeout,
    fetch: globalThis.fetch,
    write: process.stdout.write,
  };

  const virtualNow = () => currentProcess()?.surroundings.timeline.now() ?? real.now();
  Date.now = virtualNow;
  globalThis.Date = new Proxy(real.Date, {
    construct: (target, given, newTarget) =>
      Reflect.construct(target, given.length > 0 ? given : [virtualNow()], newTarget),
  });
  Math.random = () => currentProcess()?.random.next() ?? real.random();
  crypto.randomUUID = () =>
    (currentProcess()?.random.uuid() ?? real.randomUUID()) as ReturnType<typeof real.randomUUID>;

  globalThis.setTimeout = ((act: (...rest: unknown[]) => void, milliseconds?: number, ...rest: unknown[]) => {
    const current = currentProcess();
    return current
      ? virtualTimer(current, () => act(...rest), milliseconds)
      : real.setTimeout(act, milliseconds, ...rest);
  }) as typeof setTimeout;
  globalThis.clearTimeout = ((timer: (VirtualTimer & NodeJS.Timeout) | undefined) => {
    if (timer && 'cancelled' in timer) timer.cancelled = true;
    else real.clearTimeout(timer);
  }) as typeof clearTimeout;
  Object.assign(timers, { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout });
  timersPromises.setTimeout = (<Value>(milliseconds?: number, value?: Value, options?: { signal?: AbortSignal }) => {
    const current = currentProcess();
    if (!current) return real.sleep(milliseconds, value, options);
    return new Promise<Value>((resolve, reject) => {
      const timer = virtualTimer(current, () => resolve(value as Value), milliseconds);
      options?.signal?.addEventListener('abort', () => {
        timer.cancelled = true;
        reject(new DOMException('The operation was aborted', 'AbortError'));
      });
    });
  }) as typeof timersPromises.setTimeout;
  syncBuiltinESMExports();
  AbortSignal.timeout = (milliseconds) => {
    const current = currentProcess();
    if (!current) return real.timeout.call(AbortSignal, milliseconds);
    const controller = new AbortController();
    const { timeline } = current.surroundings;
    const tooLate = () => controller.abort(new DOMException('The operation timed out.', 'TimeoutError'));
    timeline.after(milliseconds, () => (current.dead || current.ended ? false : inProcess(current, tooLate)));
    return controller.signal;
  };

  globalThis.fetch = (async (input: string | URL | Request, init: RequestInit = {}) => {
    const current = currentProcess();
    if (!current) return real.fetch(input, init);
    return current.surroundings.onFetch(current, new URL(input instanceof Request ? input.url : input), init);
  }) as typeof fetch;
  process.stdout.write = function write(this: typeof process.stdout, chunk: string | Uint8Array, ...rest: never[]) {
    const current = currentProcess();
    if (!current) return real.write.call(this, chunk, ...rest);
    current.surroundings.onOutput(current, String(chunk));
    return true;
  } as typeof process.stdout.write;

  const restoreDynamoDb = replaceSend(DynamoDBClient.prototype, (current, command, signal) =>
    current.surroundings.onDynamoDb(current, command.constructor.name.replace(/Command$/, ''), command.input, signal),
  );
  const restoreEventBridge = replaceSend(EventBridgeClient.prototype, (current, { input }) =>
    current.surroundings.onPutEvents(current, (input as { Entries: object[] }).Entries),
  );

  return () => {
    globalThis.Date = real.Date;
    Date.now = real.now;
    Math.random = real.random;
    crypto.randomUUID = real.randomUUID;
    globalThis.setTimeout = real.setTimeout;
    globalThis.clearTimeout = real.clearTimeout;
    Object.assign(timers, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout });
    timersPromises.setTimeout = real.sleep;
    syncBuiltinESMExports();
    AbortSignal.timeout = real.timeout;
    globalThis.fetch = real.fetch;
    process.stdout.write = real.write;
    restoreDynamoDb();
    restoreEventBridge();
  };
}

function replaceSend(
  prototype: object,
  simulated: (process: Process, command: Command, signal: AbortSignal | undefined) => Promise<unknown>,
): () => void {
  const inherited = (prototype as { send: Send }).send;
  const send: Send = function send(this: unknown, command, options) {
    const current = currentProcess();
    return current ? simulated(current, command, options?.abortSignal) : inherited.call(this, command, options);
  };
  Object.defineProperty(prototype, 'send', { value: send, configurable: true, writable: true });
  return () => {
    Reflect.deleteProperty(prototype, 'send');
  };
}
