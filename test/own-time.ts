import { beforeEach, vi } from 'vitest';

/**
 * Tests control time: the calendar stands still until a test sets it (`vi.setSystemTime`), and no deadline passes until
 * a test says so. On a busy machine a test takes longer, but nothing else changes.
 */

/** A deadline that the tested code has set with `AbortSignal.timeout`. */
interface Deadline {
  readonly milliseconds: number;
  readonly pass: () => void;
}

let deadlines: Deadline[] = [];

// All deadlines in functions/ are such signals.
AbortSignal.timeout = (milliseconds) => {
  const controller = new AbortController();
  const pass = () => controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  deadlines.push({ milliseconds, pass });
  return controller.signal;
};

// Now, for preparations before the tests of a file, because an earlier file may have changed the calendar. And before
// each test, because the previous one may have changed it.
vi.useRealTimers();
vi.useFakeTimers({ toFake: ['Date'] });
beforeEach(() => {
  deadlines = [];
  if (!vi.isFakeTimers()) vi.useFakeTimers({ toFake: ['Date'] });
});

/** Makes all deadlines pass that were set at most `milliseconds` ahead. */
export function passDeadlines(milliseconds: number): void {
  const passed = deadlines.filter((deadline) => deadline.milliseconds <= milliseconds);
  deadlines = deadlines.filter((deadline) => deadline.milliseconds > milliseconds);
  for (const { pass } of passed) pass();
}

/** The same, but only after the present request has been sent; for servers that do not answer. */
export function passDeadlinesSoon(milliseconds: number): void {
  setImmediate(() => passDeadlines(milliseconds));
}
