import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import { stockTellingKey } from './control-keys.ts';
import { getItem } from './dynamodb.ts';
import type { StoreName } from './keys.ts';

const dueSku = lazily(() => z.object({ sku: z.string(), dueAt: z.number() }));
/** A SKU that a store is to be told of, and since when (epoch ms). */
export type DueSku = z.infer<ReturnType<typeof dueSku>>;

const itemSchema = lazily(() =>
  z.object({
    /** SKUs that a call names whose end nobody wrote down. */
    underWay: z.array(z.string()),
    /** SKUs in one call; fewer after the platform said that one was too much. */
    most: z.int().min(1),
    /** By channel: SKUs of it in one call; fewer after it failed for some while other channels were told. */
    narrowed: z.record(z.string(), z.int().min(1)).optional(),
    /** The last that a run looked at, of what waits behind a channel that fails. */
    after: dueSku().optional(),
    /** The same of prices. */
    pricesAfter: dueSku().optional(),
    /** A message that names the store comes then, unless it is lost (epoch ms). */
    namedAt: z.number().optional(),
  }),
);
export type Telling = z.infer<ReturnType<typeof itemSchema>>;

/** Where the telling of a store stands. Only whoever holds the store's lease reads and writes it. */
export interface TellingState {
  get(): Promise<Telling | undefined>;
  put(state: Telling): Promise<void>;
}

export function createTellingState(
  options: StoreName & { client: DynamoDBDocumentClient; table: string },
): TellingState {
  const { client, table: TableName } = options;
  const Key = stockTellingKey(options);
  return {
    get: () => getItem(client, TableName, Key, itemSchema),
    put: async (state) => {
      await client.send(new PutCommand({ TableName, Item: { ...Key, ...state } }));
    },
  };
}
