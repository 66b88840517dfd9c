import { apiKeyFault } from '../porting/api-key.ts';

/**
 * Reads the Telnyx API key from its secret.
 *
 * @throws with what to do when the secret still holds no key, or something that cannot be one; never with what it holds
 */
export function readApiKey(secret: string): string {
  const key = secret.trim();
  const fault = apiKeyFault(key);
  if (fault === undefined) return key;
  if (key === '') throw new Error(`it ${fault}: put the Telnyx API key into it (docs/deploy.md, step 3)`);
  throw new Error(`it ${fault}: it must be the Telnyx API key as plain text, without quotes or line breaks`);
}
