import type { DecimalStyle } from '../../domain/money.ts';
import { type Normalised, type Order, type OrderLine, orderSchema } from '../../domain/order.ts';
import {
  type Amounts,
  createAmounts,
  describe,
  omitUndefined,
  omitUndefinedOrNothing,
  readTolerantly,
  shorten,
} from '../reading/tolerant-reader.ts';
import type { PageRecord } from './page.ts';
import {
  type ImotrizBuyer,
  type ImotrizProduct,
  imotrizOrderAmounts,
  imotrizRecordSchema,
  isRequired,
  readOrderId,
  syntheticId,
} from './page.ts';
import { COUNTRIES, type ImotrizStore } from './settings.ts';

const LARGEST_QUANTITY = 1_000_000_000;

/**
 * Makes the normalised order of one record of a page, or of the single-order answer.
 *
 * Nothing says where an order stands or whether it is paid, so it is `received` and its payment `unknown`. A line's total
 * is `unit_price` × `quantity`; when the lines do not sum up to `order.total` that is a warning, never a refusal. A record
 * without an id is refused as `missing-id` with a synthetic id to keep it under. Never throws, whatever the record.
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
  const reading = readTolerantly(imotrizRecordSchema, record, isRequired);
  if (!reading.ok) return refuse(reading.problem);
  const orderAmounts = imotrizOrderAmounts.safeParse(reading.value.order);
  if (!orderAmounts.success) return refuse(`order.${describe(orderAmounts.error.issues)}`);

  const { currency, decimals } = COUNTRIES[settings.country];
  const amounts = createAmounts(currency, decimals);
  amounts.warnings.push(...reading.warnings);
  const { buyer, products, order } = reading.value;
  const lines = products.map((product, index) => readLine(product, index, settings, amounts));
  const total = amounts.read(orderAmounts.data.total, 'order.total');
  const personal = readBuyer(buyer);
  const totals = addUp(lines, total, amounts);
  if (amounts.problems.length > 0) return refuse(amounts.problems.slice(0, 5).join('; '));
  const checked = orderSchema.safeParse({
    platform: 'imotriz',
    storeId,
    platformOrderId,
    status: 'received',
    payment: { status: 'unknown' },
    fulfilment: { status: 'unknown', kind: 'unknown', by: 'unknown', parcels: [] },
    platformStatus: { status: typeof order.status === 'string' ? order.status : '' },
    countsAsSale: true,
    currency,
    totals,
    lines,
    warnings: shorten(amounts.warnings),
    personal: personal ?? {},
  } satisfies Order);
  if (!checked.success) return refuse(describe(checked.error.issues));
  return { ok: true, order: checked.data, ...(personal === undefined ? { omitted: ['personal'] } : {}) };
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
  if (unitPrice === undefined) amounts.warnings.push(`${at}.unit_price is missing, 0 assumed`);
  const quantity = readQuantity(product.quantity, COUNTRIES[settings.country].decimals);
  if (quantity === undefined) amounts.warnings.push(`${at}.quantity is missing, 1 assumed`);
  if (Number.isNaN(quantity))
    amounts.problems.push(`${at}.quantity is not a number that can be read one way only`);
  const count = quantity === undefined ? 1 : Number.isNaN(quantity) ? 0 : quantity;
  return omitUndefined({
    lineId: `line-${index + 1}`,
    sku: product.code?.trim() || undefined,
    name: product.name ?? product.code ?? '',
    quantity: count,
    unit: 'unit' as const,
    unitPrice: unitPrice ?? 0,
    total: amounts.times(unitPrice ?? 0, count),
  });
}

/**
 * A quantity from a number or a text in the country's style. Undefined when there is none, NaN when it cannot be read or
 * can be read in two ways: `2.000` is two thousand to one program and two to another, and a guess ships the wrong goods.
 */
function readQuantity(value: string | number | null | undefined, style: DecimalStyle): number | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  const quantity = typeof value === 'number' ? value : quantityIn(value.trim(), style);
  return quantity >= 0 && quantity <= LARGEST_QUANTITY ? quantity : Number.NaN;
}

function quantityIn(text: string, style: DecimalStyle): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  const decimalComma = style === 'comma' ? /^\d{1,10},\d{1,6}$/ : undefined;
  if (decimalComma?.test(text)) return Number(text.replace(',', '.'));
  // Exactly three digits behind the point look like thousands where the comma is the decimal sign.
  const decimalPoint = style === 'comma' ? /^\d{1,10}\.(\d{1,2}|\d{4,6})$/ : /^\d{1,10}\.\d{1,6}$/;
  return decimalPoint.test(text) ? Number(text) : Number.NaN;
}

function addUp(lines: readonly OrderLine[], stated: number | undefined, amounts: Amounts): Order['totals'] {
  const goods = lines.reduce((sum, { total }) => sum + total, 0);
  const total = stated ?? goods;
  if (stated === undefined) amounts.warnings.push('order.total is missing, the sum of the lines was taken');
  else if (Math.abs(stated - goods) > amounts.tolerance()) {
    amounts.warnings.push('order.total is not the sum of unit_price × quantity');
    // How the one known client reads the field; if these orders pile up, it was right and we were not.
    const asLineTotals = lines.reduce((sum, { unitPrice }) => sum + unitPrice, 0);
    if (asLineTotals === stated) amounts.warnings.push('unit_price may be the total of its line');
  }
  return { goods, discount: 0, shipping: 0, fees: 0, tax: 0, total };
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
