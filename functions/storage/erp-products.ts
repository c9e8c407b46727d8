import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { contentHash } from '../domain/canonical-json.ts';
import type { ErpProductKey } from '../domain/erp-product.ts';
import { lazily } from '../domain/lazily.ts';
import type { ProductKey } from '../domain/product.ts';
import { type WantedProduct, wantedProductSchema } from '../domain/product-input.ts';
import { NOTHING_REMEMBERED, type ProductMemory, productMemorySchema } from '../domain/product-memory.ts';
import type { Clock } from '../runtime/clock.ts';
import { zlib } from '../runtime/zlib.ts';
import { getItem, inPartition, queryAll, surelyFits, transacted } from './dynamodb.ts';
import { ownedBy } from './erp-links.ts';
import { erpProductLinkKey, productMemoryKey, wantedKey, wantedPrefix } from './erp-product-keys.ts';
import { TABLE_KEYS } from './keys.ts';

/** What is remembered of a product, as it was read. */
export interface Remembered {
  readonly memory: ProductMemory;
  /** Which SKUs the product is known to have for itself, hashed. */
  readonly skus?: string | undefined;
  /** Rises with each write; 0 where nothing was written yet. */
  readonly revision: number;
}

export interface ProductMemoryReader {
  of(key: ErpProductKey): Promise<Remembered>;
  /** The product of the merchant's system that is linked to one of the platform's. */
  to(product: ProductKey): Promise<ErpProductKey | undefined>;
}

export interface ProductMemories extends ProductMemoryReader {
  /**
   * Writes what is remembered now, with the link to the platform's product both ways. `taken`: that one is linked to another
   * product of the merchant's system. `changed`: somebody else wrote.
   */
  save(
    key: ErpProductKey,
    next: Omit<Remembered, 'revision'>,
    before: Remembered,
  ): Promise<'saved' | 'taken' | 'changed'>;
}

/** What came out compressed is ours, but a damaged item must not fill the memory. */
const MAX_BYTES = 32 * 1024 * 1024;
const unpacked = (bytes: Uint8Array): unknown =>
  JSON.parse(zlib().gunzipSync(bytes, { maxOutputLength: MAX_BYTES }).toString('utf8'));

const memoryItem = lazily(() =>
  z.object({
    memory: productMemorySchema().optional(),
    /** Of products with so many variants that an item could not hold it otherwise. */
    packedMemory: z.instanceof(Uint8Array).optional(),
    skus: z.string().optional(),
    revision: z.int(),
  }),
);
const linkItem = lazily(() => z.object({ externalId: z.string() }));

interface TableOptions {
  client: DynamoDBDocumentClient;
  table: string;
}

export function createProductMemoryReader({ client, table: TableName }: TableOptions): ProductMemoryReader {
  return {
    async of(key) {
      const found = await getItem(client, TableName, productMemoryKey(key), memoryItem);
      if (found === undefined) return { memory: NOTHING_REMEMBERED, revision: 0 };
      const { memory, packedMemory, ...rest } = found;
      const read = packedMemory === undefined ? memory : productMemorySchema().parse(unpacked(packedMemory));
      return { ...rest, memory: read ?? NOTHING_REMEMBERED };
    },
    async to(product) {
      const found = await getItem(client, TableName, erpProductLinkKey(product), linkItem);
      const { platform, storeId } = product;
      return found && { platform, storeId, externalProductId: found.externalId };
    },
  };
}

export function createProductMemories(options: TableOptions): ProductMemories {
  const { client, table: TableName } = options;
  const reader = createProductMemoryReader(options);
  return {
    ...reader,
    async save(key, { memory, skus }, before) {
      const { platform, storeId, externalProductId } = key;
      const fits = surelyFits(memory);
      const packed = fits ? undefined : zlib().gzipSync(JSON.stringify(memory));
      const product =
        memory.productId === undefined
          ? undefined
          : { platform, storeId, platformProductId: memory.productId };
      const TransactItems: NonNullable<TransactWriteCommandInput['TransactItems']> = [
        {
          Put: {
            TableName,
            Item: {
              ...productMemoryKey(key),
              ...(packed === undefined ? { memory } : { packedMemory: packed }),
              ...(skus === undefined ? {} : { skus }),
              revision: before.revision + 1,
            },
            ConditionExpression: before.revision === 0 ? 'attribute_not_exists(pk)' : 'revision = :before',
            ...(before.revision === 0 ? {} : { ExpressionAttributeValues: { ':before': before.revision } }),
          },
        },
        ...(product === undefined || memory.productId === before.memory.productId
          ? []
          : [ownedBy(TableName, erpProductLinkKey(product), externalProductId)]),
      ];
      if (await transacted(client.send(new TransactWriteCommand({ TransactItems })))) return 'saved';
      const other = product === undefined ? undefined : await reader.to(product);
      return other === undefined || other.externalProductId === externalProductId ? 'changed' : 'taken';
    },
  };
}

/** Keeps what a product is to be until its command ended: it is large, and commands are read all at once. */
export interface WantedProducts {
  /** @returns the hash that `get` takes */
  put(key: ErpProductKey, wanted: WantedProduct): Promise<string>;
  /** Undefined where it expired. */
  get(key: ErpProductKey, sha256: string): Promise<WantedProduct | undefined>;
}

const KEEP_SECONDS = 30 * 24 * 3600;
/** Bytes of one item, which holds up to 400 KB. */
const CHUNK_BYTES = 350 * 1024;
const chunkItem = lazily(() => z.object({ data: z.instanceof(Uint8Array), count: z.int() }));

export function createWantedProducts({
  client,
  table: TableName,
  clock,
}: TableOptions & { clock: Pick<Clock, 'now'> }): WantedProducts {
  /** The last one that was read: each step of its work needs it, and its hash says that it is the same. */
  let last: { name: string; wanted: WantedProduct } | undefined;
  return {
    async put(key, wanted) {
      const sha256 = contentHash(wanted);
      const bytes = zlib().gzipSync(JSON.stringify(wanted));
      const count = Math.ceil(bytes.byteLength / CHUNK_BYTES);
      for (let chunk = 0; chunk < count; chunk += 1)
        await client.send(
          // Whoever gives commands may write no row anew, and so puts no item.
          new UpdateCommand({
            TableName,
            Key: wantedKey(key, sha256, chunk),
            UpdateExpression: 'SET #data = :data, #count = :count, #expiry = :expiry',
            ExpressionAttributeNames: { '#data': 'data', '#count': 'count', '#expiry': TABLE_KEYS.expiry },
            ExpressionAttributeValues: {
              ':data': bytes.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES),
              ':count': count,
              ':expiry': Math.floor(clock.now() / 1000) + KEEP_SECONDS,
            },
          }),
        );
      return sha256;
    },
    async get(key, sha256) {
      const { pk, sk } = wantedKey(key, sha256, 0);
      const name = `${pk}/${sk}`;
      if (last?.name === name) return last.wanted;
      const found = await queryAll(client, inPartition(TableName, pk, wantedPrefix(sha256)), chunkItem());
      const [first] = found;
      if (first === undefined || found.length < first.count) return undefined;
      const wanted = wantedProductSchema().parse(unpacked(Buffer.concat(found.map(({ data }) => data))));
      last = { name, wanted };
      return wanted;
    },
  };
}
