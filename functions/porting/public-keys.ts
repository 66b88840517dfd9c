/** Base64 of 32 bytes: the last character before the padding carries four bits, so its two lowest are 0. */
const RAW = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=?$/;
/** In base64 of a PEM, this precedes the 32 bytes of the key and says that it is Ed25519 (RFC 8410). */
const ED25519 = /^MCowBQYDK2VwAyEA/;
const PEM_LINES = /-----(BEGIN|END) PUBLIC KEY-----/g;
const QUOTES = /["'`‘’“”]/;

/**
 * Reads one to three comma-separated public keys: the portal shows base64 of 32 bytes, one guide shows PEM. Several
 * keys at once allow a rotation. A PEM may have lost its line breaks, or its first and last line, or have the breaks
 * written as `\n`.
 *
 * @returns base64 of the 32 bytes of each key, 44 characters
 * @throws {Error} with a message that continues after the setting's name, and never contains a key
 */
export function publicKeysIn(setting: string): readonly string[] {
  const texts = setting.split(',');
  if (texts.every((text) => text.trim() === ''))
    throw new Error('holds no key: set it to one to three comma-separated public keys');
  if (texts.length > 3) {
    throw new Error(`holds ${texts.length} keys: set it to one to three comma-separated public keys`);
  }
  return texts.map(publicKeyIn);
}

function publicKeyIn(text: string, index: number): string {
  if (QUOTES.test(text)) throw new Error(`has quotes at position ${index + 1}: set it to the key without them`);
  const base64 = text
    .replaceAll(PEM_LINES, '')
    .replaceAll(/\s|\\n/g, '')
    .replace(ED25519, '');
  if (RAW.test(base64)) return `${base64.slice(0, 43)}=`;
  throw new Error(
    `has no Ed25519 public key at position ${index + 1}: copy it from the Telnyx portal, ` +
      'and set it to base64 of 32 bytes (44 characters), or to PEM',
  );
}
