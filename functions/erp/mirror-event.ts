import * as z from 'zod';
import { canonicalJson, contentHash } from '../domain/canonical-json.ts';
import { type CustomerKey, customerSchema } from '../domain/customer.ts';
import { CUSTOMER, type CustomerRow } from '../domain/customer-row.ts';
import type { EventType, NewEvent } from '../domain/event.ts';
import { mirrorName } from '../domain/item-name.ts';
import { lazily } from '../domain/lazily.ts';
import type { MirrorFields, MirrorKind, Stated } from '../domain/mirror-row.ts';
import { type ProductKey, productSchema } from '../domain/product.ts';
import { PRODUCT, type ProductRow } from '../domain/product-row.ts';
import { type EpochMs, isoTime } from '../domain/time.ts';
import { ORDER_ROW_SK, partsOfPk } from '../storage/keys.ts';

type Item = Readonly<Record<string, unknown>>;

/** A write of an item. */
interface Written {
  before?: Item | undefined;
  after: Item;
  /** When it was written, where the item does not say. */
  at: EpochMs;
}

/** What an event is made from. Read tolerantly: a field of another shape counts as absent. */
const row = lazily(() =>
  z.object({
    eventCount: z.int().min(0).catch(0),
    version: z.int().min(0).catch(0),
    state: z.enum(['ok', 'needs-review']).optional().catch(undefined),
    changedAt: z.iso.datetime().optional().catch(undefined),
    removedAt: z.number().optional().catch(undefined),
    erased: z.unknown().optional(),
  }),
);
type Row = z.infer<ReturnType<typeof row>> & { item: Item };

/** How the events of one kind of mirrored things are made. */
interface EventKind<Key, Row> {
  readonly kind: Pick<MirrorKind<Key, Stated, Row>, 'resource' | 'idOf' | 'keyOf' | 'open'>;
  readonly types: Readonly<Record<'created' | 'updated' | 'removed' | 'attention', EventType>> & {
    /** Of things that name a person. */
    readonly redacted?: EventType;
  };
  /** Names of what may change, in order. */
  fields(): readonly string[];
  /** What stands in a field of an item. */
  valueIn(item: Item, field: string): unknown;
}

const namesIn = (schema: z.ZodObject): string[] =>
  Object.keys(schema.shape)
    .filter((field) => field !== 'warnings')
    .sort();

const partOf = (item: Item, part: string, field: string): unknown =>
  z.record(z.string(), z.unknown()).safeParse(item[part]).data?.[field];

const products: EventKind<ProductKey, ProductRow> = {
  kind: PRODUCT,
  types: {
    created: 'product.created',
    updated: 'product.updated',
    removed: 'product.removed',
    attention: 'product.attention',
  },
  fields: lazily(() => namesIn(productSchema())),
  valueIn: (item, field) =>
    field === 'variants' && item.packedVariants !== undefined
      ? item.packedVariants
      : partOf(item, 'product', field),
};

/** Of the person an event says no more than that something is not as it was. */
const customers: EventKind<CustomerKey, CustomerRow> = {
  kind: CUSTOMER,
  types: {
    created: 'customer.created',
    updated: 'customer.updated',
    removed: 'customer.deleted',
    attention: 'customer.attention',
    redacted: 'customer.redacted',
  },
  fields: lazily(() => namesIn(customerSchema())),
  valueIn: (item, field) => (field === 'personal' ? item.personal : partOf(item, 'customer', field)),
};

/**
 * The event that a write of a mirrored thing's row makes; `told: undefined` when nobody has to be told of it. A row that is not
 * as it should be makes one that asks for attention. Undefined where the item is no such row. Never throws.
 */
export function mirrorEventOf(
  { after, ...written }: Omit<Written, 'after'> & { after: Item | undefined },
  epoch: number,
): { told: NewEvent | undefined } | undefined {
  if (typeof after?.pk !== 'string' || after.sk !== ORDER_ROW_SK) return undefined;
  const change = { ...written, after };
  const product = keyIn(after.pk, products);
  if (product !== undefined) return { told: eventOf(products, product, change, epoch) };
  const customer = keyIn(after.pk, customers);
  return customer === undefined ? undefined : { told: eventOf(customers, customer, change, epoch) };
}

