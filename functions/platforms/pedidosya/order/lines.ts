import type { OrderLine } from '../../../domain/order.ts';
import type { Amounts } from '../../reading/amounts.ts';
import { omitUndefined } from '../../reading/compact.ts';
import type { PedidosyaItem } from './schema.ts';

/** Items that the buyer neither gets nor pays: not found on the shelf, or given up for a substitute. */
const NOT_SOLD = new Set(['NOT_FOUND', 'REPLACED']);

/**
 * Turns items into lines. Goods sold by weight (`pricing_type` KG) count in kilograms picked, since `quantity` is then
 * the number of portions ordered. Items not found or replaced stay as lines with quantity and total 0, so that nobody
 * who adds up lines counts them; their word is in `platformStatus`.
 */
export function readLines(items: readonly PedidosyaItem[], amounts: Amounts): OrderLine[] {
  return items.map((item, index) => readLine(item, index, amounts));
}

function readLine(item: PedidosyaItem, index: number, amounts: Amounts): OrderLine {
  const at = `items[${index}]`;
  const sold = !NOT_SOLD.has(item.status?.trim().toUpperCase() ?? '');
  const measured = readMeasure(item, at, amounts);
  const price = readPrice(item, measured.quantity, at, amounts);
  const barcodes = typeof item.barcode === 'string' ? [item.barcode] : item.barcode;
  return omitUndefined({
    lineId: item._id || item.sku || `line-${index + 1}`,
    sku: item.sku || undefined,
    barcodes: barcodes && barcodes.length > 0 ? barcodes : undefined,
    name: item.name || item.sku || '',
    unit: measured.unit,
    unitPrice: price.unitPrice,
    quantity: sold ? measured.quantity : 0,
    total: sold ? price.total : 0,
    platformStatus: item.status || undefined,
    replacesLineId: item.replaced_id || undefined,
  });
}

function readMeasure(
  item: PedidosyaItem,
  at: string,
  amounts: Amounts,
): Pick<OrderLine, 'quantity' | 'unit'> {
  const pricing = item.pricing ?? item.original_pricing;
  if (!pricing) amounts.problems.push(`${at}.pricing is missing`);
  const type = pricing?.pricing_type?.trim().toUpperCase() ?? 'UNIT';
  if (type !== 'KG') {
    if (type !== 'UNIT') amounts.warnings.push(`${at}.pricing.pricing_type is not known, read as UNIT`);
    if (pricing && pricing.quantity == null) amounts.problems.push(`${at}.pricing.quantity is missing`);
    return { quantity: pricing?.quantity ?? 0, unit: 'unit' };
  }
  const weight = pricing?.weight ?? item.original_pricing?.weight;
  if (weight == null) amounts.warnings.push(`${at}.pricing.weight is missing, quantity read as kilograms`);
  return { quantity: weight ?? pricing?.quantity ?? 0, unit: 'kg' };
}

function readPrice(
  item: PedidosyaItem,
  quantity: number,
  at: string,
  amounts: Amounts,
): { unitPrice: number; total: number } {
  const pricing = item.pricing ?? item.original_pricing;
  const total = amounts.read(pricing?.total_price, `${at}.pricing.total_price`);
  const unitPrice = amounts.read(pricing?.unit_price, `${at}.pricing.unit_price`);
  if (unitPrice !== undefined) return { unitPrice, total: total ?? amounts.times(unitPrice, quantity) };
  if (total === undefined) amounts.problems.push(`${at}.pricing has neither unit_price nor total_price`);
  else amounts.warnings.push(`${at}.pricing.unit_price is missing, worked out from total_price`);
  return { unitPrice: quantity > 0 ? Math.round((total ?? 0) / quantity) : 0, total: total ?? 0 };
}
