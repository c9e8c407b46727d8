import { type MergeOutcome, merge } from '../../domain/merge.ts';
import type { Observation } from '../../domain/observation.ts';
import type { OrderKey, OrderRow } from '../../domain/order-row.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { Store } from '../../platforms/store.ts';
import { describeError } from '../../runtime/describe-error.ts';
import { sha256Of } from '../../runtime/queue.ts';
import { orderPk } from '../../storage/keys.ts';
import { upsertOrder } from '../order-writer.ts';
import type { StoreContext } from '../store-context.ts';
import { changedFields } from './redacted-row.ts';

/** One order found in stored bytes, with the very bytes of its own. */
export interface FoundOrder {
  key: OrderKey;
  reading: Extract<Observation['reading'], { order: unknown }>;
  bytes: Uint8Array;
}

/**
 * What stored bytes say when they are read by today's code. `changed`: they only tell that an order changed, so it has to
 * be fetched. `problem` names fields, never values.
 */
export type StoredContent =
  | { kind: 'orders'; orders: FoundOrder[]; problems: string[] }
  | { kind: 'changed'; orderId?: string };

/**
 * Reads bytes that were kept beside a row: an order, a webhook that tells of one, a whole page, whatever came. Never
 * throws, whatever the bytes.
 */
export function parseStored(
  { resources }: Pick<Platform, 'resources'>,
  store: Store,
  bytes: Uint8Array,
): StoredContent {
  const stored = resources.order.readStored(bytes, store);
  if (stored.kind === 'changed') return stored;
  const orders: FoundOrder[] = [];
  const problems: string[] = [];
  for (const { reading, bytes: own } of stored.orders) {
    if (reading.ok) {
      const { platform, storeId, platformOrderId } = reading.order;
      orders.push({ key: { platform, storeId, platformOrderId }, reading, bytes: own });
    } else problems.push(`${reading.reason}: ${reading.problem}`);
  }
  return { kind: 'orders', orders, problems };
}

/** The store whose orders are replayed. */
export type Replayer = Pick<
  StoreContext,
  'platform' | 'store' | 'orders' | 'raws' | 'rules' | 'metrics' | 'log' | 'clock'
>;

export type ReplayResult =
  | Exclude<MergeOutcome, 'needs-review'>
  /** Today's code does not understand the bytes either. */
  | 'still-not-understood'
  /** The bytes only tell of the order: fetch it. */
  | 'needs-fetch'
  | 'bytes-expired'
  | 'personal-data-erased'
  | 'no-such-order'
  /** A fetch is on its way through the queue. */
  | 'queued'
  | 'failed';

/** What a replay did to one row, or would do. */
export interface Replayed {
  /** Key of the row that was asked for. */
  order: string;
  result: ReplayResult;
  /** Keys of the orders that the bytes hold, where they are not the row's own. */
  orders?: string[];
  /** Names of the fields that change. */
  changes?: string[];
  problem?: string;
}

export interface ReplayOptions {
  /** Says what would change, and writes nothing. */
  dryRun: boolean;
  correlationId: string;
}

/** What became of an order whose replay failed. */
export const failed = (key: OrderKey, error: unknown): Replayed => ({
  order: orderPk(key),
  result: 'failed',
  problem: describeError(error),
});

/**
 * Reads the stored bytes of one row with today's code and merges what they say, as if it were seen again when it was seen
 * first. A row that only stood in for what could not be understood is removed once all its orders have rows of their own.
 *
 * @throws the AWS SDK's errors.
 */
