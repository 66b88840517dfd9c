import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type StopOptions, stopAtSignals } from '../../infra/local/stop-signals.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A process that survives its end, and what it did. */
function run(options: Partial<StopOptions> = {}, env: Record<string, string> = {}) {
  const exit = vi.fn<(code: number) => void>();
  const process = Object.assign(new EventEmitter(), { env, exit, ppid: 1000 });
  const lines: string[] = [];
  const stopped = Promise.withResolvers<void>();
  const stop = vi.fn(() => stopped.promise);
  stopAtSignals({ stop, log: (line) => lines.push(line), process: process as never, ...options });
  return { process, exit, lines, stop, stopped };
}

describe('a signal', () => {
  it.each(['SIGINT', 'SIGTERM'])('%s stops, and ends with 0 when that is done', async (signal) => {
    const { process, exit, lines, stop, stopped } = run();
    process.emit(signal);
    expect(lines).toEqual(['stopping']);
    expect(stop).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(3000);
    expect(exit).not.toHaveBeenCalled();
    stopped.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect(exit.mock.calls).toEqual([[0]]);
  });

  it('ends within 4.7 s whatever hangs', () => {
    const { process, exit } = run();
    process.emit('SIGINT');
    vi.advanceTimersByTime(4699);
    expect(exit).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(exit.mock.calls).toEqual([[1]]);
  });

  it('ends within another limit when one is given', () => {
    const { process, exit } = run({ stopWithinMs: 60_000 });
    process.emit('SIGTERM');
    vi.advanceTimersByTime(59_999);
    expect(exit).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(exit.mock.calls).toEqual([[1]]);
  });

  it('from npm comes twice and counts once; a second Ctrl-C ends at once', () => {
    const { process, exit, lines, stop } = run();
    process.emit('SIGINT');
    vi.advanceTimersByTime(500);
    process.emit('SIGINT');
    process.emit('SIGTERM');
    expect(exit).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    process.emit('SIGTERM');
    expect(exit).not.toHaveBeenCalled();
    process.emit('SIGINT');
    expect(exit.mock.calls).toEqual([[130]]);
    expect(stop).toHaveBeenCalledOnce();
    expect(lines).toEqual(['stopping']);
  });
});

describe('the end of npm', () => {
  it('stops what npm has started, within 250 ms', () => {
    const { process, stop } = run({}, { npm_lifecycle_event: 'start' });
    vi.advanceTimersByTime(60_000);
    expect(stop).not.toHaveBeenCalled();
    process.ppid = 1;
    vi.advanceTimersByTime(250);
    expect(stop).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(1000);
    expect(stop).toHaveBeenCalledOnce();
  });

  it('does not end a process that a shell has started', () => {
    const { process, stop } = run();
    process.ppid = 1;
    vi.advanceTimersByTime(60_000);
    expect(stop).not.toHaveBeenCalled();
  });
});
