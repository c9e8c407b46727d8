import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import { type AwsOptions, bounded, clientConfig } from '../runtime/aws-clients.ts';
import type { ItemKey, StoreName } from './keys.ts';

/** The client of every table. Numbers beyond 2^53 never reach one, and `undefined` means "not there". */
export const documentClient = (options: AwsOptions = {}): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(bounded(new DynamoDBClient(clientConfig(options)), options), {
    marshallOptions: { removeUndefinedValues: true },
  });

/** Waits for a conditional write. False when its condition was refused; every other error is thrown. */
export async function applied(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** What a query finds on all of its pages, in the order of the sort key. @throws ZodError for an item of another shape. */
export async function queryAll<T>(
  client: DynamoDBDocumentClient,
  input: QueryCommandInput,
  schema: z.ZodType<T>,
): Promise<T[]> {
  const found: T[] = [];
  let ExclusiveStartKey: QueryCommandInput['ExclusiveStartKey'];
  do {
    const page = await client.send(
      new QueryCommand({ ...input, ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }) }),
    );
    for (const item of page.Items ?? []) found.push(schema.parse(item));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return found;
}

/** Reads one item as it stands now. @throws ZodError when it has another shape. */
export async function getItem<T>(
  client: DynamoDBDocumentClient,
  table: string,
  key: ItemKey,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  const { Item } = await client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
  return Item === undefined ? undefined : schema.parse(Item);
}

/** The query of everything in one partition, as it stands now; with `begin`, of the sort keys that begin so. */
export const inPartition = (table: string, pk: string, begin?: string): QueryCommandInput => ({
  TableName: table,
  KeyConditionExpression: begin === undefined ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :begin)',
  ExpressionAttributeValues: { ':pk': pk, ...(begin === undefined ? {} : { ':begin': begin }) },
  ConsistentRead: true,
});

/** The table that holds a store's items. */
export interface StoreTable extends StoreName {
  client: DynamoDBDocumentClient;
  table: string;
}
