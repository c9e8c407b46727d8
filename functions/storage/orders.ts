import { hash } from 'node:crypto';
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { isAcknowledged } from '../domain/acknowledge-term.ts';
import type { CustomerKey } from '../domain/customer.ts';
import { lazily } from '../domain/lazily.ts';
import type { LinesReference, OrderKey, OrderRow, RawReference } from '../domain/order-row.ts';
import type { ProductKey } from '../domain/product.ts';
import { isoTime } from '../domain/time.ts';
import { OwnError } from '../runtime/describe-error.ts';
import { zlib } from '../runtime/zlib.ts';
import { customerPk } from './customer-keys.ts';
import {
  applied,
  getItem,
  inPartition,
  itemBytes,
  MAX_ITEM_BYTES,
  queryAll,
  surelyFits,
  unstorableNumber,
} from './dynamodb.ts';
import {
  CHANGES_INDEX,
  hashOfRawSk,
  orderPk,
  orderRowKey,
  REVIEW_INDEX,
  rawKey,
  rawPrefix,
  storeKey,
  TABLE_KEYS,
  WORK,
  WORK_INDEX,
} from './keys.ts';
import { type OrderItem, placeSchema } from './order-item.ts';
import { createLineStore, partLines, UnstorableRow } from './order-lines.ts';
import { productPk } from './product-keys.ts';
import { countedFrom, isTombstone, tombstoneOf } from './tombstones.ts';

/** Reads and conditionally writes order rows. */
export interface OrderStore {
  /** The row with all of its lines, wherever the table holds them. */
  get(key: OrderKey): Promise<OrderRow | undefined>;
  /**
   * Writes the row if the stored one still has `expected` as its revision (`0`: there is none). Answers `false` when
   * another writer was quicker. Where a row was removed, the new one goes on from its counters. Lines that the row has no room for are written before it, as items of their own, so that
   * whoever finds the row finds them; those of the row before are deleted after it.
   *
   * @throws UnstorableRow when the table refuses the row for what is in it.
   */
  put(row: OrderRow, expected: number): Promise<boolean>;
  /** Removes the row if it still is as it was read. Answers `false` when another writer was quicker. */
  remove(row: OrderRow): Promise<boolean>;
}

/** Lines are replaced in a moment; who finds none so often has found a mistake of ours. */
const MOST_READS = 5;

export function createOrderStore(client: DynamoDBDocumentClient, table: string): OrderStore {
  const lineStore = createLineStore(client, table);
  const putItem = (row: OrderRow, Item: OrderItem, expected: number): Promise<boolean> =>
    applied(
      client.send(
        new PutCommand({
          TableName: table,
          Item,
          ...(expected === 0 ? { ConditionExpression: 'attribute_not_exists(pk)' } : unchanged(expected)),
        }),
      ),
    ).catch((error: unknown) => {
      throw unstorable(row, error) ?? error;
    });

  async function putRow(row: OrderRow, expected: number): Promise<boolean> {
    const { linesAside: before, ...plain } = row;
    const item = itemOf(plain);
    const aside = fits(item) ? undefined : partLines(row);
    if (aside === undefined) {
      const done = await putItem(row, item, expected);
      if (done && before !== undefined) await lineStore.tidy(row, row.revision, undefined);
      return done;
    }
    const { reference } = aside;
    const small = withoutLines(item, reference);
    if (!fits(small))
      throw new UnstorableRow('too-large', `the order has ${itemBytes(small)} bytes beside its lines`);
    if (reference.revision === row.revision) await lineStore.put(row, aside);
    const done = await putItem(row, small, expected);
    if (done) await lineStore.tidy(row, row.revision, reference);
    return done;
  }

  return {
    async get(key) {
      for (let read = 0; read < MOST_READS; read += 1) {
        const row = await getItem(client, table, orderRowKey(key), placeSchema);
        if (row === undefined || row.state === 'removed') return undefined;
        if (row.order === undefined || row.linesAside === undefined) return row;
        const lines = await lineStore.get(key, row.linesAside);
        if (lines !== undefined) return { ...row, order: { ...row.order, lines } };
      }
      throw new OwnError(`${orderPk(key)}: its row names lines that are not in the table`);
    },
    async put(row, expected) {
      if (await putRow(row, expected)) return true;
      if (expected !== 0) return false;
      const found = await getItem(client, table, orderRowKey(row), z.unknown);
      return isTombstone(found) && putRow(countedFrom(found, row), found.revision);
    },
    async remove(row) {
      const done = await applied(
        client.send(
          new PutCommand({
            TableName: table,
            Item: { ...orderRowKey(row), ...tombstoneOf(row) },
            ...unchanged(row.revision),
          }),
        ),
      );
      if (done) await lineStore.tidy(row, row.revision, undefined);
      return done;
    },
  };
}

const fits = (item: OrderItem): boolean => surelyFits(item) || itemBytes(item) <= MAX_ITEM_BYTES;

/** Readers who know the row alone see that its lines are elsewhere. */
const withoutLines = (item: OrderItem, linesAside: LinesReference): OrderItem => ({
  ...item,
  ...(item.order === undefined ? {} : { order: { ...item.order, lines: [] } }),
  linesAside,
});

/** What the table says of a row that it will never take; undefined for every other failure. */
function unstorable(row: OrderRow, error: unknown): UnstorableRow | undefined {
  const number = unstorableNumber(row);
  if (number !== undefined)
    return new UnstorableRow('schema-mismatch', `${number}: a number beyond what the table can hold`);
  if (!(error instanceof Error) || error.name !== 'ValidationException') return undefined;
  return /item size/i.test(error.message)
    ? new UnstorableRow('too-large', 'the table refused the row for its size')
    : new UnstorableRow('schema-mismatch', 'the table refused the row for what is in it');
}

