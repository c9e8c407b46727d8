import type { OrderLine } from '../../../domain/order.ts';
import type { Amounts } from '../../reading/tolerant-reader.ts';
import { omitUndefined } from '../../reading/tolerant-reader.ts';
import type { NuvemshopOrder, NuvemshopProduct } from './schema.ts';
import { listOf, namedTextsOf, textOf } from './texts.ts';

/** A line, with what the buyer had made of it, which is personal. */
export interface LineReading {
  line: OrderLine;
  properties: { name: string; value: string }[];
}

/**
 * Turns products into lines. They are keyed by the line's own id, because the same variant may stand on several lines
 * (reference, order page); v1 has none, so the position stands in. `price` is what is charged for one unit.
 */
export function readLines(order: NuvemshopOrder, amounts: Amounts): LineReading[] {
  const used = new Set<string>();
  return order.products.map((product, index) => {
    const at = `products[${index}]`;
    const lineId = lineIdOf(product, index, used, amounts);
    used.add(lineId);
    const price = amounts.read(product.price, `${at}.price`);
    if (price === undefined) amounts.warnings.push(`${at}.price is missing`);
    const barcode = product.barcode?.trim();
    const values = listOf(product.variant_values)
      .map(textOf)
      .filter((value) => value !== undefined);
    const line = omitUndefined<OrderLine>({
      lineId,
      productId: product.product_id,
      variantId: product.variant_id,
      sku: product.sku?.trim() || undefined,
      barcodes: barcode ? [barcode] : undefined,
      name: product.name || product.sku || '',
      variantValues: values.length > 0 ? values : undefined,
      quantity: product.quantity,
      unit: 'unit' as const,
      listPrice: listPriceOf(product, price, at, amounts),
      unitPrice: price,
      total: price === undefined ? undefined : amounts.times(price, product.quantity),
      weightKg: weightOf(product, at, amounts),
      kitId: product.order_kit_id,
      kitProductId: product.catalog_kit_id,
      soldWithoutStock: withoutStock(product),
      freeShipping: product.free_shipping ?? undefined,
    });
    const properties = namedTextsOf(product.properties).map(({ name, value }) => ({ name, value }));
    return { line, properties };
  });
}

function lineIdOf(
  { id }: NuvemshopProduct,
  index: number,
  used: ReadonlySet<string>,
  { warnings }: Amounts,
): string {
  const position = `line-${index + 1}`;
  if (id === undefined) warnings.push(`products[${index}].id is missing, its position stands in`);
  else if (used.has(id))
    warnings.push(`products[${index}].id is that of another line, its position stands in`);
  return id === undefined || used.has(id) ? position : id;
}

/** A price that is struck through; what is lower than the price is none (seen in an official sample). */
function listPriceOf(
  { compare_at_price }: NuvemshopProduct,
  price: number | undefined,
  at: string,
  amounts: Amounts,
): number | undefined {
  const listed = amounts.readOptional(compare_at_price, `${at}.compare_at_price`);
  return listed === undefined || listed === 0 || listed < (price ?? 0) ? undefined : listed;
}

/** A weight of 0 means that nobody weighed it. */
function weightOf({ weight }: NuvemshopProduct, at: string, { warnings }: Amounts): number | undefined {
  const kilograms = numberOf(weight);
  if (kilograms === undefined && weight) warnings.push(`left out: ${at}.weight is no weight`);
  return kilograms === 0 ? undefined : kilograms;
}

function withoutStock({ issues }: NuvemshopProduct): number | undefined {
  return numberOf(issues?.unclaimed_stock) || undefined;
}

/** A number that is not below zero. */
export function numberOf(value: string | number | null | undefined): number | undefined {
  if (typeof value === 'string' && !/^\s*\d{1,12}(\.\d{1,12})?\s*$/.test(value)) return undefined;
  const number = value === null || value === undefined ? Number.NaN : Number(value);
  return Number.isFinite(number) && number >= 0 && number < 1e12 ? number : undefined;
}
