import { join } from 'node:path';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { CannotStart, reasonOf } from './cannot-start.ts';
import type { ServiceDescription } from './description.ts';
import { dynamodbClient, type Engine, startEngine } from './dynamodb.ts';
import { forgetDayCounts } from './recount.ts';
import type { Settings } from './settings.ts';
import { ensureTables } from './tables.ts';

const FIRST_ANSWER_MS = 10_000;

/** What starting the tables needs from the start of the whole service. */
interface Host {
  readonly tableName: (table: string) => string;
  /** Registers what ends the engine. */
  readonly cleanup: (close: () => unknown) => void;
  readonly log: (line: string) => void;
}

/**
 * Starts the embedded engine, unless the settings name another one, and creates the missing tables.
 *
 * @returns the engine's endpoint
 * @throws {CannotStart}
 */
export async function startTables(
  { dynamodbEndpoint, dataDir }: Settings,
  { tables }: ServiceDescription,
  { tableName, cleanup, log }: Host,
): Promise<string> {
  const engine = dynamodbEndpoint ? undefined : await startEngine({ path: join(dataDir, 'dynamodb') });
  if (engine) cleanup(engine.close);
  const endpoint = engine?.endpoint ?? dynamodbEndpoint ?? '';
  const client = dynamodbClient(endpoint);
  try {
    // An engine that hangs is the only fault that would never end without this limit.
    if (!engine) await client.send(new ListTablesCommand({}), { abortSignal: AbortSignal.timeout(FIRST_ANSWER_MS) });
    const remedy = engine ? `remove ${dataDir} to start anew` : 'remove it to start anew';
    await ensureTables(client, tables, { tableName, remedy });
    const mended = engine?.mended ?? [];
    if (mended.length > 0) log(mendedLine(mended));
    if (mended.some(({ table }) => table === tableName('events'))) await forgetDayCounts(client, tableName('control'));
  } catch (error) {
    if (error instanceof CannotStart || engine) throw error;
    throw new CannotStart(`DYNAMODB_ENDPOINT ${endpoint} does not answer as DynamoDB does: ${reasonOf(error)}`, {
      cause: error,
    });
  } finally {
    client.destroy();
  }
  return endpoint;
}

function mendedLine(mended: Engine['mended']): string {
  const entries = mended.reduce((sum, table) => sum + table.entries, 0);
  return `mended ${entries} index ${entries === 1 ? 'entry' : 'entries'}: the last stop cut writes off half-way`;
}