// A row has the attributes of a sparse index only while somebody has to see it there.
const itemOf = (row: OrderRow): OrderItem => ({
  ...row,
  ...orderRowKey(row),
  [CHANGES_INDEX.partition]: storeKey(row),
  ...(row.state === 'needs-review' && row.review !== undefined && row.review.dismissedAt === undefined
    ? { [REVIEW_INDEX.partition]: row.platform, [REVIEW_INDEX.sort]: isoTime(row.review.at) }
    : {}),
  ...(waitsForAcknowledgement(row)
    ? { [WORK_INDEX.partition]: WORK.acknowledge, [WORK_INDEX.sort]: row.acknowledgeBy }
    : {}),
});

/** Nobody has to take over an order that was cancelled before they did. */
const waitsForAcknowledgement = (row: OrderRow): boolean =>
  row.acknowledgeBy !== undefined && !isAcknowledged(row) && row.order?.status !== 'cancelled';

const unchanged = (expected: number) => ({
  ConditionExpression: 'revision = :expected',
  ExpressionAttributeValues: { ':expected': expected },
});

/** A DynamoDB item holds 400 KB; the rest is for keys and names. */
const CHUNK_BYTES = 380 * 1024;

/** Whose bytes are kept. */
export type RawOwner = OrderKey | ProductKey | CustomerKey;

function pkOf(key: RawOwner): string {
  if ('platformProductId' in key) return productPk(key);
  return 'platformCustomerId' in key ? customerPk(key) : orderPk(key);
}

/** Keeps the bytes a platform sent, beside the order, the product or the customer they belong to, until they expire. */
export interface RawStore {
  /**
   * Writes the bytes (compressed, in chunks when large). Writing the same bytes again is harmless.
   *
   * @param keepDays the configured days, when absent
   */
  put(key: RawOwner, bytes: Uint8Array, keepDays?: number): Promise<RawReference>;
  /** The bytes of a reference; `undefined` once they expired, whether or not the table has deleted them by then. */
  get(key: RawOwner, reference: Pick<RawReference, 'sha256' | 'chunkCount'>): Promise<Uint8Array | undefined>;
  /** What is kept of one, the copy that expires last first. */
  list(key: RawOwner): Promise<RawCopy[]>;
  /** Deletes every copy. */
  forget(key: RawOwner): Promise<void>;
}

export interface RawCopy {
  sha256: string;
  chunkCount: number;
  /** Epoch seconds. */
  expiresAt: number;
}

const rawHead = lazily(() => z.object({ sk: z.string(), expiresAt: z.number() }));
const rawItem = lazily(() => rawHead().extend({ data: z.instanceof(Uint8Array) }));

export function createRawStore(options: {
  client: DynamoDBDocumentClient;
  table: string;
  days: number;
  now: () => number;
}): RawStore {
  const { client, table, days, now } = options;
  /** The named fields of the owner's items whose sort key begins so. */
  const query = <T>(key: RawOwner, begin: string, fields: string[], schema: z.ZodType<T>): Promise<T[]> =>
    queryAll(
      client,
      {
        ...inPartition(table, pkOf(key), begin),
        ProjectionExpression: fields.map((field) => `#${field}`).join(', '),
        ExpressionAttributeNames: Object.fromEntries(fields.map((field) => [`#${field}`, field])),
      },
      schema,
    );
  // The table deletes what has expired within days, not at once.
  const isKept = ({ expiresAt }: { expiresAt: number }) => expiresAt * 1000 > now();
  return {
    async put(key, bytes, keepDays = days) {
      const sha256 = hash('sha256', bytes);
      const compressed = zlib().gzipSync(bytes);
      const chunkCount = Math.max(1, Math.ceil(compressed.byteLength / CHUNK_BYTES));
      const expiresAt = Math.floor(now() / 1000) + keepDays * 24 * 3600;
      for (let chunk = 0; chunk < chunkCount; chunk += 1) {
        const data = compressed.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES);
        const Item = { ...rawKey(pkOf(key), sha256, chunk), data, [TABLE_KEYS.expiry]: expiresAt };
        await client.send(new PutCommand({ TableName: table, Item }));
      }
      return { sha256, bytes: bytes.byteLength, chunkCount };
    },
    async get(key, reference) {
      const found = await query(
        key,
        rawPrefix(reference.sha256),
        ['sk', 'data', TABLE_KEYS.expiry],
        rawItem(),
      );
      const items = found.filter(isKept);
      if (items.length < reference.chunkCount) return undefined;
      return zlib().gunzipSync(Buffer.concat(items.map((item) => item.data)));
    },
    async list(key) {
      const copies = new Map<string, RawCopy>();
      const found = await query(key, rawPrefix(), ['sk', TABLE_KEYS.expiry], rawHead());
      for (const { sk, expiresAt } of found.filter(isKept)) {
        const sha256 = hashOfRawSk(sk);
        copies.set(sha256, { sha256, chunkCount: (copies.get(sha256)?.chunkCount ?? 0) + 1, expiresAt });
      }
      return [...copies.values()].sort((a, b) => b.expiresAt - a.expiresAt);
    },
    async forget(key) {
      for (const { sk } of await query(key, rawPrefix(), ['sk'], rawHead().pick({ sk: true })))
        await client.send(new DeleteCommand({ TableName: table, Key: { pk: pkOf(key), sk } }));
    },
  };
}
