import middy from '@middy/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { answerProblems } from '../../functions/http/answer-problems.ts';
import { type AuthorizedEvent, authorize } from '../../functions/http/authorize.ts';
import { json } from '../../functions/http/problem.ts';
import { type Permission, readTokens, type Tokens } from '../../functions/http/tokens.ts';
import { captureLog } from '../handlers.ts';
import { httpEvent, lambdaContext } from '../http-event.ts';

const [readToken, operateToken] = ['read-token-0123456789', 'operate-token-0123456789'];
const tokens = readTokens(JSON.stringify({ read: [readToken], operate: [operateToken] }));

let log: ReturnType<typeof captureLog>;
beforeEach(() => {
  log = captureLog();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Sends a request to a route that needs a permission; the answer names the caller. */
async function ask(
  needed: Permission,
  authorization: string | undefined,
  known: () => Promise<Tokens> = async () => tokens,
) {
  const worked = vi.fn(async ({ caller }: AuthorizedEvent) => json(200, caller));
  const handler = middy(worked).use(answerProblems<AuthorizedEvent>()).use(authorize(needed, known));
  const event = httpEvent({ headers: authorization === undefined ? {} : { authorization } });
  const { statusCode, body, headers } = await handler(event as AuthorizedEvent, lambdaContext());
  return { status: statusCode, body: JSON.parse(body ?? ''), headers, worked: worked.mock.calls.length > 0 };
}

describe('accepted', () => {
  test.each<[Permission, string, Permission]>([
    ['read', readToken, 'read'],
    ['read', operateToken, 'operate'],
    ['operate', operateToken, 'operate'],
  ])('a request to %s with the token %s: the caller is %s', async (needed, token, permission) => {
    const { status, body } = await ask(needed, `Bearer ${token}`);
    expect(status).toBe(200);
    expect(body).toEqual({ permission, name: expect.stringMatching(new RegExp(`^${permission}:[0-9a-f]{8}$`)) });
  });

  test.each([`bearer ${readToken}`, `BEARER ${readToken}`, `Bearer   ${readToken}`])('%s', async (authorization) => {
    expect((await ask('read', authorization)).status).toBe(200);
  });
});

describe('refused: 401 in the format of Telnyx, and nothing is done', () => {
  const basic = Buffer.from(`${readToken}:`).toString('base64');
  test.each([
    ['no header', undefined],
    ['an empty one', ''],
    ['no token', 'Bearer '],
    ['a wrong token', 'Bearer wrong-token-0123456789'],
    ['the token alone', readToken],
    ['Basic', `Basic ${basic}`],
    ['a token under the scheme Basic', `Basic ${readToken}`],
    ['two tokens', `Bearer ${readToken} ${operateToken}`],
    ['a duplicated header, joined as AWS does', `Bearer ${readToken},Bearer ${readToken}`],
    ['a token with a trailing blank', `Bearer ${readToken} `],
    ['a token with a line break', `Bearer ${readToken}\n`],
    ['a token with a character beyond ASCII', 'Bearer tökén-0123456789'],
    ['a token of 100,000 characters', `Bearer ${'x'.repeat(100_000)}`],
  ])('%s', async (_, authorization) => {
    const { status, body, headers, worked } = await ask('read', authorization);
    expect({ status, worked }).toEqual({ status: 401, worked: false });
    expect(body.errors).toEqual([{ code: '10009', title: 'Authentication failed', detail: expect.any(String) }]);
    expect(headers).toMatchObject({ 'www-authenticate': 'Bearer', 'content-type': 'application/json' });
    expect(JSON.stringify(body)).not.toContain('token-0123456789');
  });
});

test('a read token on a route that needs an operate token: 403, and nothing is done', async () => {
  const { status, body, worked } = await ask('operate', `Bearer ${readToken}`);
  expect({ status, worked }).toEqual({ status: 403, worked: false });
  expect(body.errors).toEqual([
    { code: '10010', title: 'Authorization failed', detail: expect.stringContaining('operate token') },
  ]);
});

describe('when the tokens cannot be read', () => {
  const unknown = () => Promise.reject(new Error('Secrets Manager is away'));

  test('every token is refused with 503; only the log has the cause', async () => {
    const { status, body, headers, worked } = await ask('read', `Bearer ${operateToken}`, unknown);
    expect({ status, worked }).toEqual({ status: 503, worked: false });
    expect(headers).toHaveProperty('retry-after');
    expect(JSON.stringify(body)).not.toContain('Secrets Manager');
    expect(log.lines()).toMatchObject([{ level: 'error', cause: 'Error: Secrets Manager is away' }]);
    expect(log.text()).not.toContain(operateToken);
  });

  test('a request without a token still gets 401', async () => {
    expect((await ask('read', undefined, unknown)).status).toBe(401);
  });
});