export async function replayStored(
  replayer: Replayer,
  key: OrderKey,
  options: ReplayOptions,
): Promise<Replayed> {
  const order = orderPk(key);
  const row = await replayer.orders.get(key);
  if (row === undefined) return { order, result: 'no-such-order' };
  const reading = await readRow(replayer, row);
  if (typeof reading === 'string') return { order, result: reading };
  if (reading.kind === 'changed') return { order, result: 'needs-fetch' };
  if (reading.orders.length === 0)
    return { order, result: 'still-not-understood', problem: reading.problems.slice(0, 3).join('; ') };
  const done: Replayed[] = [];
  for (const found of reading.orders)
    done.push(await mergeFound(replayer, found, { ...options, observedAt: row.observedAt }));
  const placeholder = reading.orders.every((found) => orderPk(found.key) !== order);
  if (placeholder && reading.problems.length === 0 && !options.dryRun) await deletePlaceholder(replayer, row);
  return sumUp(order, done, reading.problems, placeholder);
}

/** The order that a row's bytes tell of: what to fetch for it. `undefined` when they tell of none. */
export async function changedOrder(replayer: Replayer, key: OrderKey): Promise<OrderKey | undefined> {
  const row = await replayer.orders.get(key);
  const reading = row === undefined ? undefined : await readRow(replayer, row);
  if (typeof reading !== 'object' || reading.kind !== 'changed' || reading.orderId === undefined)
    return undefined;
  return { ...key, platformOrderId: reading.orderId };
}

/** Removes a row that only stood in for bytes nobody understood, when their orders have rows of their own. */
export async function deletePlaceholder({ orders, raws }: Replayer, row: OrderRow): Promise<boolean> {
  if (row.order !== undefined) return false;
  const removed = await orders.remove(row);
  if (removed) await raws.forget(row);
  return removed;
}

async function readRow(
  { raws, platform, store }: Replayer,
  row: OrderRow,
): Promise<StoredContent | 'personal-data-erased' | 'bytes-expired'> {
  if (row.erased !== undefined) return 'personal-data-erased';
  const bytes = row.raw === undefined ? undefined : await raws.get(row, row.raw);
  return bytes === undefined ? 'bytes-expired' : parseStored(platform, store, bytes);
}

/**
 * Merges one order that was found in bytes, or says what that would change.
 *
 * @param options `observedAt`: when the bytes were the news (epoch ms); `asked`: they are the answer to a question just asked
 */
export async function mergeFound(
  replayer: Replayer,
  { key, reading, bytes }: FoundOrder,
  {
    dryRun,
    correlationId,
    observedAt,
    asked = false,
  }: ReplayOptions & { observedAt: number; asked?: boolean },
): Promise<Replayed> {
  const current = await replayer.orders.get(key);
  const now = replayer.clock.now();
  const observation = { key, reading, observedAt, asked, origin: 'replay', correlationId } as const;
  const raw = { sha256: sha256Of(bytes), bytes: bytes.byteLength, chunkCount: 1 };
  const { outcome, row: after } = dryRun
    ? merge(current, { ...observation, raw }, now, replayer.rules)
    : await upsertOrder(replayer, { ...observation, bytes, receivedAt: now });
  const changes = changedFields(current, after);
  const result = outcome === 'needs-review' ? 'still-not-understood' : outcome;
  return { order: orderPk(key), result, ...(changes.length > 0 ? { changes } : {}) };
}

const BY_WEIGHT: readonly ReplayResult[] = ['created', 'updated', 'unchanged', 'stale'];

/** One answer for a row whose bytes held several orders: the one that changed most counts. */
function sumUp(order: string, done: Replayed[], problems: string[], placeholder: boolean): Replayed {
  const result = BY_WEIGHT.find((one) => done.some((each) => each.result === one)) ?? 'still-not-understood';
  const changes = [...new Set(done.flatMap((each) => each.changes ?? []))].sort();
  return {
    order,
    result: problems.length > 0 ? 'still-not-understood' : result,
    ...(placeholder ? { orders: done.map((each) => each.order) } : {}),
    ...(changes.length > 0 ? { changes } : {}),
    ...(problems.length > 0 ? { problem: problems.slice(0, 3).join('; ') } : {}),
  };
}
