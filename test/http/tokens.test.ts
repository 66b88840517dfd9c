import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callerOf, readTokens } from '../../functions/http/tokens.ts';

const token = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((c) => String.fromCharCode(c)),
  minLength: 16,
});
const lists = fc.record({ read: fc.array(token), operate: fc.array(token) });
const [readToken, operateToken] = ['r'.repeat(32), 'o'.repeat(32)];

test('each listed token grants its permission, and no other token grants any', () => {
  fc.assert(
    fc.property(lists, token, ({ read, operate }, other) => {
      const tokens = readTokens(JSON.stringify({ read, operate }));
      for (const known of operate) expect(callerOf(known, tokens)?.permission).toBe('operate');
      for (const known of read) {
        expect(callerOf(known, tokens)?.permission).toBe(operate.includes(known) ? 'operate' : 'read');
      }
      fc.pre(![...read, ...operate].includes(other));
      expect(callerOf(other, tokens)).toBeUndefined();
    }),
  );
});

test('an almost correct token is refused', () => {
  const tokens = readTokens(JSON.stringify({ read: [readToken] }));
  for (const almost of [readToken.slice(1), `${readToken}r`, readToken.toUpperCase(), ` ${readToken}`, '']) {
    expect(callerOf(almost, tokens)).toBeUndefined();
  }
});

test("a caller's name is a digest of the token, not the token", () => {
  const tokens = readTokens(JSON.stringify({ operate: [operateToken] }));
  const digest = createHash('sha256').update(operateToken).digest('hex');
  expect(callerOf(operateToken, tokens)).toEqual({ permission: 'operate', name: `operate:${digest.slice(0, 8)}` });
  expect(JSON.stringify(tokens)).not.toContain('oooo');
});

describe('a token with a name', () => {
  const named = (name: unknown, more: object = {}) =>
    JSON.stringify({ read: [{ name, token: readToken, ...more }], operate: [operateToken] });

  test('is called by it in place of the digest', () => {
    const tokens = readTokens(named('porting-desk'));
    expect(callerOf(readToken, tokens)).toEqual({ permission: 'read', name: 'read:porting-desk' });
    expect(callerOf(operateToken, tokens)?.name).toMatch(/^operate:[0-9a-f]{8}$/);
  });

  test('that may operate too is called by the name that it has there', () => {
    const operate = [{ name: 'ops', token: readToken }];
    const tokens = readTokens(JSON.stringify({ read: [{ name: 'desk', token: readToken }], operate }));
    expect(callerOf(readToken, tokens)).toEqual({ permission: 'operate', name: 'operate:ops' });
  });

  test.each(['Jörg', 'a', '東京 desk', 'x'.repeat(40), 'ops@example.com', '7'])('takes the name %j', (name) => {
    expect(callerOf(readToken, readTokens(named(name)))?.name).toBe(`read:${name}`);
  });

  test.each([
    ['', {}],
    [' desk', {}],
    ['x'.repeat(41), {}],
    ['a\nb', {}],
    ['a\u202eb', {}],
    ['<b>', {}],
    [7, {}],
    [undefined, {}],
    ['desk', { token: 'SECRET' }],
    ['desk', { token: undefined }],
    ['desk', { note: 'SECRET' }],
  ])('refuses the name %j with %j, and says what it must be', (name, more) => {
    const read = () => readTokens(named(name, more));
    expect(read).toThrow(/^must have a list of tokens .* with a name of up to 40 letters/);
    expect(read).not.toThrow(/SECRET|rrrr/);
  });
});

describe('the text that the deployment generated', () => {
  const generated = readToken + operateToken;

  test('its first 32 characters are the read token, its last 32 the operate token', () => {
    const tokens = readTokens(JSON.stringify({ read: [], operate: [], generated }));
    expect(callerOf(readToken, tokens)?.permission).toBe('read');
    expect(callerOf(operateToken, tokens)?.permission).toBe('operate');
    expect(callerOf(generated, tokens)).toBeUndefined();
  });

  test('it is valid beside lists, until it is removed from the secret', () => {
    const lists = { read: ['own-read-token-0123'], operate: ['own-operate-token-0123'] };
    expect(readTokens(JSON.stringify({ ...lists, generated }))).toHaveLength(4);
    const tokens = readTokens(JSON.stringify(lists));
    expect(callerOf(readToken, tokens)).toBeUndefined();
    expect(callerOf('own-operate-token-0123', tokens)?.permission).toBe('operate');
  });

  test.each([
    'short',
    'x'.repeat(63),
    'x'.repeat(65),
    '',
    null,
    17,
  ])('%j is not a generated text and yields no token', (text) => {
    expect(readTokens(JSON.stringify({ generated: text }))).toEqual([]);
  });
});

test('empty lists accept no token', () => {
  expect(callerOf('', readTokens('{}'))).toBeUndefined();
  expect(callerOf(readToken, readTokens('{"read":[],"operate":[]}'))).toBeUndefined();
});

describe('an unreadable secret: the error says what it must be, never what it holds', () => {
  test.each([
    ['empty', ''],
    ['not JSON', 'SECRET-token-0123456'],
    ['a text', '"SECRET-token-0123456"'],
    ['an array', '["SECRET-token-0123456"]'],
    ['null', 'null'],
    ['a text instead of a list', '{"read":"SECRET-token-0123456"}'],
    ['an object instead of a list', '{"operate":{"a":"SECRET-token-0123456"}}'],
    ['a number in a list', '{"read":[17]}'],
    ['a token of 15 characters', '{"read":["SECRET-token-01"]}'],
    ['an empty token', '{"operate":[""]}'],
    ['a token with a blank', '{"operate":["SECRET token 0123456"]}'],
    ['a token with a line break', '{"operate":["SECRET-token-0123456\\n"]}'],
    ['a token with a character beyond ASCII', '{"operate":["SECRET-tökén-0123456"]}'],
  ])('%s', (_, secret) => {
    const read = () => readTokens(secret);
    expect(read).toThrow(/^must (be JSON such as|have a list of tokens)/);
    expect(read).not.toThrow(/SECRET/);
  });
});
