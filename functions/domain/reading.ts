import { isObject } from './json-object.ts';
import type { Order } from './order.ts';

/**
 * Version of the normalisers: raised when one of them reads more out of the same bytes, with a line in {@link SAID_SINCE} for
 * each field that orders of the version before could not have.
 */
export const ORDER_READING = 2;

/**
 * Fields that orders have since a version; `*` stands for one element or name. Where a known order of an earlier version
 * lacks such a field, the platform may have said it all along.
 */
const SAID_SINCE: Readonly<Record<number, readonly string[]>> = {
  2: [
    'courierCode',
    'channel',
    'discounts',
    'preorder',
    'acceptedFor',
    'payment.gatewayId',
    'payment.instalments',
    'payment.collectAtPickup',
    'totals.surcharge',
    'totals.tip',
    'totals.deposit',
    'totals.paid',
    'totals.paidWithFinancing',
    'totals.refunded',
    'fulfilment.parcels.*.lines',
    'fulfilment.parcels.*.deliveryOption',
    'fulfilment.parcels.*.costs',
    'fulfilment.parcels.*.promised',
    'fulfilment.parcels.*.pickupPlace',
    'fulfilment.parcels.*.dispatchedAt',
    'lines.*.variantValues',
    'lines.*.listPrice',
    'lines.*.discounts',
    'lines.*.taxRate',
    'lines.*.deposit',
    'lines.*.weightKg',
    'lines.*.pieces',
    'lines.*.kitId',
    'lines.*.kitProductId',
    'lines.*.soldWithoutStock',
    'lines.*.freeShipping',
    'personal.loyaltyId',
    'personal.billing.tradeName',
    'personal.billing.customerType',
    'personal.billing.phone',
    'personal.billing.stateRegistration',
    'personal.billing.taxRegime',
    'personal.billing.invoiceUse',
    'personal.billing',
    'personal.recipient',
    'personal.merchantNote',
    'personal.parcels',
    'personal.lineProperties',
    'personal.customFields',
    'personal.shippingAddress.latitude',
    'personal.shippingAddress.longitude',
  ],
};

/** What earlier versions wrote as 0 when nobody had said it. */
const ZERO_UNSAID = /^(totals\.(goods|discount|shipping|fees|tax|total)|lines\.\*\.(unitPrice|total))$/;

/**
 * Whether an order says all that an order of an earlier version said, and beyond it only what that version could not say, or
 * no longer a zero that nobody said. Then the platform said nothing new: we read it better.
 */
export function saysTheSame(known: Order, order: Order, version: number): boolean {
  const since = new Set(
    Object.entries(SAID_SINCE).flatMap(([added, fields]) => (Number(added) > version ? fields : [])),
  );
  return sameAt('', known, order, since);
}

function sameAt(path: string, known: unknown, now: unknown, since: ReadonlySet<string>): boolean {
  // Warnings are ours, not the platform's.
  if (path === 'warnings') return true;
  if (known === undefined) return now === undefined || since.has(path);
  if (now === undefined) return (known === 0 && ZERO_UNSAID.test(path)) || isEmptyList(known);
  if (path === 'personal') return sameFields(path, withNotesJoined(known, now), now, since);
  if (Array.isArray(known) && Array.isArray(now))
    return (
      known.length === now.length && known.every((one, index) => sameAt(`${path}.*`, one, now[index], since))
    );
  if (isObject(known) && isObject(now)) return sameFields(path, known, now, since);
  return known === now;
}

function sameFields(path: string, known: unknown, now: unknown, since: ReadonlySet<string>): boolean {
  if (!isObject(known) || !isObject(now)) return false;
  const keys = new Set([...Object.keys(known), ...Object.keys(now)]);
  return [...keys].every((key) => sameAt(path === '' ? key : `${path}.${key}`, known[key], now[key], since));
}

/** The first version wrote the merchant's note below the buyer's. */
function withNotesJoined(known: unknown, now: unknown): unknown {
  if (!isObject(known) || !isObject(now) || known.note === undefined || known.merchantNote !== undefined)
    return known;
  const joined = [now.note, now.merchantNote].filter((note) => note !== undefined).join('\n');
  return joined === known.note ? { ...known, note: now.note } : known;
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;
