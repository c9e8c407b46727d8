import { isObject } from '../../domain/json-object.ts';
import { type DecimalStyle, formatMoney } from '../../domain/money.ts';
import type { Normalised, Order, OrderLine, OrderStatus } from '../../domain/order.ts';
import { describe } from '../reading/issue-texts.ts';
import {
  type Amounts,
  boundedQuantity,
  checkOrder,
  createAmounts,
  omitUndefined,
  omitUndefinedOrNothing,
  readTolerantly,
} from '../reading/tolerant-reader.ts';
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
import { COUNTRIES, type ImotrizStore } from './settings.ts';

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
  const reading = readTolerantly(imotrizRecordSchema, record, isRequired);
  if (!reading.ok) return refuse(reading.problem);
  const orderAmounts = imotrizOrderAmounts.safeParse(reading.value.order);
  if (!orderAmounts.success)
    return refuse(`order.${describe(orderAmounts.error.issues, imotrizOrderAmounts)}`);

  const { currency, decimals } = COUNTRIES[settings.country];
  const amounts = createAmounts(currency, decimals);
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
  return { ...checked, ...(personal === undefined ? { omitted: ['personal'] } : {}) };
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

type FulfilmentStatus = Order['fulfilment']['status'];

/**
 * Words for where a sale stands. iMotriz publishes none; its panel has seven stages, of which the first is "Pedido" (user
 * guide, sales). The rest is what sellers' systems in its countries call such stages: an assumption.
 */
const STATUSES: readonly (readonly [words: RegExp, order: OrderStatus, fulfilment: FulfilmentStatus])[] = [
  // What undoes a sale comes first: "no entregado" is not delivered.
  [
    /cancel|anulad|rechaz|declin|expir|vencid|caducad|devuel|devoluc|reembols|fallid|abandon|^no (acept|aprob|complet|concret|entreg|recib|realiz)|sin entregar|void|reject|refund|return|fail/,
    'cancelled',
    'unknown',
  ],
  [/^entregad[oa]|^recibid[oa] por|^delivered/, 'delivered', 'delivered'],
  [/^(finalizad|cerrad|completad|terminad)[oa]|^(closed|completed)/, 'closed', 'delivered'],
  [
    /^(despachad|enviad)[oa]|^en (camino|transito|reparto|ruta)|^(dispatched|shipped)/,
    'dispatched',
    'dispatched',
  ],
  [/^(empacad|empaquetad|embalad)[oa]|^(packed)/, 'ready', 'packed'],
  [/^list[oa]\b|^por (despachar|recoger)|^ready/, 'ready', 'ready_for_pickup'],
  [
    /^(confirmad|aprobad|aceptad|pagad|facturad|procesad)[oa]|^(en (preparacion|proceso|alistamiento))|^(preparando|alistando)|^(confirmed|approved|processing|paid)/,
    'confirmed',
    'unpacked',
  ],
  [/^(pedido|nuev[oa]|recibid[oa]|registrad[oa]|pendiente|new|received|pending)\b/, 'received', 'unpacked'],
];

export interface StatusReading {
  order: OrderStatus;
  fulfilment: FulfilmentStatus;
  countsAsSale: boolean;
  /** The platform's own word; empty where it says none. */
  word: string;
}

/** Names under which a sale may say where it stands; iMotriz publishes none. */
const STATUS_KEYS = ['status', 'estado', 'state', 'etapa', 'stage'] as const;

/** What a sale says of where it stands: the first of the keys that says something, and of an object its name. */
function statusIn(order: Record<string, unknown>): unknown {
  const said = STATUS_KEYS.map((key) => order[key]).find((value) => !isNothing(value));
  if (!isObject(said)) return said;
  return ['nombre', 'name', 'descripcion', ...STATUS_KEYS].map((key) => said[key]).find(isText) ?? said;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  (typeof value === 'string' && value.trim() === '') ||
  (typeof value === 'object' && Object.keys(value).length === 0);

/**
 * Our statuses for a sale's own word. What says nothing is a new sale, because new sales are what is handed out; what says
 * something that is not known is `unknown` and not counted as a sale until the platform says more.
 */
export function readStatus(said: unknown): StatusReading {
  const word = typeof said === 'string' || typeof said === 'number' ? String(said).trim() : '';
  if (isNothing(said)) return { order: 'received', fulfilment: 'unknown', countsAsSale: true, word };
  const plain = word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const known = STATUSES.find(([words]) => words.test(plain));
  const [, order, fulfilment] = known ?? ([undefined, 'unknown', 'unknown'] as const);
  return { order, fulfilment, countsAsSale: order !== 'unknown' && order !== 'cancelled', word };
}
