import type { PlatformName } from '../domain/order.ts';
import type { OrderKey } from '../domain/order-row.ts';
import { OwnError } from '../runtime/describe-error.ts';

/**
 * What the keys of both tables have in common, and those of orders. Every other key is made in a `*-keys.ts` beside this file:
 * of the control table in control-keys.ts. A store id holds no `#`. An order id may hold any character, so it stands last. All
 * items name their keys `pk` and `sk`; those that expire say when in `expiresAt` (epoch seconds).
 */
export const TABLE_KEYS = { partition: 'pk', sort: 'sk', expiry: 'expiresAt' } as const;

/** Primary key of an item of either table. */
export type ItemKey = { pk: string; sk: string };

/** One merchant account at one platform. */
export type StoreName = Pick<OrderKey, 'platform' | 'storeId'>;

/** The number of a chunk, so that keys sort by it. */
export const chunkNumber = (index: number): string => String(index).padStart(3, '0');

/** Says that a key is an order's. Products have a kind of their own, and so will customers. */
export const ORDER_KIND = 'order';

/**
 * Sparse index of rows that wait for a person: partition `reviewOf` (the platform, with a kind behind it where the rows are no
 * orders), sort `reviewAt` (ISO time).
 */
export const REVIEW_INDEX = { name: 'needs-review', partition: 'reviewOf', sort: 'reviewAt' } as const;

/**
 * What the table has of a store and a kind by its last change: partition `storeKey` (`platform#store#order`), sort
 * `changedAt` (ISO time).
 */
export const CHANGES_INDEX = { name: 'changes', partition: 'storeKey', sort: 'changedAt' } as const;

/**
 * Sparse index of what is not done yet: partition `workOf` (a kind of {@link WORK}), sort `workAt` (ISO time from which it is
 * overdue).
 */
export const WORK_INDEX = { name: 'work', partition: 'workOf', sort: 'workAt' } as const;

/** Kinds of work that the index holds. `acknowledge`: an order that the merchant's system has not acknowledged. */
export const WORK = { acknowledge: 'acknowledge' } as const;

/** Partition of the changes index. */
export const storeKey = ({ platform, storeId }: StoreName, kind: string = ORDER_KIND): string =>
  `${platform}#${storeId}#${kind}`;

/** Partition of one order: its row, its raw bytes, and lines that the row has no room for. */
export const orderPk = (key: OrderKey): string => `${storeKey(key)}#${key.platformOrderId}`;

/** Whether a partition is an order's. */
export const isOfOrder = (pk: string): boolean => pk.split('#')[2] === ORDER_KIND;

/** @throws Error when it is no order's partition. */
export function keyOfPk(pk: string): OrderKey {
  const { id: platformOrderId, ...store } = partsOfPk(pk, ORDER_KIND);
  return { ...store, platformOrderId };
}

/** The store and the id that a partition names. @throws Error when it is no partition of that kind. */
export function partsOfPk(pk: string, wanted: string): StoreName & { id: string } {
  const [platform = '', storeId = '', kind, ...rest] = pk.split('#');
  const id = rest.join('#');
  if (platform === '' || storeId === '' || kind !== wanted || id === '')
    throw new OwnError(`"${pk}" is not the key of ${/^[aeiou]/.test(wanted) ? 'an' : 'a'} ${wanted}`);
  return { platform, storeId, id };
}

/** What a partition is of, as one of the readers above says it; undefined where it is of something else. */
export function keyIn<K>(pk: string, read: (pk: string) => K): K | undefined {
  try {
    return read(pk);
  } catch {
    return undefined;
  }
}

/** Sort key of every row: an order's, and a product's. */
export const ORDER_ROW_SK = 'row';

/**
 * The order as we know it. Written by the consumers, the pollers' consumers, reconciliation, replay and erasure, through
 * storage/orders.ts; read by them, by the operator's commands and by the merchant's system. Stays for good: of one that was
 * removed its counters stay.
 */
export const orderRowKey = (key: OrderKey) => ({ pk: orderPk(key), sk: ORDER_ROW_SK }) as const;

/** Where the sort keys of an order's raw bytes begin; with a hash, those of one copy. */
export const rawPrefix = (sha256?: string): string => (sha256 === undefined ? 'raw#' : `raw#${sha256}#`);

/**
 * A chunk of the bytes that a platform sent, beside the row in its partition. Written with the row by whoever writes the row;
 * read by replay and by data exports. Expires after the configured days; after a week where the bytes are of another store.
 */
export const rawKey = (pk: string, sha256: string, chunk: number): ItemKey => ({
  pk,
  sk: `${rawPrefix(sha256)}${chunkNumber(chunk)}`,
});

/** The hash that the sort key of a raw chunk names. */
export const hashOfRawSk = (sk: string): string => sk.split('#')[1] ?? '';

/** Partitions of everything that the orders table holds of a platform, as a pattern in which `*` stands for any text. */
export const orderPartitions = (platform: PlatformName): string[] => [`${platform}#*`];

/** Where the sort keys of an order's lines begin that do not fit its row; with a revision and a hash, those of one copy. */
export const linesPrefix = (copy?: { revision: number; sha256: string }): string =>
  copy === undefined ? 'lines#' : `lines#${String(copy.revision).padStart(10, '0')}#${copy.sha256}#`;

/**
 * Lines of an order that do not fit its row. Written before the row that names them, by whoever writes the row, and read
 * with it; deleted once a later revision of the row is written. Stays as long as the row names them.
 *
 * @param copy the revision that they were first written for, and the hash of all of the order's lines
 */
export const linesKey = (
  key: OrderKey,
  copy: { revision: number; sha256: string },
  chunk: number,
): ItemKey => ({ pk: orderPk(key), sk: `${linesPrefix(copy)}${chunkNumber(chunk)}` });

/** The copy that the sort key of lines names. */
export function copyOfLinesSk(sk: string): { revision: number; sha256: string } {
  const [, revision = '', sha256 = ''] = sk.split('#');
  return { revision: Number(revision), sha256 };
}
