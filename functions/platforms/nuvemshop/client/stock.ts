import * as z from 'zod';
import { PlatformError } from '../../../http/errors.ts';
import { ulid, wireId } from './fields.ts';
import { product } from './products.ts';
import { checked, notSent } from './read.ts';
import type { Requests } from './requests.ts';
import { pushStockPrice, type StockPriceChange } from './stock-price.ts';
import { path } from './url.ts';
import { type Variant, variant } from './variant-fields.ts';

/**
 * The body of `variants/stock`. The id of the variant is optional at the platform, and without it the call changes every
 * variant of the product; here it is not.
 */
export const stockAction = z.strictObject({
  action: z.enum(['replace', 'variation']),
  /** Null is unlimited, for `replace` only. */
  value: z.number().int().nullable(),
  id: wireId,
  location_id: ulid.optional(),
});

/** Stock (Nuvemshop reference, product and product variant pages; multi-inventory guide). */
export function createStock(requests: Requests) {
  const act = async (
    operation: string,
    productId: string,
    body: z.input<typeof stockAction>,
    repeatable: boolean,
  ) => {
    const sent = checked(stockAction, operation, body);
    const below = path`/products/${productId}/variants/stock`;
    await (repeatable
      ? requests.put(z.unknown(), operation, below, sent, 'POST')
      : requests.post(z.unknown(), operation, below, sent));
  };
  const stockOf = async (operation: string, productId: string, variantId: string, locationId?: string) =>
    countOf(
      await requests.get(variant, operation, path`/products/${productId}/variants/${variantId}`),
      locationId,
    );

  return {
    /** Prices and stock of many variants; see `pushStockPrice`. */
    push: (changes: readonly StockPriceChange[], perCall?: number) =>
      pushStockPrice(requests, changes, perCall),
    /** Sets the stock of one variant; null is unlimited, 0 sold out. */
    async set(
      productId: string,
      variantId: string,
      stock: number | null,
      locationId?: string,
    ): Promise<void> {
      const operation = 'stock.set';
      if (stock !== null && stock < 0) throw notSent(operation, 'Stock is never negative.');
      await act(operation, productId, bodyOf('replace', variantId, stock, locationId), true);
    },
    /**
     * Adds to the stock of one variant, or takes from it: what is sold meanwhile stays counted, and the platform stops at
     * 0 without a word. The stock is read before, so that a lost answer can be told from a lost request.
     *
     * @throws PlatformError `refused` with `mayHaveHappened` when sales in the same moment hide which of the two it was.
     */
    async change(productId: string, variantId: string, by: number, locationId?: string): Promise<void> {
      const operation = 'stock.change';
      const before = await stockOf(operation, productId, variantId, locationId);
      if (before === undefined)
        throw notSent(operation, 'The stock is unlimited.', 'Set it to a number first.');
      try {
        await act(operation, productId, bodyOf('variation', variantId, by, locationId), false);
      } catch (error) {
        if (!(error instanceof PlatformError) || !error.outcomeUnknown) throw error;
        const after = await stockOf(operation, productId, variantId, locationId).catch(() => before);
        if (after === before) throw error;
        if (after === Math.max(0, before + by)) return;
        throw cannotTell(operation);
      }
    },
    /** The one variant with this SKU. SKUs are not unique; where two variants of a product share it, none is chosen. */
    async findVariant(sku: string): Promise<{ productId: string; variant: Variant }> {
      const operation = 'stock.findVariant';
      const found = await requests.get(product, operation, path`/products/sku/${sku}`);
      const [first, ...others] = (found.variants ?? []).filter((candidate) => candidate.sku === sku);
      if (first === undefined)
        throw notSent(operation, 'The product that was found has no variant with the SKU.');
      if (others.length > 0) {
        throw notSent(
          operation,
          `${others.length + 1} variants share the SKU.`,
          'Give each its own SKU in the panel.',
        );
      }
      return { productId: found.id, variant: first };
    },
  };
}

function bodyOf(action: 'replace' | 'variation', id: string, value: number | null, locationId?: string) {
  return { action, value, id, ...(locationId === undefined ? {} : { location_id: locationId }) };
}

/** Units of a variant, at a location or over all; undefined when unlimited. */
function countOf({ stock, inventory_levels: levels }: Variant, locationId?: string): number | undefined {
  const level = locationId === undefined ? undefined : levels?.find((one) => one.location_id === locationId);
  const count = locationId !== undefined && levels ? (level === undefined ? 0 : level.stock) : stock;
  return count === null || count === undefined || count === '' ? undefined : Number(count);
}

function cannotTell(operation: string): PlatformError {
  return new PlatformError({
    platform: 'nuvemshop',
    operation,
    kind: 'refused',
    outcomeUnknown: true,
    detail: 'The answer got lost, and sales in the same moment hide whether the stock was changed.',
    remedy: 'Count the stock and set it.',
  });
}
