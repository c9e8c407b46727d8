import { type DecimalStyle, formatMoney } from '../../domain/money.ts';
import type { Normalised, Order, OrderLine } from '../../domain/order.ts';
import { type Amounts, boundedQuantity, withAmounts } from '../reading/amounts.ts';
import { describe } from '../reading/issue-texts.ts';
import {
  checkOrder,
  omitUndefined,
  omitUndefinedOrNothing,
  readTolerantly,
} from '../reading/tolerant-reader.ts';
import { COUNTRIES } from './countries.ts';
import {
  type ImotrizBuyer,
  type ImotrizProduct,
  imotrizOrderAmounts,
  imotrizRecordSchema,
  isRequired,
  type PageRecord,
  readOrderId,
  syntheticId,
} from './page.ts';
import type { ImotrizStore } from './settings.ts';
import { readStatus, statusIn } from './statuses.ts';

/**
 * Makes the normalised order of one record of a page, or of the single-order answer.
 *
 * Nothing says whether an order is paid, so its payment is `unknown`. A line's total is `unit_price` × `quantity`; when the
 * lines do not sum up to `order.total` that is a warning, never a refusal. What was not said is absent. A record without an
 * id is refused as `missing-id` with a synthetic id to keep it under. Never throws, whatever the record.
 */
export function normaliseImotrizOrder(record: unknown, settings: ImotrizStore): Normalised {
  const { storeId } = settings;
  const id = readOrderId(record, settings.idKeys);
  const platformOrderId = id ?? syntheticId(record);
  const refuse = (problem: string): Normalised => ({
    ok: false,
    reason: id === undefined ? 'missing-id' : 'schema-mismatch',
    problem,
    storeId,
    platformOrderId,
  });
  if (id === undefined) return refuse(`the record has none of ${settings.idKeys.join(', ')}`);
  const reading = readTolerantly(imotrizRecordSchema(), record, isRequired);
  if (!reading.ok) return refuse(reading.problem);
  const orderAmounts = imotrizOrderAmounts().safeParse(reading.value.order);
  if (!orderAmounts.success)
    return refuse(`order.${describe(orderAmounts.error.issues, imotrizOrderAmounts())}`);

  const { currency, decimals } = COUNTRIES[settings.country];
  return withAmounts(currency, decimals, (amounts) => {
    amounts.warnings.push(...reading.warnings);
    const { buyer, products, order } = reading.value;
    const lines = products.map((product, index) => readLine(product, index, settings, amounts));
    const total = amounts.read(orderAmounts.data.total, 'order.total');
    const personal = readBuyer(buyer);
    const status = readStatus(statusIn(order));
    const totals = addUp(lines, total, currency, amounts);
    if (amounts.problems.length > 0) return refuse(amounts.problems.slice(0, 5).join('; '));
    const checked = checkOrder({
      platform: 'imotriz',
      storeId,
      platformOrderId,
      status: status.order,
      payment: { status: 'unknown' },
      fulfilment: { status: status.fulfilment, kind: 'unknown', by: 'unknown', parcels: [] },
      platformStatus: { status: status.word },
      countsAsSale: status.countsAsSale,
      currency,
      totals,
      lines,
      warnings: amounts.warnings,
      personal: personal ?? {},
    });
    if (!checked.ok) return refuse(checked.problem);
    return { ...checked, ...(personal === undefined ? { omitted: ['personal' as const] } : {}) };
  });
}

/** The same for a record as {@link readPage} gives it, also one that could not be parsed. */
export function normalisePageRecord(record: PageRecord, settings: ImotrizStore): Normalised {
  if (record.ok) return normaliseImotrizOrder(record.json, settings);
  const platformOrderId = syntheticId(record.raw);
  return {
    ok: false,
    reason: 'missing-id',
    problem: record.problem,
    storeId: settings.storeId,
    platformOrderId,
  };
}