function keyIn<Key, R>(pk: string, { kind }: EventKind<Key, R>): Key | undefined {
  try {
    return kind.keyOf(partsOfPk(pk, kind.resource));
  } catch {
    return undefined;
  }
}

const readOf = (item: Item | undefined): Row | undefined => {
  const read = item === undefined ? undefined : row().safeParse(item).data;
  return read === undefined || item === undefined ? undefined : { ...read, item };
};

function eventOf<Key extends Pick<MirrorFields, 'platform' | 'storeId'>, R>(
  events: EventKind<Key, R>,
  key: Key,
  { before, after, at }: Written,
  epoch: number,
): NewEvent | undefined {
  const [old, now] = [readOf(before), readOf(after)];
  const name = mirrorName(events.kind, key);
  const about = { key: name, version: now?.version ?? 0 };
  if (now?.state === undefined) {
    // Repeats of the same write have the same hash.
    const id = `${name}:${epoch}:${contentHash(after).slice(0, 16)}`;
    return { id, type: events.types.attention, at: isoTime(at), ...about };
  }
  if (now.eventCount === (old?.eventCount ?? 0)) return undefined;
  const type = typeOf(events, old, now);
  return {
    id: `${name}:${epoch}:${now.eventCount}`,
    type,
    at: now.changedAt ?? isoTime(at),
    ...about,
    ...(type === events.types.updated ? { changed: changedFields(events, old, now) } : {}),
  };
}

function typeOf<Key, R>(
  { types, kind: { resource } }: EventKind<Key, R>,
  old: Row | undefined,
  now: Row,
): EventType {
  const isUnknown = (one: Row | undefined) => typeof one?.item[resource] !== 'object';
  if (types.redacted !== undefined && now.erased !== undefined && old?.erased === undefined)
    return types.redacted;
  if (now.removedAt !== undefined) return types.removed;
  if (isUnknown(now)) return types.attention;
  if (now.state === 'needs-review' && old?.state !== 'needs-review') return types.attention;
  return isUnknown(old) || old?.removedAt !== undefined ? types.created : types.updated;
}

/** Names of the fields that are not as they were; nothing of what stands in them. */
const changedFields = <Key, R>(
  { fields, valueIn }: EventKind<Key, R>,
  old: Row | undefined,
  now: Row,
): string[] => {
  const textIn = (one: Row | undefined, field: string) =>
    canonicalJson(one === undefined ? undefined : valueIn(one.item, field));
  return fields().filter((field) => textIn(old, field) !== textIn(now, field));
};

/** The newest state of a product, told after events were lost; undefined while nobody was told of it. */
export const caughtUpProduct = (current: ProductRow, epoch: number): NewEvent | undefined =>
  caughtUp(products, current, epoch);

/** The same of a customer. */
export const caughtUpCustomer = (current: CustomerRow, epoch: number): NewEvent | undefined =>
  caughtUp(customers, current, epoch);

function caughtUp<Key extends Pick<MirrorFields, 'platform' | 'storeId'>, R extends MirrorFields & Key>(
  { kind, types }: EventKind<Key, R>,
  current: R,
  epoch: number,
): NewEvent | undefined {
  if (current.eventCount === undefined) return undefined;
  const name = mirrorName(kind, current);
  return {
    id: `${name}:${epoch}:${current.eventCount}`,
    type: standingType(types, current, kind.open(current).said === undefined),
    at: current.changedAt,
    key: name,
    version: current.version,
    caughtUp: true,
  };
}

function standingType(
  types: EventKind<never, never>['types'],
  { erased, state, removedAt }: MirrorFields,
  isUnknown: boolean,
): EventType {
  if (erased !== undefined && types.redacted !== undefined) return types.redacted;
  if (removedAt !== undefined) return types.removed;
  return state === 'needs-review' || isUnknown ? types.attention : types.updated;
}
