import type { Product } from '../domain/product.ts';
import type { MirroredResource, ReadThing } from './mirrored-resource.ts';
import type { Store } from './store.ts';

/** Where a store's catalogue lies as a file, once the job that wrote it has ended. */
export interface ExportedFile {
  readonly jobId: string;
  /** The outlet that it is of, as the platform names outlets in its paths. */
  readonly vendorId: string;
  readonly downloadUrl: string;
}

/** What became of asking for an outlet's file: the job that writes it, where the platform names it, or why there is none. */
export interface AskedFile {
  readonly vendorId: string;
  readonly jobId?: string;
  readonly problem?: string;
}

/** A platform that hands out the whole catalogue as a file. */
export interface CatalogueExport<S = unknown, Api = unknown> {
  /**
   * Asks for a file of each outlet. Where it lies, the platform tells by the webhook of catalogue jobs.
   *
   * @throws PlatformError where none can be asked for; what is wrong with one outlet is its problem
   */
  request(api: Api, store: Store<S>): Promise<AskedFile[]>;
  /** The products in a file. @throws PlatformError; `refused` names the host to allow */
  read(api: Api, file: ExportedFile, store: Store<S>): Promise<ReadThing<Product>[]>;
}

/** Products of a platform. */
export interface ProductResource<S = unknown, Api = unknown> extends MirroredResource<Product, S, Api> {
  readonly exports?: CatalogueExport<S, Api>;
}
