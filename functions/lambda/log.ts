/** The fields of a log line. Never a key, a token, a signature, or a payload. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

export type Level = 'info' | 'warn' | 'error';

/**
 * Writes one line of JSON to standard output. console.log would add Lambda's prefix, and split a text with a line
 * break. Log queries, metric filters and the local host need one object per line.
 *
 * @param event what happened, in snake_case: the name that alarms and queries search for
 */
export function log(level: Level, event: string, fields: LogFields = {}): void {
  process.stdout.write(`${JSON.stringify({ level, event, at: new Date().toISOString(), ...fields })}\n`);
}

/** An error as one line for the log: its name and message, without the request that some SDK errors carry. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, 300);
  return `${error.name}: ${error.message}`.slice(0, 300);
}
