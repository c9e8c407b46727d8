import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { clientOptions, startFixture, table } from './fixture.ts';

/** A cloud with one table that has an index `byState`, and clients for it. */
export async function startTable() {
  const cloud = await startFixture({
    Main: {
      Resources: {
        Orders: table({
          AttributeDefinitions: ['pk', 'sk', 'state', 'at'].map((AttributeName) => ({
            AttributeName,
            AttributeType: 'S',
          })),
          GlobalSecondaryIndexes: [
            {
              IndexName: 'byState',
              KeySchema: [
                { AttributeName: 'state', KeyType: 'HASH' },
                { AttributeName: 'at', KeyType: 'RANGE' },
              ],
              Projection: { ProjectionType: 'KEYS_ONLY' },
            },
          ],
          TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
          StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        }),
      },
    },
  });
  const client = new DynamoDBClient(clientOptions(cloud));
  const documents = DynamoDBDocumentClient.from(client);
  const TableName = cloud.tableName('Orders');
  let serial = 0;
  return {
    client,
    documents,
    TableName,
    /** A key that no other test uses. */
    newKey: () => ({ pk: `k${serial++}`, sk: 'row' }),
    get: async (Key: object) =>
      (await documents.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item,
  };
}
