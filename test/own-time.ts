import { beforeEach, vi } from 'vitest';

/**
 * Time is the test's own: the calendar stands still until a test sets it (`vi.setSystemTime`), and no deadline passes until a test says so. On
 * a busy machine a test takes longer, and nothing else is different.
 */

/** A deadline that the code under test has set with `AbortSignal.timeout`. */
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

// At once for what is set up before all tests of a file, whatever an earlier file made of the calendar, and again after a test that has had
// other plans.
vi.useRealTimers();
vi.useFakeTimers({ toFake: ['Date'] });
beforeEach(() => {
  deadlines = [];
  if (!vi.isFakeTimers()) vi.useFakeTimers({ toFake: ['Date'] });
});

/** So much time goes by that all deadlines pass which were set at most `milliseconds` ahead. */
export function passDeadlines(milliseconds: number): void {
  const passed = deadlines.filter((deadline) => deadline.milliseconds <= milliseconds);
  deadlines = deadlines.filter((deadline) => deadline.milliseconds > milliseconds);
  for (const { pass } of passed) pass();
}

/** The same for what does not answer: once the request has been sent. */
export function passDeadlinesSoon(milliseconds: number): void {
  setImmediate(() => passDeadlines(milliseconds));
}
