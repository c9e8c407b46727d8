import type { OrderDiscount, OrderLine } from '../../../domain/order.ts';
import { type Amounts, readOptionalNumber } from '../../reading/amounts.ts';
import { omitUndefined } from '../../reading/tolerant-reader.ts';
import type { PedidosyaItem, PedidosyaPayment, PedidosyaPricing, PedidosyaPromotion } from './schema.ts';

type Sponsorships = PedidosyaPromotion['sponsorships'];
type Reduction = Exclude<NonNullable<PedidosyaPayment['vouchers']>[number], string>;
type ReductionEntry = NonNullable<PedidosyaPayment['vouchers' | 'discounts']>[number];

/** Discounts are sent negative by some and positive by others, so their size counts. */
const sizeOf = (amount: number | undefined): number | undefined =>
  amount === undefined ? undefined : Math.abs(amount);

export const sumOf = (discounts: readonly OrderDiscount[]): number =>
  discounts.reduce((sum, { amount = 0 }) => sum + amount, 0);

/**
 * What was taken off an item: each promotion by those who pay it (`sponsorships`), and what `discount` says beyond them.
 */
export function readItemDiscounts(item: PedidosyaItem, at: string, amounts: Amounts): OrderDiscount[] {
  const promotions = (item.promotion ?? []).flatMap((promotion, index) => {
    const path = `${at}.promotion[${index}]`;
    const amount = sizeOf(amounts.readOptional(promotion.discount_amount, `${path}.discount_amount`));
    const about = omitUndefined({
      kind: 'promotion' as const,
      name: promotion.name || undefined,
      amount,
      ...paidByOf(promotion.sponsor),
    });
    return bySponsor(about, promotion.sponsorships, path, amounts);
  });
  const said = sizeOf(amounts.readOptional(item.discount, `${at}.discount`)) ?? 0;
  const beyond = said - sumOf(promotions);
  return beyond > amounts.tolerance()
    ? [...promotions, { kind: promotions.length > 0 ? 'other' : 'promotion', amount: beyond }]
    : promotions;
}

/** A discount as one entry for each who pays a part of it; what nobody is named for is paid by we don't know whom. */
function bySponsor(
  about: OrderDiscount,
  sponsorships: Sponsorships,
  at: string,
  amounts: Amounts,
): OrderDiscount[] {
  const parts = (sponsorships ?? []).map((one, index): OrderDiscount => {
    const amount = sizeOf(amounts.readOptional(one.amount, `${at}.sponsorships[${index}].amount`));
    return omitUndefined({ ...about, amount, paidBy: payer(one.sponsor) });
  });
  if (parts.length === 0) return saysSomething(about) ? [about] : [];
  const rest = (about.amount ?? 0) - sumOf(parts);
  if (about.amount === undefined || Math.abs(rest) <= amounts.tolerance()) return parts;
  amounts.warnings.push(`${at}: the sponsorships are not the sum of the discount`);
  return rest > 0 ? [...parts, { ...about, amount: rest, paidBy: 'unknown' }] : parts;
}

/** A code was used, whatever it took off; without one, nothing that was taken off is no discount. */
const saysSomething = ({ code, name, amount }: OrderDiscount): boolean =>
  code !== undefined || (amount === undefined ? name !== undefined : amount !== 0);

/** VENDOR and PLATFORM are documented; the others are what integrations of the same kind call the two. */
const PAYERS: readonly (readonly [words: RegExp, 'merchant' | 'platform'])[] = [
  [/^(VENDOR|MERCHANT|PARTNER|STORE|SHOP|RESTAURANT|COMERCIO)$/, 'merchant'],
  [/^(PLATFORM|PEDIDOS_?YA|DELIVERY_?HERO|DH)$/, 'platform'],
];

function payer(sponsor: string | null | undefined): 'merchant' | 'platform' | 'unknown' {
  const word = sponsor?.trim().toUpperCase().replaceAll(/[\s-]/g, '_') ?? '';
  return PAYERS.find(([words]) => words.test(word))?.[1] ?? 'unknown';
}

/** Who pays the whole of it, where the entry itself says so. */
const paidByOf = (sponsor: string | null | undefined) => (sponsor?.trim() ? { paidBy: payer(sponsor) } : {});

/** An entry that is no object is a voucher's code, or a discount's amount. */
function reductionOf(field: 'discounts' | 'vouchers', entry: ReductionEntry): Partial<Reduction> {
  if (typeof entry === 'object' && entry !== null) return entry;
  return field === 'vouchers' ? { code: String(entry ?? '') } : { value: entry };
}

