import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import type { OrderKey } from '../domain/order-row.ts';
import { type OrderClaims, orderClaimsSchema } from '../domain/stock/order-claims.ts';
import { applied, getItem, itemBytes, MAX_ITEM_BYTES } from './dynamodb.ts';
import { orderRowKey } from './keys.ts';
import { orderClaimsKey } from './stock-keys.ts';

/** What is known of what an order takes, and how often that was written. */
export interface StoredClaims {
  readonly claims: OrderClaims;
  readonly revision: number;
}

/** Keeps what orders take from the stock. */
export interface OrderClaimsStore {
  get(key: OrderKey): Promise<StoredClaims | undefined>;
  /**
   * Writes it if the stored one still has this revision (0: there is none). `too-large`: the order has more lines than an
   * item has room for.
   */
  put(key: OrderKey, claims: OrderClaims, expected: number): Promise<'written' | 'overtaken' | 'too-large'>;
}

const stored = lazily(() =>
  orderClaimsSchema()
    .extend({ revision: z.int() })
    .transform(({ revision, ...claims }): StoredClaims => ({ claims, revision })),
);

export function createOrderClaims(client: DynamoDBDocumentClient, TableName: string): OrderClaimsStore {
  return {
    get: (key) => getItem(client, TableName, orderClaimsKey(key), stored),
    async put(key, claims, expected) {
      const Item = { ...orderClaimsKey(key), ...claims, revision: expected + 1 };
      if (itemBytes(Item) > MAX_ITEM_BYTES) return 'too-large';
      const written = await applied(
        client.send(
          new PutCommand({
            TableName,
            Item,
            ...(expected === 0
              ? { ConditionExpression: 'attribute_not_exists(pk)' }
              : {
                  ConditionExpression: 'revision = :expected',
                  ExpressionAttributeValues: { ':expected': expected },
                }),
          }),
        ),
      );
      return written ? 'written' : 'overtaken';
    },
  };
}

const rowVersion = lazily(() =>
  z.object({
    version: z.int().optional(),
    changedAt: z.string().optional(),
    order: z.object({ placedAt: z.string().optional() }).optional(),
    linesAside: z.object({}).optional(),
  }),
);
const claimsVersion = lazily(() => z.object({ version: z.int() }));

/** What says whether an order's claims are as new as its row. */
export interface VersionsOfOrder {
  /** Times are ISO text. */
  readonly placedAt: string;
  readonly changedAt: string;
  readonly version: number;
  /** The newest version that is in its claims; absent where the order was never followed. */
  readonly claimed?: number;
}

/**
 * Reads, as it stood a moment ago, how far orders are followed. Answers undefined for an order that takes nothing because it was removed or could never be
 * read, and for one whose lines the row has no room for: its claims may have none either.
 */
export const readVersions =
  (client: DynamoDBDocumentClient, table: string) =>
  async (key: OrderKey): Promise<VersionsOfOrder | undefined> => {
    // The claims first: a row that is written meanwhile is newer, and its time says so.
    const claims = await getItem(client, table, orderClaimsKey(key), claimsVersion, false);
    const row = await getItem(client, table, orderRowKey(key), rowVersion, false);
    if (row?.order === undefined || row.linesAside !== undefined) return undefined;
    const { version, changedAt } = row;
    if (version === undefined || changedAt === undefined) return undefined;
    const { placedAt = changedAt } = row.order;
    return { placedAt, changedAt, version, ...(claims === undefined ? {} : { claimed: claims.version }) };
  };
