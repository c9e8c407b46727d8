import { contentHash } from '../../domain/canonical-json.ts';
import type { ProductKey } from '../../domain/product.ts';
import type { ProductRow } from '../../domain/product-row.ts';
import type { EpochMs } from '../../domain/time.ts';
import { PlatformError } from '../../http/errors.ts';
import type { ReadProduct } from '../../platforms/product-resource.ts';
import { describeError } from '../../runtime/describe-error.ts';
import { sha256Of } from '../../runtime/queue.ts';
import { productsOf } from '../fetched-product.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import { type NewProductObservation, readingOfProduct, upsertProduct } from '../product-writer.ts';
import { productsOfStore } from '../products-of-store.ts';
import { budgeted, type Compared, ORDERS_AT_ONCE, type Session, type Slice } from './session.ts';

/**
 * Compares the products in the slice with the table, and records what differs: a list carries whole products. Each product
 * stands for itself. False when one could not be recorded, so that the slice has to be compared again.
 *
 * @throws BudgetExhausted; PlatformError of the list itself; the AWS SDK's errors.
 */
export async function compareProducts(compared: Compared, session: Session, slice: Slice): Promise<boolean> {
  const { api, asked } = budgeted(compared, session);
  let safe = true;
  for await (const { products } of productsOf(compared).list(api, slice.scan, slice, compared.store)) {
    const askedAt = asked.at;
    await mapConcurrent(ORDERS_AT_ONCE, products, async (read) => {
      session.catalogue.counts.seen += 1;
      try {
        await compareOne(compared, session, read, askedAt);
      } catch (error) {
        safe = false;
        session.catalogue.counts.failed += 1;
        compared.log.error('a product could not be recorded; the next run meets it again', {
          product: idOf(read) ?? 'no id',
          error: describeError(error),
        });
      }
    });
  }
  return safe;
}

const idOf = ({ reading }: ReadProduct): string | undefined =>
  reading.ok ? reading.product.platformProductId : reading.platformProductId;

async function compareOne(
  compared: Compared,
  session: Session,
  read: ReadProduct,
  askedAt: EpochMs,
): Promise<void> {
  const { catalogue } = session;
  const { reading, bytes } = read;
  const id = idOf(read);
  if (id === undefined) {
    // Without an id there is no row to make; whoever lists the catalogue by hand sees it.
    catalogue.counts.failed += 1;
    compared.log.error('a listed product has no id that can be read', {
      problem: reading.ok ? '' : reading.problem,
    });
    return;
  }
  catalogue.listed.add(id);
  if (reading.ok) catalogue.skus.count(reading.product);
  const key = keyOf(compared, id);
  const row = await compared.products.get(key);
  if (isCurrent(row, read)) return;
  if (reading.ok) catalogue.counts[row === undefined ? 'missing' : 'stale'] += 1;
  else catalogue.counts.failed += 1;
  await record(compared, session, { key, observedAt: askedAt, reading: readingOfProduct(reading), bytes });
}

/** Whether the table has what the list says. Of what was not understood, the same bytes would say the same again. */
function isCurrent(row: ProductRow | undefined, { reading, bytes }: ReadProduct): boolean {
  if (row === undefined || row.removedAt !== undefined) return false;
  if (!reading.ok) return row.state === 'needs-review' && row.raw?.sha256 === sha256Of(bytes);
  return row.state === 'ok' && row.content?.hash === contentHash(reading.product);
}

/**
 * Asks for every product that the table has and that the run, which listed the whole catalogue, did not meet: its removal
 * may never have been told.
 *
 * @throws BudgetExhausted; the AWS SDK's errors.
 */
export async function findRemoved(compared: Compared, session: Session): Promise<void> {
  const { platform, store, log } = compared;
  const { catalogue } = session;
  const isListed = ({ platformProductId }: ProductKey) => catalogue.listed.has(platformProductId);
  for await (const row of productsOfStore(
    compared,
    { platform: platform.name, storeId: store.id },
    isListed,
  )) {
    if (row.removedAt !== undefined) continue;
    try {
      await lookFor(compared, session, row);
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      catalogue.counts.failed += 1;
      log.error('a product that is not listed could not be asked for', {
        product: row.platformProductId,
        error: describeError(error),
      });
      if (error.throttled || error.kind === 'auth-failed') return;
    }
  }
}

async function lookFor(
  compared: Compared,
  session: Session,
  { platform, storeId, platformProductId }: ProductKey,
): Promise<void> {
  const key = { platform, storeId, platformProductId };
  const { api, asked } = budgeted(compared, session);
  try {
    const { reading, bytes } = await productsOf(compared).get(api, key.platformProductId, compared.store);
    await record(compared, session, { key, observedAt: asked.at, reading: readingOfProduct(reading), bytes });
  } catch (error) {
    if (!(error instanceof PlatformError) || error.kind !== 'not-found') throw error;
    session.catalogue.counts.removed += 1;
    await record(compared, session, { key, observedAt: asked.at, reading: { removed: true } });
  }
}

async function record(
  compared: Compared,
  { dryRun, runId }: Session,
  observation: Omit<NewProductObservation, 'origin' | 'correlationId'>,
): Promise<void> {
  if (dryRun) return;
  const correlationId = `${runId}-${observation.key.platformProductId}`;
  await upsertProduct(compared, { ...observation, origin: 'reconcile', correlationId });
}

const keyOf = ({ platform, store }: Compared, platformProductId: string): ProductKey => ({
  platform: platform.name,
  storeId: store.id,
  platformProductId,
});
