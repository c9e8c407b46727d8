// @ts-check
import { createHash } from 'node:crypto';

/** @import { Order } from '../erp-pull/acopio.mjs' */

/**
 * `payment`: code of the form of payment for what the buyer paid outside of Tango; `province` and `email`: where the order
 * has none; `since`: orders placed before are not sent.
 * @typedef {{ payment: string, province: string, email: string, since: string }} Settings
 */

/** Tango takes no order that is older. */
const OLDEST_MS = 30 * 24 * 3600 * 1000;
/** Argentina has no summer time. */
const ARGENTINA_MS = -3 * 3600 * 1000;

/** What people call the order, in Tango too. @param {Order} order */
export const numberOf = ({ id, order }) =>
  cut(order?.displayNumber ?? id.slice(id.lastIndexOf(':') + 1), 128);

/**
 * An order as Tango takes it. `OrderID` is made of the order alone, so whoever sends it twice, or lost all memory of it,
 * means the same order.
 *
 * @param {Order} given
 * @param {Settings} settings
 * @param {{ tried: boolean, now: number }} about tried: it may be there already
 * @returns {{ order: Record<string, unknown> } | { skip: string } | { problem: string }} skip: nothing has to be done; problem: a person has to
 */
export function toTango(given, settings, { tried, now }) {
  const { id, order, personal = {}, erasedAt } = given;
  if (order === undefined) return { problem: 'Acopio has not understood the order yet' };
  const cancelled = order.status === 'cancelled';
  if (cancelled && !tried) return { skip: 'cancelled before it was sent' };
  const placedAt = Date.parse(order.placedAt ?? order.updatedAt ?? '');
  if (!tried && placedAt < Date.parse(settings.since)) return { skip: 'placed before the adapter began' };
  if (erasedAt !== undefined)
    return tried
      ? { problem: 'the buyer was erased: erase them in Tango by hand' }
      : { skip: 'the buyer was erased' };
  if (order.currency !== 'ARS')
    return { problem: `Tango takes pesos only, and this is in ${order.currency}` };
  if (id.length > 200) return { problem: 'its id is longer than the 200 letters that Tango takes' };
  if (!Number.isFinite(placedAt)) return { problem: 'it does not say when it was placed' };
  if (placedAt < now - OLDEST_MS) return { problem: 'it is older than the 30 days that Tango takes' };
  const lines = (order.lines ?? []).filter((/** @type {Line} */ line) => line.quantity > 0);
  if (lines.length === 0) return { problem: 'it has no lines' };
  if (lines.some((/** @type {Line} */ line) => priceOf(line) === undefined))
    return { problem: 'a line has no price' };
  const items = lines.map(itemOf);
  const shipping = shippingOf(given, settings);
  return {
    order: {
      OrderID: id,
      OrderNumber: numberOf(given),
      Date: localTime(placedAt),
      ...amounts(given, settings, items, shipping),
      ValidateTotalWithPaidTotal: false,
      Customer: customerOf(given, settings),
      OrderItems: items,
      ...(shipping === undefined ? {} : { Shipping: shipping }),
      ...(cancelled
        ? {
            CancelOrder: true,
            CancelReason: cut(order.platformStatus?.cancelReason ?? 'Cancelado en el canal de venta', 200),
            CancelDate: localTime(Math.max(placedAt, now)),
          }
        : {}),
      ...(personal.note === undefined ? {} : { Comment: cut(personal.note, 280) }),
    },
  };
}

/** @typedef {{ lineId: string, productId?: string, variantId?: string, sku?: string, name: string, quantity: number, unitPrice?: number, total?: number }} Line */

/** @param {Line} line in cents */
const priceOf = ({ unitPrice, total, quantity }) =>
  unitPrice ?? (total === undefined ? undefined : Math.round(total / quantity));

/** @param {Line} line */
const itemOf = (line) => ({
  ProductCode: cut(line.productId ?? line.sku ?? line.lineId, 200),
  ...(line.sku === undefined || line.sku.length > 17 ? {} : { SKUCode: line.sku }),
  ...(line.variantId === undefined ? {} : { VariantCode: cut(line.variantId, 200) }),
  Description: cut(line.name || '-', 400),
  // Two decimals: of 345 g Tango knows 0.35 kg.
  Quantity: Math.max(0.01, Math.round(line.quantity * 100) / 100),
  UnitPrice: (priceOf(line) ?? 0) / 100,
});

/**
 * Tango adds an order up and refuses one whose total is another. Discounts, fees and what was rounded are one amount: a
 * discount, or a surcharge.
 *
 * @param {Order} given
 * @param {Settings} settings
 * @param {{ Quantity: number, UnitPrice: number }[]} items
 * @param {{ ShippingCost: number } | undefined} shipping
 */
