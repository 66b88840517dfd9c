/**
 * Reads the Telnyx API key from its secret.
 *
 * @throws with what to do when the secret still holds no key, or something that cannot be one; never with what it holds
 */
export function readApiKey(secret: string): string {
  const key = secret.trim();
  if (key === '') throw new Error('it is empty: put the Telnyx API key into it (docs/deploy.md, step 3)');
  if (/[^\x21-\x7e]/.test(key) || key.startsWith('{')) {
    throw new Error('it must be the Telnyx API key as plain text, without quotes or line breaks');
  }
  return key;
}