/** What `payment.discounts` or `payment.vouchers` list, in their order. */
export function readReductions(
  field: 'discounts' | 'vouchers',
  payment: PedidosyaPayment,
  amounts: Amounts,
): OrderDiscount[] {
  return (payment[field] ?? []).flatMap((entry, index) => {
    const at = `payment.${field}[${index}]`;
    const one = reductionOf(field, entry);
    const amount = sizeOf(
      (['value', 'amount', 'discount_amount'] as const)
        .map((name) => amounts.readOptional(one[name], `${at}.${name}`))
        .find((said) => said !== undefined),
    );
    const about = omitUndefined({
      kind: field === 'vouchers' ? ('coupon' as const) : ('promotion' as const),
      code: one.code || undefined,
      name: one.name || undefined,
      amount,
      ...paidByOf(one.sponsor),
    });
    return bySponsor(about, one.sponsorships, at, amounts);
  });
}

/**
 * The discounts of the whole order: what a payment lists, less what its lines tell of under the same name. A list that is the
 * sum of the lines' discounts repeats them, whatever its names. Vouchers repeat them only with the list, and only where no more
 * was taken off than the lines tell: that a voucher is as large as a promotion of a line is chance.
 *
 * @param discount what was taken off in all
 */
export function beyondLines(
  { listed, vouchers }: Record<'listed' | 'vouchers', readonly OrderDiscount[]>,
  ofLines: readonly OrderDiscount[],
  discount: number | undefined,
): OrderDiscount[] {
  const inLines = sumOf(ofLines);
  const all = [...listed, ...vouchers];
  const repeats = (some: readonly OrderDiscount[]) => ofLines.length > 0 && sumOf(some) === inLines;
  if (repeats(all) && (discount ?? 0) <= inLines) return [];
  const told = new Map<string | undefined, number>();
  for (const { name, amount = 0 } of ofLines) told.set(name, (told.get(name) ?? 0) + amount);
  return (repeats(listed) ? vouchers : all).flatMap((one) => {
    const known = one.name === undefined ? 0 : (told.get(one.name) ?? 0);
    if (known === 0 || one.amount === undefined) return [one];
    const taken = Math.min(known, one.amount);
    told.set(one.name, known - taken);
    return taken === one.amount ? [] : [{ ...one, amount: one.amount - taken }];
  });
}

/** Items that the buyer neither gets nor pays: not found on the shelf, or given up for a substitute. */
const NOT_SOLD = new Set(['NOT_FOUND', 'REPLACED']);
const PER_CENT = { least: 0, most: 100 };
/** Characters. */
const MOST_OF_AN_ID = 120;
const PIECES = { least: 0, most: 1_000_000 };

/** An item as it was read, before what was taken off it. */
export interface ItemReading {
  /** `total` is what the platform states, before discounts. */
  line: OrderLine;
  discounts: OrderDiscount[];
  /** What the buyer asks of the line. */
  instructions?: string;
}

/**
 * Reads the items. Goods sold by weight (`pricing_type` KG) count in kilograms picked, since `quantity` is then the number
 * of portions ordered. Items not found or replaced stay as lines with quantity and total 0, so that nobody who adds up
 * lines counts them; their word is in `platformStatus`.
 */
export function readItems(items: readonly PedidosyaItem[], amounts: Amounts): ItemReading[] {
  const ids = lineIdsOf(items);
  return items.map((item, index) => readItem(item, ids[index] ?? '', `items[${index}]`, amounts));
}

/** The ids of an order's lines, in their order: the platform's own where it has one, and no id twice. */
export function lineIdsOf(items: readonly PedidosyaItem[]): string[] {
  const used = new Set<string>();
  return items.map((item, index) => {
    const wanted = idOf(item._id) ?? idOf(item.sku) ?? `line-${index + 1}`;
    const lineId = used.has(wanted) ? `${wanted}#${index + 1}` : wanted;
    used.add(lineId);
    return lineId;
  });
}

/** An id that a line may have, with room for what tells it from another. */
const idOf = (said: string | null | undefined): string | undefined => {
  const id = said?.trim() ?? '';
  return id === '' || id === '0' || id.length > MOST_OF_AN_ID ? undefined : id;
};

