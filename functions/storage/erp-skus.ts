import { type DynamoDBDocumentClient, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { ErpProductKey } from '../domain/erp-product.ts';
import { lazily } from '../domain/lazily.ts';
import { OwnError } from '../runtime/describe-error.ts';
import { erpPk } from './command-keys.ts';
import { applied, getItem, transacted } from './dynamodb.ts';
import { ownedBy } from './erp-links.ts';
import { erpSkuKey } from './erp-product-keys.ts';

/** Lets each SKU of a store be of one product of the merchant's system: two that are made at once would both have it. */
export interface ErpSkus {
  /** Takes them all, or none. @returns those that are another's, with whose; none where they are the product's now */
  claim(key: ErpProductKey, skus: readonly string[]): Promise<{ sku: string; owner: string }[]>;
  /** Those that are another product's, with whose. Nothing is written. */
  others(key: ErpProductKey, skus: readonly string[]): Promise<{ sku: string; owner: string }[]>;
  /** Gives up those that are the product's. */
  release(key: ErpProductKey, skus: readonly string[]): Promise<void>;
}

/** Items of one transaction. */
const AT_ONCE = 100;
const MAX_CONFLICTS = 8;

const ownerItem = lazily(() => z.object({ externalId: z.string().optional() }));

export function createErpSkus({
  client,
  table: TableName,
}: {
  client: DynamoDBDocumentClient;
  table: string;
}): ErpSkus {
  const release: ErpSkus['release'] = async (key, skus) => {
    for (const sku of skus)
      await applied(
        client.send(
          new UpdateCommand({
            TableName,
            Key: erpSkuKey(key, sku),
            UpdateExpression: 'REMOVE externalId',
            ConditionExpression: 'externalId = :external',
            ExpressionAttributeValues: { ':external': key.externalProductId },
          }),
        ),
      );
  };

  async function ownersOf(key: ErpProductKey, skus: readonly string[]) {
    const owners: { sku: string; owner: string }[] = [];
    for (const sku of skus) {
      const owner = (await getItem(client, TableName, erpSkuKey(key, sku), ownerItem))?.externalId;
      if (owner !== undefined) owners.push({ sku, owner });
    }
    return owners;
  }

  const othersOf: ErpSkus['others'] = async (key, skus) =>
    (await ownersOf(key, skus)).filter(({ owner }) => owner !== key.externalProductId);

  async function claimSome(key: ErpProductKey, skus: readonly string[]) {
    const TransactItems = skus.map((sku) => ownedBy(TableName, erpSkuKey(key, sku), key.externalProductId));
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
      if (await transacted(client.send(new TransactWriteCommand({ TransactItems })))) return [];
      const others = await othersOf(key, skus);
      if (others.length > 0) return others;
    }
    throw new OwnError(`${erpPk(key)}: gave up its SKUs after ${MAX_CONFLICTS} conflicts`);
  }

  return {
    others: othersOf,
    release,
    async claim(key, skus) {
      // What it has already stays its own, whatever becomes of the others.
      const owners = skus.length > AT_ONCE ? await ownersOf(key, skus) : [];
      const own = new Set(owners.flatMap(({ sku, owner }) => (owner === key.externalProductId ? [sku] : [])));
      for (let start = 0; start < skus.length; start += AT_ONCE) {
        const others = await claimSome(key, skus.slice(start, start + AT_ONCE));
        if (others.length === 0) continue;
        await release(
          key,
          skus.slice(0, start).filter((sku) => !own.has(sku)),
        );
        return others;
      }
      return [];
    },
  };
}
