/**
 * Keeps the functions' own log lines and metrics out of the test report. They go to standard output directly, where vitest cannot hold them
 * back; a test that is about them replaces `process.stdout.write` itself.
 */
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = ((chunk: string | Uint8Array, ...rest: never[]) =>
  typeof chunk === 'string' && /^\{"(level|_aws)":/.test(chunk)
    ? true
    : write(chunk, ...rest)) as typeof process.stdout.write;
