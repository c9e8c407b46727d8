import type { Resource } from '../../domain/resource.ts';
import { findRemovedCustomers, findRemovedProducts } from './compare-mirrored.ts';
import type { Compared, Session } from './session.ts';

/** As many as a person reads in a line of the log; the operator's command lists all. */
const MOST_EXAMPLES = 10;

/** By kind: what is left to do once a run has met all that the store has of it. */
export const END: Readonly<
  Record<Exclude<Resource, 'order'>, (compared: Compared, session: Session) => Promise<void>>
> = {
  product: endCatalogue,
  customer: findRemovedCustomers,
};

/** What is known only once a run has met the whole catalogue: what is no more, and which SKUs name several variants or none. */
async function endCatalogue(compared: Compared, session: Session): Promise<void> {
  const { metrics, log, platform, store } = compared;
  const { duplicates, missing } = session.catalogue.skus.problems();
  if (!session.dryRun) metrics.add('SkuProblems', platform.name, duplicates.length + missing.length);
  if (duplicates.length > 0 || missing.length > 0)
    log.warn('products cannot be linked by their SKU', {
      storeId: store.id,
      duplicates: duplicates.length,
      withoutSku: missing.length,
      examples: duplicates.slice(0, MOST_EXAMPLES).map(({ sku }) => sku),
    });
  await findRemovedProducts(compared, session);
}
