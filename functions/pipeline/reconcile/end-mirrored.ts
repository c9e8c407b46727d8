import type { Resource } from '../../domain/resource.ts';
import type { CatalogueCompared } from '../../storage/last-times.ts';
import { findRemovedCustomers, findRemovedProducts, type Met } from './compare-mirrored.ts';
import type { ScanState } from './scan-state.ts';
import type { Compared, Session } from './session.ts';

/** As many as a person reads in a line of the log; the operator's command lists all. */
const MOST_EXAMPLES = 10;

/**
 * What is left to do once a run has met all that lists have: finding what is no more, and which SKUs name several variants or
 * none. Where the platform tells which list has what, each list counts for itself: one that fails keeps nothing back but its own.
 *
 * @throws BudgetExhausted; PlatformError, `auth-failed` alone; the AWS SDK's errors.
 */
export async function endMirrored(
  worker: Compared & { readonly catalogueCompared: Pick<CatalogueCompared, 'set'> },
  session: Session,
  states: readonly ScanState[],
): Promise<void> {
  const { platform } = worker;
  for (const resource of ['product', 'customer'] as const) {
    const all = states.filter(({ scan }) => scan.resource === resource);
    const read = all.filter(({ progress }) => progress.gaps.length === 0);
    const whole = read.filter(
      ({ isWhole, remembered, isEnded }) => isEnded !== true && (isWhole || remembered !== undefined),
    );
    const isAll = whole.length === all.length;
    if (whole.length === 0 || (!isAll && platform.resources[resource]?.scanNameOf === undefined)) continue;
    const met = new Set(whole.map(({ scan }) => scan.name));
    if (resource === 'product' && all.every(({ isWhole }) => isWhole) && isAll) tellSkus(worker, session);
    await FIND_REMOVED[resource](worker, session, met);
    for (const state of whole) state.isEnded = true;
    if (resource !== 'product' || session.dryRun) continue;
    for (const { scan, progress } of whole)
      if (scan.outletId !== undefined) await worker.catalogueCompared.set(progress.until, scan.outletId);
    if (read.length < all.length) continue;
    await worker.catalogueCompared.set(Math.min(...all.map(({ progress }) => progress.until)));
  }
}

const FIND_REMOVED: Readonly<
  Record<Exclude<Resource, 'order'>, (compared: Compared, session: Session, met: Met) => Promise<void>>
> = { product: findRemovedProducts, customer: findRemovedCustomers };

/** Which SKUs name several variants, and which variants have none: known only once a run has met the whole catalogue. */
function tellSkus({ metrics, log, platform, store }: Compared, { catalogue, dryRun }: Session): void {
  const { duplicates, missing } = catalogue.skus.problems();
  if (!dryRun) metrics.add('SkuProblems', platform.name, duplicates.length + missing.length);
  if (duplicates.length === 0 && missing.length === 0) return;
  log.warn('products cannot be linked by their SKU', {
    storeId: store.id,
    duplicates: duplicates.length,
    withoutSku: missing.length,
    examples: duplicates.slice(0, MOST_EXAMPLES).map(({ sku }) => sku),
  });
}
