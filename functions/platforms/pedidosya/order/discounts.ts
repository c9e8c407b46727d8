import type { OrderDiscount } from '../../../domain/order.ts';
import { type Amounts, omitUndefined } from '../../reading/tolerant-reader.ts';
import type { PedidosyaItem, PedidosyaPayment, PedidosyaPromotion } from './schema.ts';

type Sponsorships = PedidosyaPromotion['sponsorships'];
type Reduction = Exclude<NonNullable<PedidosyaPayment['vouchers']>[number], string>;

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
    const about = omitUndefined({ kind: 'promotion' as const, name: promotion.name || undefined, amount });
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
  if (parts.length === 0) return about.amount === 0 ? [] : [about];
  const rest = (about.amount ?? 0) - sumOf(parts);
  if (about.amount === undefined || Math.abs(rest) <= amounts.tolerance()) return parts;
  amounts.warnings.push(`${at}: the sponsorships are not the sum of the discount`);
  return rest > 0 ? [...parts, { ...about, amount: rest, paidBy: 'unknown' }] : parts;
}

function payer(sponsor: string | null | undefined): 'merchant' | 'platform' | 'unknown' {
  const word = sponsor?.trim().toUpperCase();
  if (word === 'VENDOR') return 'merchant';
  return word === 'PLATFORM' ? 'platform' : 'unknown';
}

/** What `payment.discounts` or `payment.vouchers` list, in their order. */
export function readReductions(
  field: 'discounts' | 'vouchers',
  payment: PedidosyaPayment,
  amounts: Amounts,
): OrderDiscount[] {
  return (payment[field] ?? []).flatMap((entry, index) => {
    const at = `payment.${field}[${index}]`;
    const one: Partial<Reduction> = typeof entry === 'string' ? { code: entry } : entry;
    const amount = sizeOf(
      amounts.readOptional(one.value, `${at}.value`) ?? amounts.readOptional(one.amount, `${at}.amount`),
    );
    const about = omitUndefined({
      kind: field === 'vouchers' ? ('coupon' as const) : ('promotion' as const),
      code: one.code || undefined,
      name: one.name || undefined,
      amount,
    });
    return bySponsor(about, one.sponsorships, at, amounts);
  });
}

/**
 * The discounts of the whole order: what a payment lists, less what its lines tell of under the same name. A list that is the
 * sum of the lines' discounts repeats them, whatever its names.
 */
export function beyondLines(
  listed: readonly OrderDiscount[],
  ofLines: readonly OrderDiscount[],
): OrderDiscount[] {
  if (ofLines.length > 0 && sumOf(listed) === sumOf(ofLines)) return [];
  const told = new Map<string | undefined, number>();
  for (const { name, amount = 0 } of ofLines) told.set(name, (told.get(name) ?? 0) + amount);
  return listed.flatMap((one) => {
    const known = one.name === undefined ? 0 : (told.get(one.name) ?? 0);
    if (known === 0 || one.amount === undefined) return [one];
    const taken = Math.min(known, one.amount);
    told.set(one.name, known - taken);
    return taken === one.amount ? [] : [{ ...one, amount: one.amount - taken }];
  });
}
