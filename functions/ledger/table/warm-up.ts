import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { type Store, text } from './store.ts';

const GIVEN_UP_AFTER = 5_000;

/**
 * Asks DynamoDB for a row that never exists, so that the next request finds an open connection and compiled code.
 * Leaves no trace, takes 5 s at most, and never rejects: the next request tells what is wrong with DynamoDB.
 */
export async function warmUpStore({ client, events }: Pick<Store, 'client' | 'events'>): Promise<void> {
  const read = new GetItemCommand({ TableName: events, Key: { id: text('warm-up') } });
  await client.send(read, { abortSignal: AbortSignal.timeout(GIVEN_UP_AFTER) }).catch(() => {});
}
