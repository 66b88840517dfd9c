import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { serve } from './loopback-server.ts';

/** An endpoint that answers as Secrets Manager does. */
export interface SecretsEndpoint {
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Serves GetSecretValue from values in memory, on a free port of this machine. Nothing is written to disk.
 *
 * @param values the text of each secret by its id
 */
export async function startSecrets(values: Readonly<Record<string, string>>): Promise<SecretsEndpoint> {
  const held = new Map(Object.entries(values));
  const { url: endpoint, close } = await serve((request, response) => answer(request, response, held));
  return { endpoint, close };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  held: ReadonlyMap<string, string>,
): Promise<void> {
  const body = await text(request);
  const reply = (statusCode: number, content: object): void => {
    response.writeHead(statusCode, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(content));
  };
  if (request.headers['x-amz-target'] !== 'secretsmanager.GetSecretValue') {
    return reply(400, { __type: 'UnknownOperationException' });
  }
  const id = secretIdIn(body);
  if (id === undefined) return reply(400, { __type: 'InvalidParameterException', Message: 'SecretId is missing' });
  const value = held.get(id);
  if (value === undefined) {
    const Message = "Secrets Manager can't find the specified secret.";
    return reply(400, { __type: 'ResourceNotFoundException', Message });
  }
  reply(200, {
    ARN: id,
    Name: id,
    SecretString: value,
    VersionId: '00000000-0000-0000-0000-000000000000',
    VersionStages: ['AWSCURRENT'],
    CreatedDate: 0,
  });
}

function secretIdIn(body: string): string | undefined {
  try {
    const { SecretId } = JSON.parse(body) as { SecretId?: unknown };
    return typeof SecretId === 'string' ? SecretId : undefined;
  } catch {
    return undefined;
  }
}
