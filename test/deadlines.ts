import { beforeEach } from 'vitest';

/** A deadline that the code under test has set with `AbortSignal.timeout`. */
interface Deadline {
  readonly milliseconds: number;
  readonly pass: () => void;
}

let deadlines: Deadline[] = [];

// Every deadline in functions/ is an AbortSignal.timeout. A real one would make a busy machine a failure.
AbortSignal.timeout = (milliseconds) => {
  const controller = new AbortController();
  const pass = () => controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  deadlines.push({ milliseconds, pass });
  return controller.signal;
};

beforeEach(() => {
  deadlines = [];
});

/**
 * So much time goes by that all deadlines pass which were set at most `milliseconds` ahead. Until a test says so, none does.
 */
export function passDeadlines(milliseconds: number): void {
  const passed = deadlines.filter((deadline) => deadline.milliseconds <= milliseconds);
  deadlines = deadlines.filter((deadline) => deadline.milliseconds > milliseconds);
  for (const { pass } of passed) pass();
}

/** The same for what does not answer: once the request has been sent. */
export function passDeadlinesSoon(milliseconds: number): void {
  setImmediate(() => passDeadlines(milliseconds));
}
