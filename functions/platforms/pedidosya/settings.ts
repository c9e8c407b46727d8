import * as z from 'zod';
import { lazily } from '../../domain/lazily.ts';
import { httpUrl, rateSchema, reconcileSchema } from '../reading/setting-schemas.ts';
import { LISTED_DAYS } from './listed-days.ts';
import { currencyOf } from './order/currency.ts';

const chainSettings = lazily(() =>
  z
    .strictObject({
      /** The legal entity's chain, a UUID in production. Part of the path of the chain's webhook. */
      chainId: z.string().regex(/^[A-Za-z\d][\w-]{0,63}$/),
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
        .min(1)
        .refine((stores) => {
          const codes = stores.flatMap(({ storeId, ownCode }) =>
            ownCode === undefined || ownCode === storeId ? [storeId] : [storeId, ownCode],
          );
          return new Set(codes).size === codes.length;
        }, 'two outlets have the same storeId or ownCode, so nobody could tell whose an order is'),
      baseUrl: httpUrl().default('https://pedidosya.partner.deliveryhero.io/v2'),
      /** Some integrations name the catalogue's sales limit differently. */
      salesLimitField: z
        .enum(['maximum_sales_quantity', 'max_sales_quantity'])
        .default('maximum_sales_quantity'),
      /** ISO currencies by country code, added to the built-in table. */
      currencies: z.record(z.string().regex(/^[a-z]{2}$/), z.string().regex(/^[A-Z]{3}$/)).default({}),
      /** Hosts from which catalogue result files may be downloaded. */
      downloadHosts: z.array(z.string().min(3)).default([]),
      /** Whether the outlets' products are mirrored. */
      catalogue: z.boolean().default(true),
      /** Published: 60 a minute per source address. We stay at 50. */
      rate: rateSchema(50 / 60, 5),
      /**
       * Names the source address (NAT gateway) whose limit is shared; one bucket per name. The bucket is in the deployment's own
       * table, so each deployment needs an address of its own.
       */
      egress: z.string().min(1).max(64).default('default'),
      /**
       * Whether the list is filtered by creation or by change is not known, so the overlap is as long as an order lives. The
       * platform lists 60 days; one is left for clocks and zones.
       */
      reconcile: reconcileSchema({
        everyMinutes: 10,
        overlapMinutes: 24 * 60,
        firstDays: 30,
        deepDays: 7,
        keptDays: LISTED_DAYS,
      }),
    })
    // Each of its orders would wait for a person.
    .refine(
      (chain) => currencyOf(undefined, chain).ok,
      'no currency is known for this country; set it under currencies',
    ),
);
export type PedidosyaChain = z.output<ReturnType<typeof chainSettings>>;
export type PickingMode = PedidosyaChain['stores'][number]['pickingMode'];

/** A chain's id as the names of the deployment's outputs may carry it: letters and digits only. */
export const plainId = (chainId: string): string => chainId.replace(/[^A-Za-z\d]/g, '');

export const pedidosyaSettings = lazily(() =>
  z.strictObject({
    chains: z
      .array(chainSettings())
      .min(1)
      .refine(
        (chains) =>
          new Set(chains.map(({ chainId }) => plainId(chainId).toLowerCase())).size === chains.length,
        'the chainIds must differ in their letters and digits',
      ),
  }),
);
export type PedidosyaSettings = z.output<ReturnType<typeof pedidosyaSettings>>;
