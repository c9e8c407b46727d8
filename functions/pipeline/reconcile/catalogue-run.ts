import { createSkuCensus, type SkuCensus } from '../../domain/sku-census.ts';

/** What a run came to, in products. */
export interface CatalogueCounts {
  /** Looked at. */
  seen: number;
  /** The platform has them and the table did not. */
  missing: number;
  /** The table had them in an older state. */
  stale: number;
  /** The table had them and the platform has them no more. */
  removed: number;
  /** Could not be understood, or not be recorded. */
  failed: number;
}

/** What one run met of the catalogue. */
export interface CatalogueRun {
  /** Ids. */
  readonly listed: Set<string>;
  readonly skus: SkuCensus;
  readonly counts: CatalogueCounts;
}

export const createCatalogueRun = (): CatalogueRun => ({
  listed: new Set(),
  skus: createSkuCensus(),
  counts: { seen: 0, missing: 0, stale: 0, removed: 0, failed: 0 },
});
