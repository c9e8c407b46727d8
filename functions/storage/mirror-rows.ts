import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import type { MirrorFields } from '../domain/mirror-row.ts';
import { isoTime } from '../domain/time.ts';
import { applied, getItem, itemBytes, MAX_ITEM_BYTES, surelyFits } from './dynamodb.ts';
import { CHANGES_INDEX, type ItemKey, REVIEW_INDEX } from './keys.ts';
import { UnstorableRow } from './order-lines.ts';

/** Reads and conditionally writes rows of one kind of mirrored things. */
export interface MirrorRows<Key, Row> {
  /** The row as it stands, also that of a thing which was removed. */
  get(key: Key): Promise<Row | undefined>;
  /**
   * Writes the row if the stored one still has `expected` as its revision (`0`: there is none). Answers `false` when another
   * writer was quicker.
   *
   * @throws UnstorableRow when the row is larger than the table takes.
   */
  put(row: Row, expected: number): Promise<boolean>;
}

/** How the items of one kind are made. */
export interface MirrorItems<Key, Row> {
  readonly resource: string;
  rowKey(key: Key): ItemKey;
  /** Partitions in the indexes of changes and of what needs review. */
  storeKey(row: Row): string;
  reviewKey(platform: string): string;
  /** What reads an item. Made when it is first needed. */
  schema(): z.ZodType<Row>;
  /** The same item in less bytes, where it has to be. */
  packed?(item: Row): object;
}

export function createMirrorRows<Key, Row extends MirrorFields & Key>(
  client: DynamoDBDocumentClient,
  table: string,
  items: MirrorItems<Key, Row>,
): MirrorRows<Key, Row> {
  return {
    get: (key) => getItem(client, table, items.rowKey(key), items.schema),
    put: async (row, expected) =>
      applied(
        client.send(
          new PutCommand({
            TableName: table,
            Item: storable(items, row),
            ...(expected === 0
              ? { ConditionExpression: 'attribute_not_exists(pk)' }
              : {
                  ConditionExpression: 'revision = :expected',
                  ExpressionAttributeValues: { ':expected': expected },
                }),
          }),
        ),
      ),
  };
}

const fits = (item: object): boolean => surelyFits(item) || itemBytes(item) <= MAX_ITEM_BYTES;

function storable<Key, Row extends MirrorFields & Key>(items: MirrorItems<Key, Row>, row: Row): object {
  const keys = keysOf(items, row);
  const item = { ...row, ...keys };
  if (fits(item)) return item;
  const packed = { ...(items.packed?.(row) ?? row), ...keys };
  if (itemBytes(packed) <= MAX_ITEM_BYTES) return packed;
  throw new UnstorableRow('too-large', `the ${items.resource} has ${itemBytes(packed)} bytes, compressed`);
}

const keysOf = <Key, Row extends MirrorFields & Key>(items: MirrorItems<Key, Row>, row: Row) => ({
  ...items.rowKey(row),
  [CHANGES_INDEX.partition]: items.storeKey(row),
  ...(row.state === 'needs-review' && row.review !== undefined
    ? {
        [REVIEW_INDEX.partition]: items.reviewKey(row.platform),
        [REVIEW_INDEX.sort]: isoTime(row.review.at),
      }
    : {}),
});
