import { GetSecretValueCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSecrets } from '../../infra/local/secrets.ts';

async function clientOf(values: Record<string, string>): Promise<SecretsManagerClient> {
  const { url: endpoint, close } = await startSecrets(values);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SecretsManagerClient({ endpoint, region: 'us-east-1', credentials });
  onTestFinished(async () => {
    client.destroy();
    await close();
  });
  return client;
}

describe('secrets endpoint, through the official SDK', () => {
  it('gives a secret’s text as it is', async () => {
    const client = await clientOf({ 'a/b': 'plain', json: '{"read":["ä"]}' });
    const get = async (SecretId: string) => (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString;
    expect(await get('a/b')).toBe('plain');
    expect(await get('json')).toBe('{"read":["ä"]}');
  });

  it('answers ResourceNotFoundException for any other', async () => {
    const client = await clientOf({ known: 'x' });
    for (const SecretId of ['unknown', '__proto__', 'constructor']) {
      const got = client.send(new GetSecretValueCommand({ SecretId }));
      await expect(got).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    }
  });

  it('knows no other operation', async () => {
    const client = await clientOf({});
    await expect(client.send(new ListSecretsCommand({}))).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });
});
