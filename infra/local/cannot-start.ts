/** The start cannot continue, for a reason that the user can remove. The message is one line that says how. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

/** The innermost reason of an error, in one line: `ECONNREFUSED` says more than the SDK's error around it. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  const code = (error as NodeJS.ErrnoException).code;
  const message = error.message.replaceAll(/\s+/g, ' ').trim();
  return message || code || error.name;
}
