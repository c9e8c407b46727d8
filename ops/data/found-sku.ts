import type { OperatorContext } from '../context.ts';
import { countsStock } from './stock.ts';

/** A SKU that a text means. */
export interface SkuHit {
  sku: string;
  /** Every product that has it, by the store's catalogue. Two of one catalogue are ambiguous. */
  products: { platform: string; storeId: string; outletId?: string; productId: string; variantId: string }[];
  changedAt: string;
}

/** As much of the context as is read. Its `stock` throws where nobody counts stock, and is not touched there. */
interface Reads {
  readonly merchant: OperatorContext['merchant'];
  readonly stock: { readonly store: Pick<OperatorContext['stock']['store'], 'get'> };
}

/** The SKU of that name, with the products linked to it: one read. None where nobody counts stock. */
export async function findSkus(context: Reads, text: string): Promise<SkuHit[]> {
  const wanted = text.trim();
  if (wanted === '' || !countsStock(context)) return [];
  const item = await context.stock.store.get(wanted);
  if (item === undefined) return [];
  const products = Object.entries(item.links).flatMap(([catalogue, links]) => {
    const [platform = '', storeId = '', outletId = ''] = catalogue.split('#');
    return links.map(({ productId, variantId }) => ({
      platform,
      storeId,
      ...(outletId === '' ? {} : { outletId }),
      productId,
      variantId,
    }));
  });
  return [{ sku: item.sku, products, changedAt: item.changedAt }];
}
