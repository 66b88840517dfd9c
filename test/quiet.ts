/**
 * Keeps the functions' log lines and metrics out of the test report. They go directly to standard output, where vitest
 * cannot intercept them. A test of log lines or metrics replaces `process.stdout.write` itself.
 */
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = ((chunk: string | Uint8Array, ...rest: never[]) =>
  typeof chunk === 'string' && /^\{"(level|_aws)":/.test(chunk)
    ? true
    : write(chunk, ...rest)) as typeof process.stdout.write;