function readLine(
  product: ImotrizProduct,
  index: number,
  settings: ImotrizStore,
  amounts: Amounts,
): OrderLine {
  const at = `products[${index}]`;
  const unitPrice = amounts.read(product.unit_price, `${at}.unit_price`);
  if (unitPrice === undefined) amounts.warnings.push(`${at}.unit_price is missing`);
  const quantity = readQuantity(product.quantity, COUNTRIES[settings.country].decimals);
  if (quantity === undefined) amounts.warnings.push(`${at}.quantity is missing, 1 assumed`);
  if (quantity === 'unreadable')
    amounts.problems.push(`${at}.quantity is not a quantity that can be read one way only`);
  const count = quantity === 'unreadable' ? 0 : (quantity ?? 1);
  return omitUndefined({
    lineId: `line-${index + 1}`,
    sku: product.code?.trim() || undefined,
    name: product.name ?? product.code ?? '',
    quantity: count,
    unit: 'unit' as const,
    listPrice: amounts.readOptional(product.unit_price_before, `${at}.unit_price_before`),
    unitPrice,
    total: unitPrice === undefined ? undefined : amounts.times(unitPrice, count),
  });
}

/**
 * A quantity from a number or a text in the country's style. Undefined when there is none, `unreadable` when it is out of
 * bounds or can be read in two ways: `2.000` is two thousand to one program and two to another, and a guess ships the wrong
 * goods.
 */
function readQuantity(
  value: string | number | null | undefined,
  style: DecimalStyle,
): number | 'unreadable' | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string' && value.trim() === '') return undefined;
  return boundedQuantity(typeof value === 'number' ? value : quantityIn(value.trim(), style)) ?? 'unreadable';
}

function quantityIn(text: string, style: DecimalStyle): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  const decimalComma = style === 'comma' ? /^\d{1,10},\d{1,6}$/ : undefined;
  if (decimalComma?.test(text)) return Number(text.replace(',', '.'));
  // Exactly three digits behind the point look like thousands where the comma is the decimal sign.
  const decimalPoint = style === 'comma' ? /^\d{1,10}\.(\d{1,2}|\d{4,6})$/ : /^\d{1,10}\.\d{1,6}$/;
  return decimalPoint.test(text) ? Number(text) : Number.NaN;
}

function addUp(
  lines: readonly OrderLine[],
  stated: number | undefined,
  currency: string,
  amounts: Amounts,
): Order['totals'] {
  const goods = sumOf(lines.map(({ total }) => total));
  if (stated === undefined) {
    amounts.warnings.push(
      goods === undefined
        ? 'order.total is missing'
        : 'order.total is missing, the sum of the lines was taken',
    );
    return omitUndefined({ goods, total: goods });
  }
  if (goods !== undefined && Math.abs(stated - goods) > amounts.tolerance()) {
    const by = formatMoney(Math.abs(stated - goods), currency);
    const how = stated > goods ? 'more' : 'less';
    amounts.warnings.push(`order.total is not the sum of unit_price × quantity but ${by} ${how}`);
    // How the one known client reads the field; if these orders pile up, it was right and we were not.
    if (sumOf(lines.map(({ unitPrice }) => unitPrice)) === stated)
      amounts.warnings.push('unit_price may be the total of its line');
  }
  return omitUndefined({ goods, total: stated });
}

/** Undefined where there is nothing to add up, or a part of it was not said. */
function sumOf(amounts: readonly (number | undefined)[]): number | undefined {
  const said = amounts.filter((amount) => amount !== undefined);
  if (said.length === 0 || said.length < amounts.length) return undefined;
  return said.reduce((sum, amount) => sum + amount, 0);
}

function readBuyer(buyer: ImotrizBuyer | null | undefined): Order['personal'] | undefined {
  if (!buyer) return undefined;
  const clean = (text: string | null | undefined) => text?.trim() || undefined;
  return omitUndefinedOrNothing({
    name: clean(buyer.name),
    email: clean(buyer.email),
    phone: clean(buyer.mobile),
    shippingAddress: omitUndefinedOrNothing({ street: clean(buyer.address), city: clean(buyer.city) }),
  });
}
