import { randomBytes } from 'node:crypto';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { runDocumented } from './documented.ts';
import type { Ledger } from './ledger.ts';
import type { Rehearsal } from './rehearsal.ts';
import { equal, note } from './report.ts';

/** A token of each kind, and the secret that holds them. */
export interface Tokens {
  readonly read: string;
  readonly operate: string;
  readonly generated: string;
}

/** Puts the account's key into its secret, as setup does. */
export async function putApiKey({ secrets, telnyx }: Rehearsal, ledger: Ledger): Promise<void> {
  const SecretId = ledger.apiKeySecret;
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: telnyx.apiKey }));
}

/** The halves of the generated text (docs/deploy.md). */
export async function generatedTokens({ secrets }: Rehearsal, ledger: Ledger): Promise<Tokens> {
  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: ledger.tokensSecret }));
  let { generated, ...lists } = JSON.parse(SecretString) as { generated: string };
  equal(
    'the tokens secret holds a generated text of 64 characters and two empty lists',
    { length: generated.length, ...lists },
    { length: 64, read: [], operate: [] },
  );
  if (!/^[A-Za-z0-9]{64}$/.test(generated)) {
    note('MiniStack put punctuation into it, which the template excludes: replaced by what AWS would generate');
    generated = randomBytes(32).toString('hex');
    const replacement = JSON.stringify({ ...lists, generated });
    await secrets.send(new PutSecretValueCommand({ SecretId: ledger.tokensSecret, SecretString: replacement }));
  }
  return { read: generated.slice(0, 32), operate: generated.slice(32), generated };
}

/** The owner's own lists beside the generated text, as the commands of docs/deploy.md store them. */
export async function putOwnTokens(
  rehearsal: Rehearsal,
  ledger: Ledger,
  generated: string,
): Promise<Omit<Tokens, 'generated'>> {
  await runDocumented(rehearsal, 'GENERATED=');
  const { SecretString = '' } = await rehearsal.secrets.send(
    new GetSecretValueCommand({ SecretId: ledger.tokensSecret }),
  );
  const { read, operate, ...rest } = JSON.parse(SecretString) as Record<'read' | 'operate', readonly string[]>;
  equal('the commands of docs/deploy.md store two own tokens, and keep the generated ones', rest, { generated });
  const [ownRead = '', ownOperate = ''] = [...read, ...operate];
  return { read: ownRead, operate: ownOperate };
}
