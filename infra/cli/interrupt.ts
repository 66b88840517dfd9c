/** Somebody pressed Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * From now on Ctrl-C does not end the process but aborts this signal, with {@link Interrupted}. npm passes on what the
 * terminal has sent already, so one Ctrl-C may come twice: only the first counts.
 */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  process.on('SIGINT', () => controller.abort(new Interrupted()));
  return controller.signal;
}
