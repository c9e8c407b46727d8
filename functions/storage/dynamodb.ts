import { DynamoDBClient, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import { type AwsOptions, bounded, clientConfig } from '../runtime/aws-clients.ts';
import type { ItemKey, StoreName } from './keys.ts';

/** The client of every table. Numbers beyond 2^53 never reach one, and `undefined` means "not there". */
export const documentClient = (options: AwsOptions = {}): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(
    retryingConflicts(bounded(new DynamoDBClient(clientConfig(options)), options)),
    {
      marshallOptions: { removeUndefinedValues: true },
    },
  );

/**
 * A plain write of an item that a transaction is about to write is refused, and the SDK does not take that for something that
 * passes. (Developer guide, "Transaction conflict handling".) It passes within milliseconds.
 */
function retryingConflicts(client: DynamoDBClient): DynamoDBClient {
  client.middlewareStack.add(
    (next) => async (request) => {
      try {
        return await next(request);
      } catch (error) {
        if (error instanceof TransactionConflictException) Object.assign(error, { $retryable: {} });
        throw error;
      }
    },
    // Around what makes an error of an answer, and within what tries again.
    { name: 'retryConflicts', step: 'deserialize', priority: 'high' },
  );
  return client;
}

/** Whether the condition of a write was refused. By its name: a file that a function loads later has other classes than the client. */
export const isRefused = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException';

/** The answer to a conditional write. Undefined when its condition was refused; every other error is thrown. */
export async function unlessRefused<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write;
  } catch (error) {
    if (isRefused(error)) return undefined;
    throw error;
  }
}

/** Waits for a conditional write. False when its condition was refused; every other error is thrown. */
export const applied = async (write: Promise<unknown>): Promise<boolean> =>
  (await unlessRefused(write.then(() => true))) === true;

const cancelled = lazily(() =>
  z.object({
    name: z.literal('TransactionCanceledException'),
    CancellationReasons: z.array(z.object({ Code: z.string().optional() })),
  }),
);
const LOST: ReadonlySet<string> = new Set(['None', 'ConditionalCheckFailed', 'TransactionConflict']);

const PASSING: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TimeoutError',
]);
const failure = lazily(() =>
  z.object({
    name: z.string(),
    code: z.string().optional(),
    $metadata: z.object({ httpStatusCode: z.number().optional() }).optional(),
  }),
);

/** Whether a request failed because the table is slow, busy or out of reach: nothing is wrong with the request. */
export function isPassing(error: unknown): boolean {
  const read = failure().safeParse(error);
  if (!read.success) return false;
  const { name, code = '', $metadata } = read.data;
  return PASSING.has(name) || /^E[A-Z]+$/.test(code) || ($metadata?.httpStatusCode ?? 0) >= 500;
}

/** Waits for a transaction. False when another writer was quicker; every other error is thrown. */
export async function transacted(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    const read = cancelled().safeParse(error);
    if (read.success && read.data.CancellationReasons.every(({ Code = 'None' }) => LOST.has(Code)))
      return false;
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

/**
 * Reads one item as it stands now, or, where that is enough, as it stood a moment ago for half the price.
 *
 * @param schema made when there is an item to read
 * @throws ZodError when it has another shape
 */
export async function getItem<T>(
  client: DynamoDBDocumentClient,
  table: string,
  key: ItemKey,
  schema: () => z.ZodType<T>,
  ConsistentRead = true,
): Promise<T | undefined> {
  const { Item } = await client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead }));
  return Item === undefined ? undefined : schema().parse(Item);
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

/** The largest item that DynamoDB takes, in bytes (developer guide, "Quotas": 400 KB, names of attributes included). */
export const MAX_ITEM_BYTES = 400 * 1024;

/** A list or map costs this much, and each of its entries one more. (Developer guide, "DynamoDB item sizes and formats".) */
const COLLECTION_BYTES = 3;
/** The guide says "approximately" of numbers; the most that one takes is 38 digits, sign and exponent. */
const MOST_DIGITS = 38;

/**
 * The size of an item in bytes, by the service's own rules: text in UTF-8, a number by its digits, names of attributes as
 * text. Values are those of the document client. What is undefined is not stored.
 */
export function itemBytes(item: object): number {
  let size = 0;
  for (const [name, value] of Object.entries(item))
    if (value !== undefined) size += Buffer.byteLength(name) + valueBytes(value);
  return size;
}

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return numberBytes(value);
  if (typeof value !== 'object' || value === null) return 1;
  if (value instanceof Uint8Array) return value.byteLength;
  if (Array.isArray(value))
    return value.reduce<number>((sum, one) => sum + 1 + valueBytes(one), COLLECTION_BYTES);
  const entries = Object.values(value).filter((one) => one !== undefined).length;
  return COLLECTION_BYTES + entries + itemBytes(value);
}

/** Two digits take a byte, the number two more, a minus sign one; zeros at either end take none. */
function numberBytes(value: number): number {
  if (value === 0) return 1;
  const digits = Math.abs(value).toExponential().replace(/e.*$/, '').replace('.', '').replace(/0+$/, '');
  return Math.ceil(Math.min(digits.length, MOST_DIGITS) / 2) + (value < 0 ? 3 : 2);
}

/** Whether an item is so small that nobody has to count: no value takes more than three bytes for a character of its JSON. */
export const surelyFits = (item: object): boolean => 3 * JSON.stringify(item).length <= MAX_ITEM_BYTES;

/**
 * Where an item holds a number that DynamoDB or its client refuses, as a path; undefined when it holds none. They take
 * whole numbers up to 2^53, and none smaller than 1e-130. (Developer guide, "Naming rules and data types".)
 */
export function unstorableNumber(value: unknown, path: readonly string[] = []): string | undefined {
  if (typeof value === 'number') return isStorable(value) ? undefined : path.join('.');
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const found = unstorableNumber(inner, [...path, name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

const isStorable = (value: number): boolean =>
  value === 0 || (Math.abs(value) >= 1e-130 && Math.abs(value) <= Number.MAX_SAFE_INTEGER);
