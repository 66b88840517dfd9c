import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { isObject } from '../../../functions/porting/event.ts';
import { isToken } from '../../../functions/porting/settings.ts';
import { EXIT, Failure } from '../failure.ts';
import { askAws } from './aws.ts';

/** A token of each kind, for the ledger's API. */
export interface ApiTokens {
  readonly read: string;
  readonly operate: string;
}

/** What a secret holds; `undefined` before anything was put into it. */
export async function readSecret(client: SecretsManagerClient, SecretId: string): Promise<string | undefined> {
  const isEmpty = (error: unknown) => error instanceof ResourceNotFoundException;
  try {
    const ask = () => client.send(new GetSecretValueCommand({ SecretId }));
    return (await askAws(`the secret ${SecretId}`, ask, isEmpty)).SecretString || undefined;
  } catch (error) {
    if (isEmpty(error)) return undefined;
    throw error;
  }
}

export async function writeSecret(client: SecretsManagerClient, SecretId: string, SecretString: string): Promise<void> {
  await askAws(`leave to write the secret ${SecretId}`, () =>
    client.send(new PutSecretValueCommand({ SecretId, SecretString })),
  );
}

/**
 * The first token of each kind: the owner's own ones, else the halves of what the deployment generated.
 *
 * @throws {Failure} that never shows a token
 */
export async function readApiTokens(client: SecretsManagerClient, secretId: string): Promise<ApiTokens> {
  const { read, operate, generated } = objectIn(await readSecret(client, secretId));
  const halves = typeof generated === 'string' && generated.length === 64 ? generated : '';
  const tokens = {
    read: firstIn(read) ?? halves.slice(0, 32),
    operate: firstIn(operate) ?? halves.slice(32),
  };
  if (isToken(tokens.read) && isToken(tokens.operate)) return tokens;
  throw new Failure(
    EXIT.bad,
    `The secret ${secretId} has no read token and operate token: docs/deploy.md says how to store them`,
  );
}

function objectIn(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const held: unknown = JSON.parse(text ?? '');
    return isObject(held) ? held : {};
  } catch {
    return {};
  }
}

/** A token stands alone, or with its name. */
function firstIn(list: unknown): string | undefined {
  const [first] = Array.isArray(list) ? list : [];
  const token: unknown = isObject(first) ? first.token : first;
  return isToken(token) ? token : undefined;
}
