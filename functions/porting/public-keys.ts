/** Base64 of 32 bytes: the last character before the padding carries four bits, so its two lowest are 0. */
const RAW = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=?$/;
/** What base64 of a PEM has before the 32 bytes of the key: it says that this is Ed25519 (RFC 8410). */
const ED25519 = /^MCowBQYDK2VwAyEA/;
const PEM_LINES = /-----(BEGIN|END) PUBLIC KEY-----/g;
const QUOTES = /["'`‘’“”]/;

/**
 * Reads one to three public keys, separated by commas: the portal gives base64 of 32 bytes, one guide shows PEM.
 * Several at once make a rotation possible. A PEM may have lost its line breaks, or have them written as `\n`, and its
 * first and last line.
 *
 * @returns base64 of the 32 bytes of each key, 44 characters
 * @throws {Error} whose message goes on after the setting's name, and never repeats a key
 */
export function publicKeysIn(setting: string): readonly string[] {
  const texts = setting.split(',');
  if (texts.every((text) => text.trim() === ''))
    throw new Error('holds no key: set it to one to three public keys, with commas between');
  if (texts.length > 3) {
    throw new Error(`holds ${texts.length} keys: set it to one to three public keys, with commas between`);
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
    `has no Ed25519 public key at position ${index + 1}: copy it from the Telnyx portal, and set it to base64 of 32 bytes (44 characters), or to PEM`,
  );
}
