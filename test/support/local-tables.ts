import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { CHANGES_INDEX, REVIEW_INDEX, WORK_INDEX } from '../../functions/storage/keys.ts';
import { TableService } from '../../local/cloud/dynamodb/table-service.ts';
import { ServiceError } from '../../local/cloud/errors.ts';
import type { JsonObject } from '../../local/cloud/json.ts';

const INDEXES = [REVIEW_INDEX, CHANGES_INDEX, WORK_INDEX];
const TABLE = 'table';

export interface LocalTables {
  client: DynamoDBDocumentClient;
  table: string;
  /** URL of the DynamoDB. */
  endpoint: string;
}

/**
 * A DynamoDB of this test file's own with one table (keys and indexes of the orders table), in process. What a condition
 * expression guards is tested on it, because a mock never evaluates one.
 */
export function localTables(): LocalTables {
  const tables: Partial<LocalTables> & { server?: Server; service?: TableService } = {};
  beforeAll(async () => {
    const service = await TableService.create([ordersTable()], '000000000000', 'sa-east-1', Date.now);
    const server = createServer(async (request, response) => {
      const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
      const input = JSON.parse((await buffer(request)).toString()) as JsonObject;
      const { status, body } = await answer(service, operation, input);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const base = new DynamoDBClient({
      region: 'sa-east-1',
      endpoint,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    Object.assign(tables, {
      server,
      service,
      endpoint,
      table: TABLE,
      client: DynamoDBDocumentClient.from(base, { marshallOptions: { removeUndefinedValues: true } }),
    });
  });
  afterAll(async () => {
    tables.client?.destroy();
    tables.server?.closeAllConnections();
    await new Promise((resolve) => tables.server?.close(resolve));
    await tables.service?.close();
  });
  return tables as LocalTables;
}

async function answer(
  service: TableService,
  operation: string,
  input: JsonObject,
): Promise<{ status: number; body: object }> {
  try {
    return { status: 200, body: await service.handle(operation, input) };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const { code, message, status, fields } = error;
    return { status, body: { __type: `com.amazonaws.dynamodb.v20120810#${code}`, message, ...fields } };
  }
}

/** The table as a template declares it; the rest of a template is nothing to these tests. */
function ordersTable(): Parameters<typeof TableService.create>[0][number] {
  const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' });
  const keys = (partition: string, sort: string) => [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ];
  const properties = {
    AttributeDefinitions: ['pk', 'sk', ...INDEXES.flatMap(({ partition, sort }) => [partition, sort])].map(
      text,
    ),
    GlobalSecondaryIndexes: INDEXES.map(({ name, partition, sort }) => ({
      IndexName: name,
      KeySchema: keys(partition, sort),
      Projection: { ProjectionType: 'KEYS_ONLY' },
    })),
    KeySchema: keys('pk', 'sk'),
  };
  return { ref: TABLE, place: 'the table of a test', properties } as unknown as ReturnType<
    typeof ordersTable
  >;
}
