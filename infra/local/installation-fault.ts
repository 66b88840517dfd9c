import { reasonOf } from './cannot-start.ts';

const CODES = new Set(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND', 'ERR_DLOPEN_FAILED']);
/** For packages with a binary for each kind of machine: errors of node-gyp-build and esbuild have no code. */
const NO_BINARY = /no native build was found|needed by esbuild/i;

/**
 * What to do about an error that means that packages are missing or built for another machine; `undefined` for any
 * other.
 */
export function installationFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (!CODES.has((error as NodeJS.ErrnoException).code ?? '') && !NO_BINARY.test(error.message)) return undefined;
  const [reason = ''] = reasonOf(error).split(/(?<=\.) /);
  const remedy = 'run "npm ci --include=dev --include=optional"';
  return `port-in-ledger is not completely installed for this machine (${reason}): ${remedy}`;
}
