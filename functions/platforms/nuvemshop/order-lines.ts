import type { OrderLine } from '../../domain/order.ts';
import type { Amounts } from '../reading/amounts.ts';
import { omitUndefined } from '../reading/compact.ts';
import type { NuvemshopOrder } from './order-schema.ts';

/**
 * Turns products into lines. They are keyed by the line's own id, because the same variant may stand on several lines
 * (reference, order page); v1 has none, so the position stands in. `price` is what is charged for one unit.
 */
export function readLines(order: NuvemshopOrder, amounts: Amounts): OrderLine[] {
  return order.products.map((product, index) => {
    const at = `products[${index}]`;
    if (!product.id) amounts.warnings.push(`${at}.id is missing, its position stands in`);
    const price = amounts.read(product.price, `${at}.price`);
    if (price === undefined) amounts.warnings.push(`${at}.price is missing, read as 0`);
    const unitPrice = price ?? 0;
    const barcode = product.barcode?.trim();
    return omitUndefined({
      lineId: product.id ?? `line-${index + 1}`,
      productId: product.product_id ?? undefined,
      variantId: product.variant_id ?? undefined,
      sku: product.sku || undefined,
      barcodes: barcode ? [barcode] : undefined,
      name: product.name || product.sku || '',
      quantity: product.quantity,
      unit: 'unit' as const,
      unitPrice,
      total: amounts.times(unitPrice, product.quantity),
    });
  });
}
