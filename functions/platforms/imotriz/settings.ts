import * as z from 'zod';
import { lazily } from '../../domain/lazily.ts';
import { httpUrl, rateSchema } from '../reading/setting-schemas.ts';

const COUNTRY_CODES = ['co', 'mx', 'ec', 'cr'] as const;

const storeSettings = lazily(() =>
  z.strictObject({
    country: z.enum(COUNTRY_CODES),
    /** Names this store in order keys; the platform hands out no store id. */
    storeId: z.string().regex(/^[\w-]{1,64}$/),
    /** Overrides the country's host. */
    baseUrl: httpUrl().optional(),
    paths: z
      .strictObject({
        newOrders: z.string().startsWith('/').default('/api/cart/transaction/newOrders'),
        /** Not published; absent means reconciliation is off and says so. */
        orderIds: z.string().startsWith('/').optional(),
        /** Not published; must contain `{id}`. */
        order: z.string().startsWith('/').includes('{id}').optional(),
      })
      .prefault({}),
    /** First key present in an order wins. */
    idKeys: z
      .array(z.string().min(1))
      .min(1)
      .default(['id', 'order_id', 'transaction_id', 'number', 'code', 'reference']),
    poll: z
      .strictObject({
        /** Minutes between polls. */
        everyMinutes: z.int().min(1).max(60).default(5),
        maxPagesPerRun: z.int().min(1).max(500).default(20),
        /** Hours without a single order after which someone is told. */
        quietHours: z.int().min(1).max(168).default(24),
      })
      .prefault({}),
    /** Nothing is published; this is a cautious guess. */
    rate: rateSchema(20 / 60, 2),
    /** Minutes between comparisons of the platform's ids with the table; nothing happens while their paths are absent. */
    reconcile: z.strictObject({ everyMinutes: z.int().min(5).max(360).default(60) }).prefault({}),
  }),
);
export type ImotrizStore = z.output<ReturnType<typeof storeSettings>>;

/** A store's id as the names of the deployment's outputs may carry it: letters and digits only. */
const plainId = (storeId: string): string => storeId.replace(/[^A-Za-z\d]/g, '');

export const imotrizSettings = lazily(() =>
  z.strictObject({
    stores: z
      .array(storeSettings())
      .min(1)
      .refine(
        (stores) =>
          new Set(stores.map(({ storeId }) => plainId(storeId).toLowerCase())).size === stores.length,
        'each store needs a storeId of its own, and they must differ in their letters and digits',
      ),
  }),
);
export type ImotrizSettings = z.output<ReturnType<typeof imotrizSettings>>;
