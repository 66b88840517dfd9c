/**
 * A handshake that failed: the request is sent only after it. Other TLS codes are left out on purpose, because they may
 * come later: a server, for example, complains about a missing certificate when it already has the request.
 */
const HANDSHAKE = /^ERR_SSL_(?:WRONG_VERSION_NUMBER|.*_(?:HANDSHAKE_FAILURE|PROTOCOL_VERSION))$/;
/** We reject the server's certificate. */
const CERTIFICATE =
  /^(?:CERT_|UNABLE_TO_|CRL_|ERR_TLS_CERT_|DEPTH_ZERO_SELF_SIGNED_|SELF_SIGNED_CERT_|INVALID_CA$|INVALID_PURPOSE$)/;
/** No connection was established in time. */
const CONNECT_TIMEOUT = 'UND_ERR_CONNECT_TIMEOUT';
/** Words of Node and undici for errors without a code. `bad port` is one to which fetch refuses to connect. */
const WORDS = /before secure TLS connection was established|^bad port$/;

/**
 * True when a request has certainly not been sent: its host has no address, no connection was established, or TLS
 * failed before the first byte could go out. Any other error counts as sent: a broken connection may have carried the
 * request.
 *
 * @param error what `fetch` threw
 */
export function isNotReached(error: unknown): boolean {
  const causes = innermostOf(error);
  return causes.length > 0 && causes.every(isBeforeSending);
}

/** The innermost reason of an error, in one line for people. */
export function reasonOf(error: unknown): string {
  const [first] = innermostOf(error);
  if (!first) return 'unknown';
  // OpenSSL's message holds addresses and files; its meaning is in `reason`.
  const words = String(fieldOf(first, 'reason') ?? first.message);
  return words.replaceAll(/\s+/g, ' ').trim().slice(0, 200) || first.name;
}

/**
 * The causes that have no causes of their own. A host with two addresses fails for two reasons, in an AggregateError.
 */
function innermostOf(error: unknown): readonly Error[] {
  if (!(error instanceof Error)) return [];
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.flatMap(innermostOf);
  return error.cause instanceof Error ? innermostOf(error.cause) : [error];
}

function isBeforeSending(error: Error): boolean {
  const syscall = fieldOf(error, 'syscall');
  if (syscall === 'connect' || syscall === 'getaddrinfo') return true;
  const code = String(fieldOf(error, 'code') ?? '');
  return code === CONNECT_TIMEOUT || CERTIFICATE.test(code) || HANDSHAKE.test(code) || WORDS.test(error.message);
}

function fieldOf(error: Error, name: 'code' | 'syscall' | 'reason'): unknown {
  return (error as { code?: unknown; syscall?: unknown; reason?: unknown })[name];
}
