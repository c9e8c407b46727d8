import { createSkuCensus, type SkuCensus } from '../../domain/sku-census.ts';

/** What a run came to, in things of one kind. */
export interface MirrorCounts {
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

/** What one run met of what is mirrored. */
export interface MirrorRun {
  /** Ids, by the name of the scan that listed them. */
  readonly listed: Map<string, Set<string>>;
  readonly counts: MirrorCounts;
}

/** What it met of the catalogue. */
export interface CatalogueRun extends MirrorRun {
  readonly skus: SkuCensus;
}

export const createMirrorRun = (): MirrorRun => ({
  listed: new Map(),
  counts: { seen: 0, missing: 0, stale: 0, removed: 0, failed: 0 },
});

export const createCatalogueRun = (): CatalogueRun => ({ ...createMirrorRun(), skus: createSkuCensus() });

/** The ids that a scan has listed so far, to be added to. */
export function listedBy({ listed }: MirrorRun, scan: string): Set<string> {
  const ids = listed.get(scan) ?? new Set();
  listed.set(scan, ids);
  return ids;
}
