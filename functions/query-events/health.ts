import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { json } from '../http/problem.ts';
import { readSync } from '../ledger/runs/sync-state.ts';
import type { Resources } from './resources.ts';

/** Open to everyone, so it shows two things only: how old the ledger's knowledge is, and how the last run ended. */
export async function health({ store }: Resources): Promise<APIGatewayProxyStructuredResultV2> {
  const now = Date.now();
  const { lastCompleteAt, lastStatus } = await readSync(store, now);
  const age = lastCompleteAt === undefined ? null : Math.max(0, Math.round((now - lastCompleteAt) / 1000));
  return json(200, { last_complete_sync_age_seconds: age, last_sync_status: lastStatus ?? 'none' });
}
