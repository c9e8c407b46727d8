import type { ProductVariant } from '../../../domain/product.ts';
import { catalogueKey } from '../../../domain/stock/links.ts';
import type { Prices } from '../../../domain/stock/prices.ts';
import { EVERYWHERE } from '../../../domain/stock/pricing.ts';
import type { StockSettings } from '../../../domain/stock/settings.ts';
import type { ProductStore } from '../../../storage/products.ts';
import type { StockItem } from '../../../storage/stock-item.ts';

/**
 * What the products with a SKU cost now, as far as their platforms say so. Nothing once prices in the currency were wanted
 * there: then the next ones are compared with those. With prices in another currency nothing can be compared.
 *
 * @param where a platform, or {@link EVERYWHERE}
 */
export async function pricesSeen(
  products: Pick<ProductStore, 'get'>,
  item: StockItem | undefined,
  {
    where,
    currency,
    settings: { channels },
  }: { where: string; currency: string; settings: Pick<StockSettings, 'channels'> },
): Promise<Prices[]> {
  if (item === undefined || item.pricing?.wanted[where]?.prices.currency === currency) return [];
  const catalogues = new Map(
    channels
      .filter(
        ({ platform, charges = [] }) => charges.length > 0 && (where === EVERYWHERE || where === platform),
      )
      .map((channel) => [catalogueKey(channel), channel]),
  );
  const seen: Prices[] = [];
  for (const [catalogue, { platform, storeId }] of catalogues) {
    for (const { productId, variantId } of item.links[catalogue] ?? []) {
      const row = await products.get({ platform, storeId, platformProductId: productId });
      const variant = row?.product?.variants.find((one) => one.platformVariantId === variantId);
      seen.push(...pricesOf(variant));
    }
  }
  return seen;
}

/** What a variant costs, as its platform says so; nothing where it does not. */
export function pricesOf(variant: ProductVariant | undefined): Prices[] {
  const { price, promotionalPrice, cost } = variant ?? {};
  const currency = price?.currency ?? promotionalPrice?.currency ?? cost?.currency;
  if (currency === undefined) return [];
  return [
    {
      currency,
      ...(price === undefined ? {} : { price: price.amount }),
      ...(promotionalPrice === undefined ? {} : { promotionalPrice: promotionalPrice.amount }),
      ...(cost === undefined ? {} : { cost: cost.amount }),
    },
  ];
}
