import * as z from 'zod';
import { canonicalJson, contentHash } from '../domain/canonical-json.ts';
import type { NewEvent, ProductEventType } from '../domain/event.ts';
import { productEventId, productName } from '../domain/item-name.ts';
import { lazily } from '../domain/lazily.ts';
import { type ProductKey, productSchema } from '../domain/product.ts';
import type { ProductRow } from '../domain/product-row.ts';
import { type EpochMs, isoTime } from '../domain/time.ts';
import { ORDER_ROW_SK } from '../storage/keys.ts';
import { productKeyOfPk } from '../storage/product-keys.ts';

type Item = Readonly<Record<string, unknown>>;

/** What an event is made from. Read tolerantly: a field of another shape counts as absent. */
const row = lazily(() =>
  z.object({
    eventCount: z.number().int().min(0).catch(0),
    version: z.number().int().min(0).catch(0),
    state: z.enum(['ok', 'needs-review']).optional().catch(undefined),
    changedAt: z.iso.datetime().optional().catch(undefined),
    product: z.record(z.string(), z.unknown()).optional().catch(undefined),
    packedVariants: z.unknown().optional(),
    removedAt: z.number().optional().catch(undefined),
  }),
);
type Row = z.infer<ReturnType<typeof row>>;

const fieldsOf = lazily(() =>
  Object.keys(productSchema().shape)
    .filter((field) => field !== 'warnings')
    .sort(),
);

/** The product whose row an item of the orders table is; undefined where it is none. */
export function productKeyIn(item: Item | undefined): ProductKey | undefined {
  if (typeof item?.pk !== 'string' || item.sk !== ORDER_ROW_SK) return undefined;
  try {
    return productKeyOfPk(item.pk);
  } catch {
    return undefined;
  }
}

/**
 * The event that a write of a product's row makes; undefined when nobody has to be told of it. A row that is not as it
 * should be makes a `product.attention`. Never throws.
 */
export function productEventOf(
  key: ProductKey,
  { before, after, at }: { before?: Item | undefined; after: Item; at: EpochMs },
  epoch: number,
): NewEvent | undefined {
  const old = row().safeParse(before).data;
  const now = row().safeParse(after).data;
  const about = { key: productName(key), version: now?.version ?? 0 };
  if (now?.state === undefined) {
    // Repeats of the same write have the same hash.
    const id = productEventId(key, epoch, contentHash(after).slice(0, 16));
    return { id, type: 'product.attention', at: isoTime(at), ...about };
  }
  if (now.eventCount === (old?.eventCount ?? 0)) return undefined;
  const type = typeOf(old, now);
  return {
    id: productEventId(key, epoch, now.eventCount),
    type,
    at: now.changedAt ?? isoTime(at),
    ...about,
    ...(type === 'product.updated' ? { changed: changedFields(old, now) } : {}),
  };
}

function typeOf(old: Row | undefined, now: Row): ProductEventType {
  if (now.removedAt !== undefined) return 'product.removed';
  if (now.product === undefined) return 'product.attention';
  if (now.state === 'needs-review' && old?.state !== 'needs-review') return 'product.attention';
  return old?.product === undefined || old.removedAt !== undefined ? 'product.created' : 'product.updated';
}

/** The newest state of a product, told after events were lost; undefined while nobody was told of it. */
export function caughtUpProduct(current: ProductRow, epoch: number): NewEvent | undefined {
  if (current.eventCount === undefined) return undefined;
  return {
    id: productEventId(current, epoch, current.eventCount),
    type: standingType(current),
    at: current.changedAt,
    key: productName(current),
    version: current.version,
    caughtUp: true,
  };
}

function standingType({ state, product, removedAt }: ProductRow): ProductEventType {
  if (removedAt !== undefined) return 'product.removed';
  return state === 'needs-review' || product === undefined ? 'product.attention' : 'product.updated';
}

/** Names of the product's fields that are not as they were; nothing of what stands in them. */
const changedFields = (old: Row | undefined, now: Row): string[] =>
  fieldsOf().filter((field) => contentIn(old, field) !== contentIn(now, field));

const contentIn = (one: Row | undefined, field: string): string =>
  field === 'variants' && one?.packedVariants !== undefined
    ? canonicalJson(one.packedVariants)
    : canonicalJson(one?.product?.[field]);
