import * as z from 'zod';

/**
 * What a deployment knows about each platform, without secrets. The deployment's configuration file is validated with
 * these schemas, and the functions get their platform's part as one environment variable and validate it again.
 */

const httpUrl = z
  .url({ protocol: /^https?$/ })
  .refine(
    (text) =>
      text.startsWith('https://') || ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(text).hostname),
    'must be https (plain http only for this machine itself)',
  )
  .refine((text) => !text.endsWith('/'), 'must not end with a slash');

const rate = (perSecond: number, burst: number) =>
  z
    .strictObject({
      /** Calls per second the platform drains. */
      perSecond: z.number().positive().max(1000).default(perSecond),
      /** Calls the platform takes at once. */
      burst: z.number().int().min(1).max(10_000).default(burst),
    })
    .prefault({});

/** How often, and how far back, the platform's list is compared with the table. */
const reconcile = (defaults: {
  everyMinutes: number;
  overlapMinutes: number;
  firstDays: number;
  deepDays: number;
  keptDays: number;
}) =>
  z
    .strictObject({
      /** Minutes between runs. */
      everyMinutes: z.number().int().min(5).max(360).default(defaults.everyMinutes),
      /** Minutes that each run looks back beyond what the last one reached. */
      overlapMinutes: z.number().int().min(10).max(10_080).default(defaults.overlapMinutes),
      /** Days that the very first run, on a new deployment, goes back: the backfill. */
      firstDays: z.number().int().min(1).max(defaults.keptDays).default(defaults.firstDays),
      /** Days that are compared once more each night, for changes that leave no trace in the list's own time. */
      deepDays: z.number().int().min(1).max(defaults.keptDays).default(defaults.deepDays),
    })
    .prefault({});

export const pedidosyaSettings = z.strictObject({
  /** The legal entity's chain, a UUID in production. */
  chainId: z.string().min(1).max(64),
  /** ISO 3166 alpha-2, lower case: the currency of an order that does not name its country. */
  country: z.string().regex(/^[a-z]{2}$/),
  /** Outlets of the chain and how their orders are picked: `partner` pushes statuses, `pelican` may not. */
  stores: z
    .array(
      z.strictObject({
        storeId: z.string().min(1).max(64),
        /** The partner's own code for the outlet, once remapped in the Partner Portal. */
        ownCode: z.string().min(1).max(64).optional(),
        pickingMode: z.enum(['partner', 'pelican']),
      }),
    )
    .min(1),
  baseUrl: httpUrl.default('https://pedidosya.partner.deliveryhero.io/v2'),
  /** Some integrations name the catalogue's sales limit differently. */
  salesLimitField: z.enum(['maximum_sales_quantity', 'max_sales_quantity']).default('maximum_sales_quantity'),
  /** ISO currencies by country code, added to the built-in table. */
  currencies: z.record(z.string().regex(/^[a-z]{2}$/), z.string().regex(/^[A-Z]{3}$/)).default({}),
  /** Hosts from which catalogue result files may be downloaded. */
  downloadHosts: z.array(z.string().min(3)).default([]),
  /** Published: 60 a minute per source address. We stay at 50. */
  rate: rate(50 / 60, 5),
  /** Names the source address (NAT gateway) whose limit is shared; one bucket per name. */
  egress: z.string().min(1).max(64).default('default'),
  /**
   * Whether the list is filtered by creation or by change is not known, so the overlap is as long as an order lives. The
   * platform lists 60 days; one is left for clocks and zones.
   */
  reconcile: reconcile({
    everyMinutes: 10,
    overlapMinutes: 24 * 60,
    firstDays: 30,
    deepDays: 7,
    keptDays: 59,
  }),
});
export type PedidosyaSettings = z.infer<typeof pedidosyaSettings>;

const IMOTRIZ_COUNTRIES = ['co', 'mx', 'ec', 'cr'] as const;

export const imotrizSettings = z.strictObject({
  country: z.enum(IMOTRIZ_COUNTRIES),
  /** Names this store in order keys; the platform hands out no store id. */
  storeId: z.string().regex(/^[\w-]{1,64}$/),
  /** Overrides the country's host. */
  baseUrl: httpUrl.optional(),
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
      everyMinutes: z.number().int().min(1).max(60).default(5),
      maxPagesPerRun: z.number().int().min(1).max(500).default(20),
      /** Hours without a single order after which someone is told. */
      quietHours: z.number().int().min(1).max(168).default(24),
    })
    .prefault({}),
  /** Nothing is published; this is a cautious guess. */
  rate: rate(20 / 60, 2),
  /** Minutes between comparisons of the platform's ids with the table; nothing happens while their paths are absent. */
  reconcile: z.strictObject({ everyMinutes: z.number().int().min(5).max(360).default(60) }).prefault({}),
});
export type ImotrizSettings = z.infer<typeof imotrizSettings>;
