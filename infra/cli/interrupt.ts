/** The user pressed Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * From now on Ctrl-C does not end the process but aborts this signal, with {@link Interrupted}. The terminal and npm
 * may both send it, so one Ctrl-C may arrive twice: only the first counts.
 */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  process.on('SIGINT', () => controller.abort(new Interrupted()));
  return controller.signal;
}
