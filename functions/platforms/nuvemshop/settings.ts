import * as z from 'zod';
import { lazily } from '../../domain/lazily.ts';
import { httpUrl, rateSchema, reconcileSchema } from '../reading/setting-schemas.ts';
import { LISTED_DAYS } from './listed-days.ts';

/**
 * Name and contact of the app: the platform refuses calls without a User-Agent that names both. A header holds Latin-1 alone:
 * a dash or a quotation mark of a text program in it would fail each call before it is sent.
 */
const userAgent = lazily(() =>
  z
    .string()
    .regex(/^.{1,80} \(.{3,120}\)$/, 'must look like "App name (contact@example.com)"')
    .regex(
      /^[ -~\u00a0-\u00ff]*$/,
      'must hold letters and signs of Latin-1 only: write - and " from the keyboard',
    ),
);

const storeSchema = lazily(() =>
  z.strictObject({
    /** Store id as the panel shows it (digits). */
    storeId: z.string().regex(/^\d{1,20}$/),
    /** Host and version; `https://api.tiendanube.com/2025-03` and version `v1` work too. */
    baseUrl: httpUrl().default('https://api.nuvemshop.com.br/2025-03'),
    /** Of this store's calls alone. */
    userAgent: userAgent().optional(),
    /** The published leaky bucket; larger plans are learnt from the platform's own headers. */
    rate: rateSchema(2, 40),
    reconcile: reconcileSchema({
      everyMinutes: 15,
      overlapMinutes: 60,
      firstDays: 30,
      deepDays: 14,
      keptDays: LISTED_DAYS,
    }),
    /** Whether the store's products are mirrored; the app needs the scope read_products for it. */
    catalogue: z.boolean().default(true),
    /**
     * Whether the store's customers are mirrored, and can be written: the app needs the scope read_customers for the one, and
     * write_customers for the other. Off unless somebody wants it: what is held of persons without need is a risk, and a scope without need has an app refused.
     */
    customers: z.boolean().default(false),
  }),
);

/** What a merchant says of Nuvemshop: one app, and the stores that allowed it in. */
export const nuvemshopSettings = lazily(() =>
  z.strictObject({
    userAgent: userAgent(),
    /** Where authorization codes are exchanged for tokens. */
    authUrl: httpUrl().default('https://www.tiendanube.com/apps'),
    stores: z
      .array(storeSchema())
      .min(1)
      .refine(
        (stores) => new Set(stores.map(({ storeId }) => storeId)).size === stores.length,
        'two stores have the same storeId',
      ),
  }),
);
export type NuvemshopSettings = z.infer<ReturnType<typeof nuvemshopSettings>>;

/** What is known of one store, with what all stores share. */
export type NuvemshopStoreSettings = Omit<NuvemshopSettings['stores'][number], 'userAgent'> &
  Pick<NuvemshopSettings, 'userAgent' | 'authUrl'>;
