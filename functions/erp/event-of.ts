import * as z from 'zod';
import { canonicalJson, contentHash } from '../domain/canonical-json.ts';
import type { EventType, NewEvent } from '../domain/event.ts';
import { eventId, itemName } from '../domain/item-name.ts';
import { lazily } from '../domain/lazily.ts';
import type { OrderStatus } from '../domain/order.ts';
import type { OrderKey, OrderRow } from '../domain/order-row.ts';
import { ORDER_FIELDS, ORDER_STATUSES } from '../domain/order-words.ts';
import { type EpochMs, isoTime } from '../domain/time.ts';
import { keyOfPk, ORDER_ROW_SK } from '../storage/keys.ts';
import { commandEventOf, isCommand } from './command-event.ts';
import { mirrorEventOf } from './mirror-event.ts';
import { isStockItem, stockEventOf } from './stock-event.ts';

/** A write of the orders table: an item before and after it. */
export interface Change {
  before?: Readonly<Record<string, unknown>> | undefined;
  after?: Readonly<Record<string, unknown>> | undefined;
  /** When it was written, where the item does not say. */
  at: EpochMs;
}

/** What an event is made from. Read tolerantly: a field of another shape counts as absent. */
const row = lazily(() =>
  z.object({
    eventCount: z.int().min(0).catch(0),
    version: z.int().min(0).catch(0),
    state: z.enum(['ok', 'needs-review', 'removed']).optional().catch(undefined),
    changedAt: z.iso.datetime().optional().catch(undefined),
    order: z.record(z.string(), z.unknown()).optional().catch(undefined),
    personal: z.unknown().optional(),
    linesAside: z.object({ sha256: z.string() }).optional().catch(undefined),
    erased: z.unknown().optional(),
    origin: z
      .object({ last: z.object({ at: z.number() }) })
      .optional()
      .catch(undefined),
  }),
);
type Row = z.infer<ReturnType<typeof row>>;

/**
 * The event that a write makes; undefined when nobody has to be told of it. An item that is not as it should be makes an
 * `order.attention` as soon as its key is an order's: a person looks at it, and the feed goes on. Never throws.
 */
export function eventOf(change: Change, epoch: number): NewEvent | undefined {
  const { before, after, at } = change;
  if (isCommand(after)) return commandEventOf(change, epoch);
  if (isStockItem(after)) return stockEventOf({ before, after, at }, epoch);
  const mirrored = mirrorEventOf({ before, after, at }, epoch);
  if (mirrored !== undefined) return mirrored.told;
  const key = keyOf(after);
  if (key === undefined || after === undefined) return undefined;
  const old = row().safeParse(before).data;
  const now = row().safeParse(after).data;
  if (now === undefined || !isReadable(after, now)) {
    // Repeats of the same write have the same hash.
    const id = eventId(key, 'order', epoch, contentHash(after).slice(0, 16));
    return { id, type: 'order.attention', at: isoTime(at), key: itemName(key), version: now?.version ?? 0 };
  }
  if (now.eventCount === (old?.eventCount ?? 0) || now.state === 'removed') return undefined;
  const [from, to] = [statusOf(old), statusOf(now)];
  const type = typeOf(old, now);
  return {
    id: eventId(key, 'order', epoch, now.eventCount),
    type,
    at: isoTime(writtenAt(now) ?? at),
    key: itemName(key),
    version: now.version,
    ...(type === 'order.created' || now.order === undefined ? {} : { changed: changedFields(old, now) }),
    ...(from === to || from === undefined ? {} : { from }),
    ...(from === to || to === undefined ? {} : { to }),
  };
}

/** The newest state of an order, told after events were lost. */
export function caughtUp(current: OrderRow, epoch: number): NewEvent {
  const to = current.order?.status;
  return {
    id: eventId(current, 'order', epoch, current.eventCount ?? 0),
    type: standingType(current),
    at: isoTime(Math.max(Date.parse(current.changedAt), current.origin.last.at)),
    key: itemName(current),
    version: current.version,
    ...(to === undefined ? {} : { to }),
    caughtUp: true,
  };
}

function standingType({ erased, state, order }: OrderRow): EventType {
  if (erased !== undefined) return 'order.redacted';
  if (state === 'needs-review') return 'order.attention';
  return order?.status === 'cancelled' ? 'order.cancelled' : 'order.updated';
}

function keyOf(item: Change['after']): OrderKey | undefined {
  if (typeof item?.pk !== 'string' || item.sk !== ORDER_ROW_SK) return undefined;
  try {
    return keyOfPk(item.pk);
  } catch {
    return undefined;
  }
}

/** Whether what decides about an event is there and of its kind. A count is absent in rows from before there was a feed. */
const isReadable = (item: Readonly<Record<string, unknown>>, now: Row): boolean =>
  now.state !== undefined &&
  now.version === item.version &&
  (item.eventCount === undefined || item.eventCount === now.eventCount);

function typeOf(old: Row | undefined, now: Row): EventType {
  if (now.erased !== undefined && old?.erased === undefined) return 'order.redacted';
  if (now.order === undefined) return 'order.attention';
  if (now.state === 'needs-review' && old?.state !== 'needs-review') return 'order.attention';
  if (old?.order === undefined) return 'order.created';
  return statusOf(now) === 'cancelled' && statusOf(old) !== 'cancelled' ? 'order.cancelled' : 'order.updated';
}

const isStatus = (value: unknown): value is OrderStatus => ORDER_STATUSES.some((one) => one === value);
const statusOf = (one: Row | undefined): OrderStatus | undefined =>
  isStatus(one?.order?.status) ? one.order.status : undefined;

/** Names of the order's fields that are not as they were; nothing of what stands in them. */
const changedFields = (old: Row | undefined, now: Row): string[] =>
  ORDER_FIELDS.filter((field) => contentOf(old, field) !== contentOf(now, field));

/** What stands in a field, as text. Of lines that stand aside the row knows a hash, which is that of the lines. */
function contentOf(one: Row | undefined, field: string): string {
  if (field === 'personal') return canonicalJson(one?.personal ?? {});
  const value = one?.order?.[field];
  if (field !== 'lines') return canonicalJson(value);
  return one?.linesAside?.sha256 ?? (value === undefined ? '' : contentHash(value));
}

/** The later of both times that a row has of its last write: not every write changes the content. */
function writtenAt({ changedAt, origin }: Row): EpochMs | undefined {
  const times = [changedAt === undefined ? Number.NaN : Date.parse(changedAt), origin?.last.at ?? Number.NaN];
  const known = times.filter((time) => time >= 0 && time <= MOST_MS);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** The end of the year 9999; later times are no ISO text of four digits. */
const MOST_MS = 253_402_300_799_999;
