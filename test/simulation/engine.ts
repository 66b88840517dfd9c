import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { Row } from '../../functions/ledger/table/values.ts';
import { creationOf } from '../../infra/local/tables.ts';
import { tables } from '../../infra/service.ts';
import { openEmbeddedEngine } from '../embedded-engine.ts';

/** A real DynamoDB engine with the ledger's tables, empty. */
export interface Engine {
  /** Does one request. In a table's name, `@` and everything after it is ignored. */
  readonly execute: (operation: string, input: object) => Promise<Answer>;
  /** The row as it is stored, or `undefined`. */
  readonly row: (table: string, key: Row) => Promise<Row | undefined>;
  readonly rows: (table: string) => Promise<readonly Row[]>;
}

export interface Answer {
  readonly Item?: Row;
  readonly Items?: Row[];
  readonly Attributes?: Row;
  readonly Responses?: Readonly<Record<string, Row[]>>;
  readonly UnprocessedKeys?: Readonly<Record<string, { readonly Keys: Row[] }>>;
}

/** The parts of a signed request that dynalite looks at. */
const SIGNED = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260320T120000Z',
  authorization: 'AWS4-HMAC-SHA256 Credential=simulation, SignedHeaders=host, Signature=none',
};

/**
 * Opens an engine for one seed. Requests reach it without a socket and without the SDK's signing and schemas: those
 * take three quarters of a request's time, and no seed controls the order in which sockets answer.
 */
export async function openEngine(): Promise<Engine> {
  const engine = openEmbeddedEngine();

  async function request(operation: string, input: object): Promise<Answer> {
    const headers = { ...SIGNED, 'x-amz-target': `DynamoDB_20120810.${operation}` };
    const { status, body } = await engine.ask(headers, JSON.stringify(wired(input)));
    const answer = JSON.parse(body, revived);
    if (status === 200) return answer;
    const name = String(answer.__type).replace(/^.*#/, '');
    const message = String(answer.message ?? answer.Message);
    if (name === 'ConditionalCheckFailedException')
      throw new ConditionalCheckFailedException({ message, $metadata: {} });
    throw Object.assign(new Error(`${operation}: ${message}`), { name });
  }

  for (const [name, table] of Object.entries(tables)) await request('CreateTable', creationOf(name, table));

  return {
    execute: (operation, input) => request(operation, input),
    async row(TableName, Key) {
      return (await request('GetItem', { TableName, Key, ConsistentRead: true })).Item;
    },
    async rows(TableName) {
      return (await request('Scan', { TableName })).Items ?? [];
    },
  };
}

/** As JSON shows it: bytes in base64, tables by their own names. */
function wired(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(wired);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (name === 'TableName') return [name, tableOf(member as string)];
      if (name === 'RequestItems')
        return [
          name,
          Object.fromEntries(Object.entries(member as object).map(([t, keys]) => [tableOf(t), wired(keys)])),
        ];
      return [name, wired(member)];
    }),
  );
}

function revived(name: string, value: unknown): unknown {
  return name === 'B' && typeof value === 'string' ? Buffer.from(value, 'base64') : value;
}

/** `control@3` is the table `control` as execution environment 3 names it. */
export function tableOf(name: string): string {
  return name.replace(/@.*$/, '');
}
