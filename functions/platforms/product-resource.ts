import type { NormalisedProduct } from '../domain/product.ts';
import type { TimeRange } from '../domain/time.ts';
import type { Scan } from './scan.ts';
import type { Store } from './store.ts';

/** One product as a platform answered it, with the bytes that it was read from. */
export interface ReadProduct {
  readonly reading: NormalisedProduct;
  readonly bytes: Uint8Array;
}

/** One page of a list of products. */
export interface ProductPage {
  readonly products: readonly ReadProduct[];
}

/** Where a store's catalogue lies as a file, once the job that wrote it has ended. */
export interface ExportedFile {
  readonly jobId: string;
  /** The outlet that it is of, as the platform names outlets in its paths. */
  readonly vendorId: string;
  readonly downloadUrl: string;
}

/** A platform that hands out the whole catalogue as a file. */
export interface CatalogueExport<S = unknown, Api = unknown> {
  /** Asks for a file of each outlet. Where it lies, the platform tells by the webhook of catalogue jobs. */
  request(api: Api, store: Store<S>): Promise<{ vendorId: string; jobId?: string }[]>;
  /** The products in a file. @throws PlatformError; `refused` names the host to allow */
  read(api: Api, file: ExportedFile, store: Store<S>): Promise<ReadProduct[]>;
}

/** Products of a platform: the platform is asked, and what it says last is what there is. */
export interface ProductResource<S = unknown, Api = unknown> {
  /** Whether a product of the platform could have this id. */
  isProductId(id: string): boolean;
  /** One product as the platform shows it now. @throws PlatformError; `not-found` where it has none of this id */
  get(api: Api, id: string, store: Store<S>): Promise<ReadProduct>;
  /** The lists that together hold every product of the store; none where its products are not wanted. */
  scans(store: Store<S>): readonly Scan[];
  /** The products of one stretch of a scan. @throws PlatformError */
  list(api: Api, scan: Scan, range: TimeRange, store: Store<S>): AsyncIterable<ProductPage>;
  readonly exports?: CatalogueExport<S, Api>;
}
