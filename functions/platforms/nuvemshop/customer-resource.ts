import type { Customer } from '../../domain/customer.ts';
import type { MirroredResource, ReadThing } from '../mirrored-resource.ts';
import type { Store } from '../store.ts';
import type { Came } from './client/whole-reads.ts';
import { normaliseNuvemshopCustomer } from './customer.ts';
import { wholeScan } from './product-resource.ts';
import type { NuvemshopReads } from './reads.ts';
import type { NuvemshopStoreSettings } from './settings.ts';

/** Customers of a store: events say which one changed, and once a day all are listed by the time of creation. */
export const customers: MirroredResource<Customer, NuvemshopStoreSettings, NuvemshopReads> = {
  get: async ({ customerReads }, id, store) => readingOf(await customerReads.get(id), store),
  scans: ({ settings }) => (settings.customers ? [wholeScan('customer', 3)] : []),
  async *list({ customerReads }, _scan, { from, to }, store) {
    const window = { by: 'created_at', from: new Date(from), to: new Date(to) } as const;
    for await (const page of customerReads.listWithin(window))
      yield { items: page.map((came) => readingOf(came, store)) };
  },
};

const readingOf = ({ json, bytes }: Came, { id: storeId }: Store): ReadThing<Customer> => ({
  reading: normaliseNuvemshopCustomer(json, { storeId }),
  bytes,
});
