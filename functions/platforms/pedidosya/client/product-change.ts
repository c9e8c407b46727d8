import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { omitUndefined } from '../../reading/tolerant-reader.ts';
import type { PedidosyaChain } from '../settings.ts';

/**
 * A change of one product, strict (catalogue guide and its frequent questions): by SKU or barcode, at least one new
 * value. A price has at most 3 decimals (the platform cuts the rest, we refuse it); a quantity is whole.
 */
export const productChange = lazily(() =>
  z
    .strictObject({
      sku: z.string().min(1).max(128).optional(),
      barcode: z
        .string()
        .regex(/^\d{1,14}$/)
        .optional(),
      /** In the currency, as a decimal number. */
      price: z
        .number()
        .positive()
        .max(1e12)
        .refine((price) => /^\d+(\.\d{1,3})?$/.test(String(price)), 'has more than 3 decimals')
        .optional(),
      active: z.boolean().optional(),
      /** Not stored by the platform: below the store's sales buffer it takes the product off sale. */
      quantity: z.int().nonnegative().optional(),
      /** The most one order may hold. */
      maximumSalesQuantity: z.int().nonnegative().optional(),
    })
    .refine(({ sku, barcode }) => sku !== undefined || barcode !== undefined, 'needs a sku or a barcode')
    .refine(
      ({ price, active, quantity, maximumSalesQuantity }) =>
        [price, active, quantity, maximumSalesQuantity].some((value) => value !== undefined),
      'changes nothing',
    ),
);
export type ProductChange = z.output<ReturnType<typeof productChange>>;

/** Products of one request; no maximum is documented, clients in use send 50 to 200. */
export const BATCH_SIZE = 200;

/** How a product is named in requests, results and reports. */
export function productKey({ sku, barcode }: Pick<ProductChange, 'sku' | 'barcode'>): string {
  return sku ?? `barcode ${barcode}`;
}

/**
 * Cuts changes into batches. Changes of the same product become one, the later value wins, because the platform rejects
 * duplicates. No batch but an only one holds a single product: quantities work in bulk only.
 */
export function toBatches(changes: readonly ProductChange[], size: number = BATCH_SIZE): ProductChange[][] {
  const merged = new Map<string, ProductChange>();
  for (const change of changes)
    merged.set(productKey(change), { ...merged.get(productKey(change)), ...omitUndefined(change) });
  const all = [...merged.values()];
  const batches: ProductChange[][] = [];
  for (let start = 0; start < all.length; start += size) batches.push(all.slice(start, start + size));
  const last = batches.at(-1);
  const moved = last?.length === 1 ? batches.at(-2)?.pop() : undefined;
  if (moved !== undefined) last?.unshift(moved);
  return batches;
}

/**
 * A change as the platform takes it. `active` goes along with every quantity and agrees with it: the sales buffer is not
 * ours to know, and `active: false` always wins.
 */
export function toWire(
  { maximumSalesQuantity, ...change }: ProductChange,
  { salesLimitField }: Pick<PedidosyaChain, 'salesLimitField'>,
): Record<string, unknown> {
  const { quantity, active } = change;
  return {
    ...change,
    ...(quantity === undefined ? {} : { active: quantity > 0 && active !== false }),
    ...(maximumSalesQuantity === undefined ? {} : { [salesLimitField]: maximumSalesQuantity }),
  };
}
