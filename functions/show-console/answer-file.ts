import { gunzipSync } from 'node:zlib';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { answerOf, notFound } from '../http/problem.ts';
import type { BuiltFile, BuiltPage } from './built-page.ts';

/**
 * The page runs its own script and style, talks to its own origin, and stands in no other page. An order's reference or
 * a comment that held markup could run nothing, even if the page failed to escape it.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const GUARDS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** The HTML is asked for each time, so a new deployment shows at the next load; its files never change. */
const CACHED = { html: 'no-store', file: 'public, max-age=31536000, immutable' };

/**
 * Answers `GET /` with the page and `GET /console/{file}` with one of its files, compressed as the browser accepts it.
 *
 * @returns a 404 in the API's form for a file that this deployment does not have
 */
export function answerFile(
  page: BuiltPage,
  { rawPath, headers }: Pick<APIGatewayProxyEventV2, 'rawPath' | 'headers'>,
): APIGatewayProxyStructuredResultV2 {
  if (rawPath === '/') return sent(page.html, CACHED.html, headers);
  const name = /^\/console\/([^/]+)$/.exec(rawPath)?.[1] ?? '';
  const file = Object.hasOwn(page.files, name) ? page.files[name] : undefined;
  if (file) return sent(file, CACHED.file, headers);
  return answerOf(notFound('The console has no such file. Load its page again: there may be a newer one.'));
}

function sent(file: BuiltFile, cached: string, headers: APIGatewayProxyEventV2['headers']) {
  const [encoding, body] = encoded(file, headers['accept-encoding'] ?? '');
  return {
    statusCode: 200,
    headers: {
      'content-type': file.type,
      'cache-control': cached,
      vary: 'accept-encoding',
      ...(encoding !== undefined && { 'content-encoding': encoding }),
      ...GUARDS,
    },
    body,
    isBase64Encoded: true,
  };
}

function encoded({ gzip, brotli }: BuiltFile, accepted: string): [encoding: string | undefined, body: string] {
  const taken = accepted
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => !/;\s*q=0(\.0*)?$/.test(part))
    .map((part) => part.split(';')[0]?.trim());
  if (taken.includes('br')) return ['br', brotli];
  if (taken.includes('gzip')) return ['gzip', gzip];
  return [undefined, gunzipSync(Buffer.from(gzip, 'base64')).toString('base64')];
}