function readItem(item: PedidosyaItem, lineId: string, at: string, amounts: Amounts): ItemReading {
  const sold = !NOT_SOLD.has(item.status?.trim().toUpperCase() ?? '');
  const measured = readMeasure(item, sold, at, amounts);
  const price = readPrice(item, measured, at, amounts);
  const barcodes = item.barcode?.map((one) => one.trim()).filter((one) => one !== '');
  const replaced = idOf(item.replaced_id);
  const pricing = item.pricing ?? item.original_pricing;
  const discounts = sold ? readItemDiscounts(item, at, amounts) : [];
  const line: OrderLine = omitUndefined({
    lineId,
    sku: item.sku?.trim() || undefined,
    barcodes: barcodes && barcodes.length > 0 ? barcodes : undefined,
    name: item.name || item.sku || '',
    quantity: sold ? measured.quantity : 0,
    unit: measured.unit,
    pieces: measured.pieces,
    listPrice: amounts.readOptional(item.original_pricing?.unit_price, `${at}.original_pricing.unit_price`),
    unitPrice: price.unitPrice,
    total: sold ? price.total : 0,
    taxRate: readOptionalNumber(pricing?.vat_percent, PER_CENT, `${at}.pricing.vat_percent`, amounts),
    deposit: amounts.readOptional(item.container_deposit, `${at}.container_deposit`),
    platformStatus: item.status || undefined,
    replacesLineId: replaced === lineId ? undefined : replaced,
  });
  const instructions = item.instructions?.trim();
  return { line, discounts, ...(instructions ? { instructions } : {}) };
}

interface Measure extends Pick<OrderLine, 'quantity' | 'unit' | 'pieces'> {
  /** Nothing was weighed: the quantity is what was ordered, and a total of 0 is none. */
  ordered?: true;
}

function readMeasure(item: PedidosyaItem, sold: boolean, at: string, amounts: Amounts): Measure {
  const pricing = item.pricing ?? item.original_pricing;
  if (!pricing) amounts.problems.push(`${at}.pricing is missing`);
  const type = pricing?.pricing_type?.trim().toUpperCase() ?? 'UNIT';
  if (type !== 'KG') {
    if (type !== 'UNIT') amounts.warnings.push(`${at}.pricing.pricing_type is not known, read as UNIT`);
    if (pricing && pricing.quantity === undefined) amounts.problems.push(`${at}.pricing.quantity is missing`);
    return { quantity: pricing?.quantity ?? 0, unit: 'unit' };
  }
  return { unit: 'kg', ...readWeight(item, pricing, sold, at, amounts) };
}

function readWeight(
  item: PedidosyaItem,
  pricing: PedidosyaPricing | null | undefined,
  sold: boolean,
  at: string,
  amounts: Amounts,
): Omit<Measure, 'unit'> {
  // A weight of 0 is what the scale said before anything lay on it.
  if (pricing?.weight || !sold) {
    const path = `${at}.pricing.weighted_pieces`;
    const pieces = readOptionalNumber(pricing?.weighted_pieces, PIECES, path, amounts);
    return { quantity: pricing?.weight ?? 0, ...(pieces ? { pieces } : {}) };
  }
  const ordered = item.original_pricing?.weight;
  if (ordered) {
    amounts.warnings.push(`${at} was not weighed, the weight ordered was taken`);
    return { quantity: ordered, ordered: true };
  }
  amounts.warnings.push(`${at}.pricing.weight is missing, quantity read as kilograms`);
  if (pricing && pricing.quantity === undefined) amounts.problems.push(`${at}.pricing.quantity is missing`);
  return { quantity: pricing?.quantity ?? 0, ordered: true };
}

function readPrice(
  item: PedidosyaItem,
  { quantity, ordered }: Measure,
  at: string,
  amounts: Amounts,
): Pick<OrderLine, 'unitPrice' | 'total'> {
  const pricing = item.pricing ?? item.original_pricing;
  const stated = amounts.read(pricing?.total_price, `${at}.pricing.total_price`);
  const total = ordered && stated === 0 ? undefined : stated;
  const unitPrice = amounts.read(pricing?.unit_price, `${at}.pricing.unit_price`);
  if (unitPrice !== undefined) return { unitPrice, total: total ?? amounts.times(unitPrice, quantity) };
  if (total === undefined) {
    amounts.warnings.push(`${at}.pricing has neither unit_price nor total_price`);
    return {};
  }
  amounts.warnings.push(`${at}.pricing.unit_price is missing, worked out from total_price`);
  return { total, ...(quantity > 0 ? { unitPrice: Math.round(total / quantity) } : {}) };
}
