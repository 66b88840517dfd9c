import { type JsonAnswer, type LoopbackServer, serveOperation } from './loopback-server.ts';

/**
 * Answers as Secrets Manager does, for GetSecretValue, from values in memory. Nothing is written to disk.
 *
 * @param values the text of each secret by its id
 */
export function startSecrets(values: Readonly<Record<string, string>>): Promise<LoopbackServer> {
  const held = new Map(Object.entries(values));
  return serveOperation('secretsmanager.GetSecretValue', (body) => answerTo(secretIdIn(body), held));
}

function answerTo(id: string | undefined, held: ReadonlyMap<string, string>): JsonAnswer {
  if (id === undefined) return [400, { __type: 'InvalidParameterException', Message: 'SecretId is missing' }];
  const value = held.get(id);
  if (value === undefined) {
    const Message = "Secrets Manager can't find the specified secret.";
    return [400, { __type: 'ResourceNotFoundException', Message }];
  }
  const VersionId = '00000000-0000-0000-0000-000000000000';
  return [200, { ARN: id, Name: id, SecretString: value, VersionId, VersionStages: ['AWSCURRENT'], CreatedDate: 0 }];
}

function secretIdIn(body: string): string | undefined {
  try {
    const { SecretId } = JSON.parse(body) as { SecretId?: unknown };
    return typeof SecretId === 'string' ? SecretId : undefined;
  } catch {
    return undefined;
  }
}
