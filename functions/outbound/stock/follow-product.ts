import type { ProductKey, ProductVariant } from '../../domain/product.ts';
import type { ProductRow } from '../../domain/product-row.ts';
import { channelKey } from '../../domain/stock/channel.ts';
import { seenNumber } from '../../domain/stock/drift.ts';
import { catalogueKey, type Link, linksWith } from '../../domain/stock/links.ts';
import { withCounted } from '../../domain/stock/mastered.ts';
import type { StockSettings } from '../../domain/stock/settings.ts';
import { type Sku, withLinks, withObserved } from '../../domain/stock/sku.ts';
import { isSkuName } from '../../domain/stock/sku-name.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ProductSkusStore } from '../../storage/product-skus.ts';
import type { ProductStore } from '../../storage/products.ts';
import type { StockStore } from '../../storage/stock.ts';

export interface ProductFollower {
  readonly products: Pick<ProductStore, 'get'>;
  readonly skus: ProductSkusStore;
  readonly stock: Pick<StockStore, 'update'>;
  readonly settings: StockSettings;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Links the SKUs of a product's variants to it, as its row is now, and takes over what its platform shows of them. Repeats
 * and reorder change nothing. Which SKUs it has is written last, so that whoever dies in between is repeated.
 * Answers how many of its variants have a SKU that cannot be counted: they are linked to nothing.
 */
export async function followProduct(follower: ProductFollower, key: ProductKey): Promise<number> {
  const { products, skus, stock, settings, clock } = follower;
  const row = await products.get(key);
  if (row?.product === undefined) return 0;
  const known = await skus.get(key);
  const variants = row.removedAt === undefined ? row.product.variants : [];
  const countable = variants.filter(({ sku }) => sku !== undefined && isSkuName(sku));
  const bySku = Map.groupBy(countable, ({ sku }) => sku);
  const named = [...bySku.keys()].flatMap((sku) => sku ?? []).sort();
  for (const sku of new Set([...named, ...(known?.skus ?? [])]))
    await stock.update(sku, (before) =>
      linked(before, { row, variants: bySku.get(sku) ?? [], settings, now: clock.now() }),
    );
  await skus.put(key, { skus: named, version: row.version });
  return variants.filter(({ sku }) => sku !== undefined).length - countable.length;
}

interface Given {
  readonly row: ProductRow;
  /** Those of the product that have the SKU. */
  readonly variants: readonly ProductVariant[];
  readonly settings: StockSettings;
  readonly now: number;
}

function linked(before: Sku, { row, variants, settings, now }: Given): Sku {
  const { platform, storeId, platformProductId: productId } = row;
  const outletId = row.product?.outletId;
  const catalogue = catalogueKey({ platform, storeId, outletId });
  const links = variants.map((variant): Link => {
    const locations = variant.locations?.map(({ locationId }) => locationId).sort() ?? [];
    const { currency } = variant.price ?? variant.promotionalPrice ?? variant.cost ?? {};
    return {
      productId,
      variantId: variant.platformVariantId,
      ...(locations.length === 0 ? {} : { locations }),
      ...(currency === undefined ? {} : { currency }),
    };
  });
  const all = linksWith(before.links[catalogue] ?? [], productId, links);
  const after = withLinks(before, catalogue, all, settings, now);
  const [variant, ...others] = variants;
  if (variant === undefined || others.length > 0 || all.length > 1) return after;
  return settings.channels
    .filter((channel) => catalogueKey(channel) === catalogue)
    .reduce((sku, channel) => {
      const display = seenNumber(variant, channel);
      if (display === undefined) return sku;
      const [place] = channel.sells;
      if (channel.isMaster === true && place !== undefined && 'units' in display)
        return withCounted(sku, place, display, row.observedAt, settings, now);
      const seen = { display, from: row.observedAt, to: row.observedAt };
      return withObserved(sku, channelKey(channel), seen, settings, now);
    }, after);
}
