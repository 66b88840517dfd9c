/** What a log line may hold. Never a key, a token, a signature, or a payload. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

export type Level = 'info' | 'warn' | 'error';

/**
 * Writes one line of JSON to standard output. console.log would put a prefix of Lambda's before it, and two lines for a
 * text with a line break; a log query, a metric filter and the local host want one object a line.
 *
 * @param event what happened, in snake_case: the name that alarms and queries look for
 */
export function log(level: Level, event: string, fields: LogFields = {}): void {
  process.stdout.write(`${JSON.stringify({ level, event, at: new Date().toISOString(), ...fields })}\n`);
}

/** An error in one line for the log: its name and message, without the request that some SDK errors carry along. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, 300);
  return `${error.name}: ${error.message}`.slice(0, 300);
}
