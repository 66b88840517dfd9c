import { DeleteItemCommand, type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';

/**
 * Drops the day counts, because they were made from an index that had to be repaired. Every reader counts the days
 * itself until the next sync run has counted them anew.
 *
 * @param control name of the table
 */
export async function forgetDayCounts(client: DynamoDBClient, control: string): Promise<void> {
  // First the row that says that days without a count are empty.
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
