import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { publicKeysIn } from '../../functions/porting/public-keys.ts';
import { readPublicKeys } from '../../functions/telnyx/signature.ts';

const { publicKey } = generateKeyPairSync('ed25519');
const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
const base64 = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64');

test.each([
  ['base64', base64],
  ['base64 without its padding, which a double click does not select', base64.slice(0, -1)],
  ['PEM', pem],
  ['PEM on one line, with \\n for its line ends', pem.trim().replaceAll('\n', '\\n')],
  ['PEM with blanks for its line ends', pem.replaceAll('\n', ' ')],
  ['PEM with CRLF', pem.replaceAll('\n', '\r\n')],
  ['PEM without its first and last line', pem.split('\n')[1] ?? ''],
])('%s becomes base64 of the 32 bytes', (_, text) => {
  expect(publicKeysIn(text)).toEqual([base64]);
  expect(publicKeysIn(` ${text} ,\n${text},${text}`)).toEqual([base64, base64, base64]);
});

test('any 32 bytes are read, and become the key that the functions verify with', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
      const text = Buffer.from(bytes).toString('base64');
      expect(publicKeysIn(text)).toEqual([text]);
      expect(readPublicKeys(text)[0]?.export({ format: 'jwk' }).x).toBe(Buffer.from(bytes).toString('base64url'));
    }),
  );
  expect(readPublicKeys(pem)[0]?.equals(createPublicKey(pem))).toBe(true);
});

/** Turns `A` into `B`, and so on: sets the unused two bits of the last character. */
const beyondItsBits = base64.replace(/.=$/, (end) => `${String.fromCharCode(end.charCodeAt(0) + 1)}=`);

describe('a setting is refused:', () => {
  test.each([
    ['none', ''],
    ['only blanks', ' \n'],
    ['only commas', ' , ,'],
    ['four', Array(4).fill(base64).join()],
  ])('%s, because one to three keys are needed', (_, text) => {
    expect(() => publicKeysIn(text)).toThrow(/^holds (no key|4 keys): set it to one to three/);
  });

  test.each<[string, string]>([
    ['a character before it', `A${base64}`],
    ['four characters before it', `AAAA${base64}`],
    ['a character after it', `${base64}A`],
    ['its first character missing', base64.slice(1)],
    ['bits beyond the 32 bytes', beyondItsBits],
    ['31 bytes', Buffer.alloc(31, 1).toString('base64')],
    ['33 bytes', Buffer.alloc(33, 1).toString('base64')],
    ['nothing, as from an unset variable during a rotation', ''],
    ['the first line of a PEM', '-----BEGIN PUBLIC KEY-----'],
    ['an API key', 'KEY0123456789ABCDEF'],
    [
      'a key of another kind with 32 bytes',
      String(generateKeyPairSync('x25519').publicKey.export({ format: 'pem', type: 'spki' })),
    ],
    [
      'an RSA key',
      String(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'pem', type: 'spki' })),
    ],
  ])('%s; the error names its position', (_, text) => {
    const fault = 'has no Ed25519 public key at position 2';
    const remedy = 'copy it from the Telnyx portal, and set it to base64 of 32 bytes \\(44 characters\\), or to PEM';
    const message = new RegExp(`^${fault}: ${remedy}$`);
    expect(() => publicKeysIn(`${base64},${text}`)).toThrow(message);
    expect(() => readPublicKeys(`${base64},${text}`)).toThrow(message);
  });

  test.each([`"${base64}"`, `'${base64}'`, `${base64},"${base64}"`])('keys in quotes: %s', (text) => {
    expect(() => publicKeysIn(text)).toThrow(/^has quotes at position \d: set it to the key without them$/);
  });

  test('a private key; the error does not quote it', () => {
    const secret = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    expect(() => publicKeysIn(secret)).toThrow(/^has no Ed25519 public key at position 1/);
    expect(() => publicKeysIn(secret)).not.toThrow(secret.split('\n')[1] ?? '');
  });
});
