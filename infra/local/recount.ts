import { DeleteItemCommand, type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';

/**
 * Forgets how many events each day has, because they were counted in an index that had to be mended. Until the next
 * sync run has counted them anew, every reader does.
 *
 * @param control name of the table
 */
export async function forgetDayCounts(client: DynamoDBClient, control: string): Promise<void> {
  // First what says that days without a count are empty.
  for (const kind of ['counted-through', 'day-counts']) {
    const pages = paginateQuery(
      { client },
      {
        TableName: control,
        KeyConditionExpression: 'kind = :kind',
        ExpressionAttributeValues: { ':kind': { S: kind } },
        ProjectionExpression: 'kind, id',
      },
    );
    for await (const { Items = [] } of pages) {
      for (const Key of Items) await client.send(new DeleteItemCommand({ TableName: control, Key }));
    }
  }
}