function amounts({ id, order }, { payment }, items, shipping) {
  const goods = items.reduce(
    (sum, { Quantity, UnitPrice }) => sum + Quantity * Math.round(UnitPrice * 100),
    0,
  );
  const sum = Math.round(goods) + Math.round((shipping?.ShippingCost ?? 0) * 100);
  const total = order?.totals?.total ?? sum;
  const paid = order?.payment?.status === 'paid';
  return {
    Total: total / 100,
    ...(total < sum ? { TotalDiscount: (sum - total) / 100 } : {}),
    ...(total > sum ? { FinancialSurcharge: (total - sum) / 100 } : {}),
    // Grams times cents have more decimals than a total may have.
    ...(Number.isInteger(goods) ? {} : { ValidateTotalWithItems: false }),
    ...(paid && total > 0
      ? {
          PaidTotal: total / 100,
          CashPayments: [
            { PaymentID: numberFrom(`${id}/payment`, 15), PaymentMethod: payment, PaymentTotal: total / 100 },
          ],
        }
      : { AgreedWithSeller: true }),
  };
}

/** @param {Order} given @param {Settings} settings */
function customerOf({ id, personal = {} }, settings) {
  const document = String(personal.documentId ?? '').replace(/\D/g, '');
  const words = String(personal.name ?? '')
    .trim()
    .split(/\s+/);
  const address = personal.billing?.address ?? personal.shippingAddress ?? {};
  const email = personal.email ?? settings.email;
  const last = words.length > 1 ? words.pop() : '';
  return {
    // Tango itself finds a customer by document and e-mail, not by this.
    CustomerID: numberFrom(personal.customerId ?? (document || personal.email || id), 10),
    DocumentType: document.length === 11 ? '80' : '96',
    ...(document === '' ? {} : { DocumentNumber: cut(document, 20) }),
    IVACategoryCode: 'CF',
    User: cut(personal.email ?? personal.customerId ?? id, 200),
    Email: cut(email, 255),
    FirstName: cut(words.join(' ') || '-', 200),
    LastName: cut(last ?? '', 200),
    ...(personal.billing?.businessName === undefined
      ? {}
      : { BusinessName: cut(personal.billing.businessName, 200) }),
    ...placeOf(address, settings),
    ...(personal.phone === undefined ? {} : { PhoneNumber1: cut(personal.phone, 30) }),
  };
}

/** @param {Order} given @param {Settings} settings */
function shippingOf({ id, order, personal = {} }, settings) {
  const address = personal.shippingAddress;
  if (order?.fulfilment?.kind !== 'delivery' || address === undefined) return undefined;
  const phone = personal.recipient?.phone ?? personal.phone;
  return {
    ShippingID: numberFrom(id, 15),
    ShippingCost: (order.totals?.shipping ?? 0) / 100,
    ...placeOf(address, settings),
    ...(phone === undefined ? {} : { PhoneNumber1: cut(phone, 30) }),
  };
}

/** @param {Record<string, string | undefined>} address @param {Settings} settings */
function placeOf({ street, number, floor, city, locality, province, postalCode }, settings) {
  return {
    ...(street === undefined ? {} : { Street: cut(street, 200) }),
    ...(number === undefined ? {} : { HouseNumber: cut(number, 200) }),
    ...(floor === undefined ? {} : { Floor: cut(floor, 200) }),
    ...((city ?? locality) === undefined ? {} : { City: cut(city ?? locality ?? '', 200) }),
    ...(postalCode === undefined ? {} : { PostalCode: cut(postalCode, 8) }),
    ProvinceCode: PROVINCES.get(plain(province ?? '')) ?? settings.province,
  };
}

/** Codes of the tax authority, as Tango lists them; with the names that buyers type. */
const PROVINCES = new Map(
  Object.entries({
    0: 'ciudad autonoma de buenos aires,ciudad autonoma buenos aires,capital federal,caba',
    1: 'buenos aires,gran buenos aires,provincia de buenos aires',
    2: 'catamarca',
    3: 'cordoba',
    4: 'corrientes',
    5: 'entre rios',
    6: 'jujuy',
    7: 'mendoza',
    8: 'la rioja',
    9: 'salta',
    10: 'san juan',
    11: 'san luis',
    12: 'santa fe',
    13: 'santiago del estero',
    14: 'tucuman',
    16: 'chaco',
    17: 'chubut',
    18: 'formosa',
    19: 'misiones',
    20: 'neuquen',
    21: 'la pampa',
    22: 'rio negro',
    23: 'santa cruz',
    24: 'tierra del fuego',
  }).flatMap(([code, names]) => names.split(',').map((name) => /** @type {const} */ ([name, code]))),
);

/** Without accents and capitals. @param {string} text */
const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').trim().toLowerCase();

/** @param {string} text @param {number} most letters */
const cut = (text, most) => String(text).trim().slice(0, most);

/** @param {number} ms */
const localTime = (ms) => new Date(ms + ARGENTINA_MS).toISOString().slice(0, 19);

/** A whole number above 0 that is the same each time. @param {string} text @param {number} digits */
export const numberFrom = (text, digits) =>
  /^[1-9]\d*$/.test(text) && text.length <= digits
    ? Number(text)
    : 1 +
      Number(
        BigInt(`0x${createHash('sha256').update(text).digest('hex').slice(0, 24)}`) %
          (10n ** BigInt(digits) - 1n),
      );
