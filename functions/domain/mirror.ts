import { contentHash } from './canonical-json.ts';
import type { ReviewReason } from './order.ts';
import type { Origin, RawReference } from './order-row.ts';
import type { NormalisedProduct, Product, ProductKey } from './product.ts';
import type { ProductRow } from './product-row.ts';
import { type EpochMs, isoTime } from './time.ts';

/** One look at a product: what a platform said of it, that it has it no more, or why that could not be understood. */
export interface ProductObservation {
  key: ProductKey;
  reading:
    | Pick<Extract<NormalisedProduct, { ok: true }>, 'product' | 'omitted'>
    | { removed: true }
    | { review: { reason: ReviewReason; problem: string } };
  /** Epoch ms: when the platform was asked. */
  observedAt: EpochMs;
  origin: Origin;
  correlationId: string;
  /** Of bytes that were not understood. */
  raw?: RawReference;
}

export type MirrorOutcome = 'created' | 'updated' | 'removed' | 'unchanged' | 'stale' | 'needs-review';

export interface MirrorResult {
  outcome: MirrorOutcome;
  /** What to write; absent when the row stays exactly as it is. */
  row?: ProductRow;
}

/**
 * Decides what an observation does to a product's row. Whatever order observations arrive in and however often they repeat,
 * they end in the same row: its content is that of the latest platform time, and of the latest observation among those;
 * whether the platform has the product is what the latest observation of all says. Pure: the caller writes the row under the
 * condition that its revision is still the one read.
 */
export function mirror(
  current: ProductRow | undefined,
  observation: ProductObservation,
  now: EpochMs,
): MirrorResult {
  const { reading } = observation;
  if ('review' in reading) return mirrorUnreadable(current, observation, reading.review, now);
  if ('removed' in reading) return mirrorRemoval(current, observation, now);
  return mirrorProduct(current, observation, withKnown(reading, current), now);
}

/** What an observation says, with what it never says as it was before. */
function withKnown(
  { product, omitted = [] }: Pick<Extract<NormalisedProduct, { ok: true }>, 'product' | 'omitted'>,
  current: ProductRow | undefined,
): Product {
  const known = omitted.flatMap((field) => {
    const value = current?.product?.[field];
    return value === undefined ? [] : [[field, value]];
  });
  return { ...product, ...Object.fromEntries(known) };
}

function mirrorProduct(
  current: ProductRow | undefined,
  observation: ProductObservation,
  product: Product,
  now: EpochMs,
): MirrorResult {
  const { observedAt } = observation;
  const said = contentOf(product, observedAt);
  const known = current?.content;
  const content = known === undefined || isLater(said, known) ? said : known;
  const isLatest = current === undefined || observedAt >= current.observedAt;
  const isRepeat =
    current?.state === 'ok' && current.observedAt === observedAt && current.removedAt === undefined;
  if (content === known && (!isLatest || isRepeat))
    return { outcome: said.hash === known?.hash ? 'unchanged' : 'stale' };
  const { removedAt, review, raw, ...rest } = current ?? blankRow(observation);
  const next: ProductRow = {
    ...rest,
    product: content === said ? product : rest.product,
    content,
    ...(isLatest
      ? { state: 'ok', observedAt }
      : {
          ...(removedAt === undefined ? {} : { removedAt }),
          ...(review === undefined ? {} : { review }),
          ...(raw === undefined ? {} : { raw }),
        }),
  };
  const outcome = known === undefined ? 'created' : isSameTo(current, next) ? 'unchanged' : 'updated';
  return { outcome, row: written(current, next, observation, now) };
}

/** The platform has it no more. What is known of it stays: orders still name it. */
function mirrorRemoval(
  current: ProductRow | undefined,
  observation: ProductObservation,
  now: EpochMs,
): MirrorResult {
  const { observedAt } = observation;
  if (current !== undefined && observedAt <= current.observedAt)
    return { outcome: current.removedAt === undefined ? 'stale' : 'unchanged' };
  const { review: _, raw: __, ...known } = current ?? blankRow(observation);
  const next: ProductRow = { ...known, state: 'ok', observedAt, removedAt: observedAt };
  const outcome = current?.removedAt === undefined ? 'removed' : 'unchanged';
  return { outcome, row: written(current, next, observation, now) };
}

function mirrorUnreadable(
  current: ProductRow | undefined,
  observation: ProductObservation,
  problem: { reason: ReviewReason; problem: string },
  now: EpochMs,
): MirrorResult {
  const { observedAt, raw } = observation;
  // Something newer was understood in the meantime: there is nothing left to look at.
  if (current !== undefined && observedAt <= current.observedAt) return { outcome: 'stale' };
  const { removedAt: _, ...known } = current ?? blankRow(observation);
  const next: ProductRow = {
    ...known,
    state: 'needs-review',
    review: { ...problem, at: now },
    observedAt,
    ...(raw === undefined ? {} : { raw }),
  };
  return { outcome: 'needs-review', row: written(current, next, observation, now) };
}

type Content = NonNullable<ProductRow['content']>;

/** What an observation says, dated. A time in the future must not outdo what the platform says next. */
function contentOf(product: Product, observedAt: EpochMs): Content {
  const stated = product.platformUpdatedAt === undefined ? undefined : Date.parse(product.platformUpdatedAt);
  return {
    hash: contentHash(product),
    at: Math.min(stated ?? observedAt, observedAt),
    observedAt,
  };
}

/** A total order, so that it does not matter in which order contents arrive. */
function isLater(one: Content, other: Content): boolean {
  if (one.at !== other.at) return one.at > other.at;
  if (one.observedAt !== other.observedAt) return one.observedAt > other.observedAt;
  return one.hash > other.hash;
}

function blankRow({ key, observedAt, origin, correlationId }: ProductObservation): ProductRow {
  const seen = { via: origin, at: observedAt };
  return {
    platform: key.platform,
    storeId: key.storeId,
    platformProductId: key.platformProductId,
    state: 'ok',
    changedAt: isoTime(observedAt),
    observedAt,
    version: 0,
    revision: 0,
    origin: { first: seen, last: seen },
    correlationId,
  };
}

/** Whether readers see the same: the content, and whether the platform has it. */
const isSameTo = (before: ProductRow | undefined, after: ProductRow): boolean =>
  before?.content?.hash === after.content?.hash &&
  (before?.removedAt === undefined) === (after.removedAt === undefined);

/** The row with its counters. Nobody is told of a product that the platform had no more before anybody knew of it. */
function written(
  before: ProductRow | undefined,
  { eventCount: _, ...after }: ProductRow,
  { origin, correlationId }: ProductObservation,
  now: EpochMs,
): ProductRow {
  const isSame = isSameTo(before, after);
  const isChanged = !isSame || before?.state !== after.state;
  const wasThere = before !== undefined && before.removedAt === undefined;
  const told = isChanged && (wasThere || after.removedAt === undefined);
  const eventCount = (before?.eventCount ?? 0) + (told ? 1 : 0);
  const seen = { via: origin, at: now };
  return {
    ...after,
    ...(isChanged ? { changedAt: isoTime(now) } : {}),
    version: after.version + (isSame ? 0 : 1),
    revision: after.revision + 1,
    ...(eventCount === 0 ? {} : { eventCount }),
    origin: { first: before?.origin.first ?? seen, last: seen },
    correlationId,
  };
}
