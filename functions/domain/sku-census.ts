import type { Product } from './product.ts';

/** A variant, as people find it. */
export interface VariantName {
  platformProductId: string;
  platformVariantId: string;
}

/** What keeps products from being linked by their SKU. */
export interface SkuProblems {
  /** SKUs that several variants of one store or outlet have: none of them can be told from the other. */
  duplicates: { sku: string; outletId?: string; variants: VariantName[] }[];
  /** Variants without a SKU. */
  missing: VariantName[];
}

/** Counts the SKUs of one store's products, each product once. */
export interface SkuCensus {
  count(product: Product): void;
  problems(): SkuProblems;
}

export function createSkuCensus(): SkuCensus {
  const counted = new Set<string>();
  const bySku = new Map<string, { sku: string; outletId?: string; variants: VariantName[] }>();
  const missing: VariantName[] = [];
  return {
    count({ platformProductId, outletId, variants }) {
      // Lists move while they are read, and show a product twice.
      if (counted.has(platformProductId)) return;
      counted.add(platformProductId);
      for (const { sku, platformVariantId } of variants) {
        const name = { platformProductId, platformVariantId };
        if (sku === undefined) {
          missing.push(name);
          continue;
        }
        const key = JSON.stringify([outletId, sku]);
        const known = bySku.get(key);
        if (known === undefined)
          bySku.set(key, { sku, ...(outletId === undefined ? {} : { outletId }), variants: [name] });
        else known.variants.push(name);
      }
    },
    problems: () => ({
      duplicates: [...bySku.values()].filter(({ variants }) => variants.length > 1),
      missing,
    }),
  };
}
