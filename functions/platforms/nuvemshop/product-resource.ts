import type { Product } from '../../domain/product.ts';
import type { ReadThing } from '../mirrored-resource.ts';
import type { ProductResource } from '../product-resource.ts';
import type { Scan } from '../scan.ts';
import type { Store } from '../store.ts';
import type { Came } from './client/whole-reads.ts';
import { LISTED_DAYS } from './listed-days.ts';
import { normaliseNuvemshopProduct } from './product.ts';
import type { NuvemshopReads } from './reads.ts';
import type { NuvemshopStoreSettings } from './settings.ts';

const DAY_MS = 86_400_000;

/** A list of all that the store has of one kind, once a day. @param order lists of a lower one go first */
export const wholeScan = (resource: 'product' | 'customer', order: number): Scan => ({
  name: `${resource}s`,
  resource,
  order,
  everyMs: DAY_MS,
  lookbackMs: LISTED_DAYS * DAY_MS,
  firstMs: LISTED_DAYS * DAY_MS,
  keptMs: LISTED_DAYS * DAY_MS,
  longestSliceMs: LISTED_DAYS * DAY_MS,
  quietPeriodMs: 0,
  query: {},
});

/**
 * Products of a store: events say which one changed, and once a day the whole catalogue is listed by the time of creation,
 * because nobody says how long an event may be lost.
 */
export const products: ProductResource<NuvemshopStoreSettings, NuvemshopReads> = {
  async get({ catalogue }, id, store) {
    const currency = await catalogue.currency();
    return readingOf(await catalogue.get(id), store, currency);
  },
  scans: ({ settings }) => (settings.catalogue ? [wholeScan('product', 2)] : []),
  async *list({ catalogue }, _scan, { from, to }, store) {
    const currency = await catalogue.currency();
    const window = { by: 'created_at', from: new Date(from), to: new Date(to) } as const;
    for await (const page of catalogue.listWithin(window))
      yield { items: page.map((came) => readingOf(came, store, currency)) };
  },
};

const readingOf = ({ json, bytes }: Came, { id: storeId }: Store, currency: string): ReadThing<Product> => ({
  reading: normaliseNuvemshopProduct(json, { storeId, currency }),
  bytes,
});
