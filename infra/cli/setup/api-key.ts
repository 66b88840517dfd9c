import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readApiKey } from '../../../functions/porting/api-key.ts';
import { readSetting } from '../../../functions/porting/settings.ts';
import { EXIT, Failure } from '../failure.ts';
import { askSecret } from '../questions.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Deployment } from './deployment.ts';
import type { Mode } from './mode.ts';
import type { Told } from './report.ts';
import { readSecret, writeSecret } from './secrets.ts';
import { type TelnyxAccount, telnyxAccount } from './telnyx-account.ts';

const PROMPT = "Telnyx API key, of the organization's owner (it is not shown):";

/**
 * Puts the Telnyx API key into its secret, once Telnyx has taken it: TELNYX_API_KEY, else the key that is stored, else
 * one that is asked for.
 *
 * @param isNew ask for a key although one is stored
 * @returns the account that the key opens
 * @throws {Failure} when there is no key, or Telnyx refuses it; nothing is stored then
 */
export async function putApiKey(
  secrets: SecretsManagerClient,
  { apiKeySecret, telnyxBaseUrl }: Deployment,
  surroundings: Surroundings,
  { mode, isNew = false }: { readonly mode: Mode; readonly isNew?: boolean | undefined },
): Promise<Told & { readonly made: TelnyxAccount }> {
  const stored = await readSecret(secrets, apiKeySecret);
  if (mode === 'check' && stored === undefined) throw new Failure(EXIT.bad, 'There is none in its secret: run setup');
  const apiKey = mode === 'check' ? (stored ?? '') : await giveApiKey(surroundings, isNew ? undefined : stored);
  const account = telnyxAccount(apiKey, telnyxBaseUrl, surroundings.clock);
  // What the sync asks for with it.
  await account.ask(() => account.sdk.porting.events.list({ 'page[size]': 1 }));
  if (apiKey === stored) return { outcome: 'already', words: 'in its secret, and Telnyx takes it', made: account };
  if (mode === 'dry-run') return { outcome: 'would do', words: 'put into its secret; Telnyx takes it', made: account };
  await writeSecret(secrets, apiKeySecret, apiKey);
  return { outcome: 'done', words: 'put into its secret; Telnyx takes it', made: account };
}

/** TELNYX_API_KEY, else the stored key, else one that is asked for. */
export async function giveApiKey(surroundings: Surroundings, stored: string | undefined): Promise<string> {
  const given = surroundings.environment.TELNYX_API_KEY?.trim() || stored || (await askSecret(surroundings, PROMPT));
  if (given === '') {
    throw new Failure(
      EXIT.usage,
      'There is no Telnyx API key: type it at a terminal, or give it on standard input or as TELNYX_API_KEY',
    );
  }
  try {
    return readSetting('The API key', given, readApiKey);
  } catch (error) {
    throw new Failure(EXIT.usage, (error as Error).message);
  }
}
