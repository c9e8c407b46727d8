import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { CHANGES_INDEX, REVIEW_INDEX } from '../../functions/storage/keys.ts';

const INDEXES = [REVIEW_INDEX, CHANGES_INDEX];

export interface LocalTables {
  client: DynamoDBDocumentClient;
  table: string;
}

/**
 * A DynamoDB of this test file's own with one table (keys and indexes of the orders table), in process. What a condition expression guards is
 * tested on it, because a mock never evaluates one.
 */
export function localTables(): LocalTables {
  const tables: Partial<LocalTables> & { server?: Server } = {};
  beforeAll(async () => {
    const { default: dynalite } = await import('dynalite');
    const server: Server = dynalite({ createTableMs: 0 });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = new DynamoDBClient({
      region: 'sa-east-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    await base.send(
      new CreateTableCommand({
        TableName: 'table',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
          ...INDEXES.flatMap(({ partition, sort }) => [
            { AttributeName: partition, AttributeType: 'S' } as const,
            { AttributeName: sort, AttributeType: 'S' } as const,
          ]),
        ],
        GlobalSecondaryIndexes: INDEXES.map(({ name, partition, sort }) => ({
          IndexName: name,
          KeySchema: [
            { AttributeName: partition, KeyType: 'HASH' },
            { AttributeName: sort, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        })),
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
    Object.assign(tables, {
      server,
      table: 'table',
      client: DynamoDBDocumentClient.from(base, { marshallOptions: { removeUndefinedValues: true } }),
    });
  });
  afterAll(async () => {
    tables.client?.destroy();
    await new Promise((resolve) => tables.server?.close(resolve));
  });
  return tables as LocalTables;
}
