import type { SeededRandom } from '../shared/seeded-random.ts';
import { COUNTRIES, type ImotrizCountry } from './countries.ts';
import { type MoneyStyle, writeAmount } from './money-style.ts';

/** One product line; prices in hundredths of the currency. */
export interface SaleLine {
  code: string;
  name: string;
  quantity: number;
  priceBefore: number;
  price: number;
}

/** The person who buys; obviously made up. */
export interface Buyer {
  name: string;
  email: string;
  mobile: string;
  address: string;
  city: string;
}

/** Ways in which a record can be odd. */
export type Oddity =
  | 'no-id'
  | 'null-id'
  | 'no-products'
  | 'null-buyer'
  | 'wrong-total'
  | 'strange-types'
  | 'unknown-fields'
  | 'no-total'
  | 'empty-amounts'
  | 'letters'
  | 'large'
  | 'not-an-object';

/** A sale as the platform keeps it. */
export interface Sale {
  id: number;
  createdAt: number;
  /** The stage in the seller's panel. */
  stage: string;
  paid: boolean;
  note: string;
  lines: SaleLine[];
  buyer: Buyer;
  moneyStyle: MoneyStyle;
  oddity: Oddity | undefined;
  synchronised: boolean;
}

const PARTS: readonly (readonly [string, number])[] = [
  ['Filtro de aceite de prueba', 6.5],
  ['Pastillas de freno de prueba', 22.4],
  ['Batería 12 V de prueba', 85],
  ['Bujía de prueba', 3.25],
  ['Aceite 10W-30 de prueba, 1 gl', 31.9],
  ['Llanta 90/90-17 de prueba', 44],
  ['Espejo retrovisor "universal"', 9.99],
  ['Kit de arrastre de prueba', 57.35],
];

const NAMES = ['Andrea', 'Camilo', 'Daniela', 'Esteban', 'Lucía', 'Mateo', 'Paula', 'Sergio'];

/** Generates a sale: one to four lines, some of them reduced. */
export function generateSale(
  id: number,
  now: number,
  country: ImotrizCountry,
  moneyStyle: MoneyStyle,
  random: SeededRandom,
): Sale {
  return {
    id,
    createdAt: now,
    stage: 'Pedido',
    paid: false,
    note: '',
    lines: Array.from({ length: random.int(1, 4) }, () => generateLine(country, random)),
    buyer: generateBuyer(country, random),
    moneyStyle,
    oddity: undefined,
    synchronised: false,
  };
}

/** Generates a product line at the prices of a country. */
export function generateLine(country: ImotrizCountry, random: SeededRandom): SaleLine {
  const { priceFactor, withDecimals } = COUNTRIES[country];
  const [name, dollars] = random.pick(PARTS);
  const whole = Math.ceil(dollars * priceFactor) * 100;
  const priceBefore = whole + (random.chance(withDecimals) ? random.pick([25, 50, 99]) : 0);
  const price = random.chance(0.25) ? Math.floor(priceBefore * 0.009) * 100 : priceBefore;
  return {
    code: `REF-${random.digits(5)}`,
    name,
    quantity: random.int(1, 3),
    priceBefore,
    price: price === 0 ? priceBefore : price,
  };
}

/** Generates a street address. */
export function generateAddress(random: SeededRandom): string {
  return `Calle Inventada ${random.int(1, 99)} # ${random.int(1, 99)}-${random.int(1, 99)}`;
}

function generateBuyer(country: ImotrizCountry, random: SeededRandom): Buyer {
  const { city, mobilePrefix } = COUNTRIES[country];
  const name = random.pick(NAMES);
  const plain = name.normalize('NFD').replaceAll(/[^a-z]/gi, '');
  return {
    name: `${name} Inventado`,
    email: `${plain.toLowerCase()}.${random.digits(4)}@example.com`,
    mobile: `${mobilePrefix}000${random.digits(7)}`,
    address: generateAddress(random),
    city,
  };
}

/**
 * The record that the API gives for a sale.
 *
 * Known are the three parts and the fields that one client reads: `order.total`, every field of products and buyer.
 * The id's key is configured; `date`, `status`, `paid` and `note` are assumptions, because no answer is published.
 */
export function recordOf(sale: Sale, country: ImotrizCountry, idKey: string): object {
  const amount = (hundredths: number) => writeAmount(hundredths, sale.moneyStyle, country);
  const total = sale.lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
  const record = {
    order: {
      [idKey]: sale.id,
      total: amount(total),
      date: new Date(sale.createdAt).toISOString().slice(0, 19).replace('T', ' '),
      status: sale.stage,
      paid: sale.paid,
      note: sale.note,
    } as Record<string, unknown>,
    products: sale.lines.map(
      (line): Record<string, unknown> => ({
        code: line.code,
        name: line.name,
        quantity: sale.moneyStyle === 'number' ? line.quantity : String(line.quantity),
        unit_price_before: amount(line.priceBefore),
        unit_price: amount(line.price),
      }),
    ),
    buyer: { ...sale.buyer },
  };
  return sale.oddity === undefined ? record : spoil(record, sale.oddity, idKey, amount(total + 100));
}

/** What a store's orders may be without anybody having to look at them. */
export const READABLE_ODDITIES: readonly Oddity[] = [
  'no-products',
  'null-buyer',
  'wrong-total',
  'strange-types',
  'unknown-fields',
  'no-total',
  'empty-amounts',
  'letters',
  'large',
];

/** An emoji of several code points, a right-to-left mark, a noncharacter, combining accents, a letter beyond the first plane. */
const LETTERS = '👩‍👧‍👦 \u202Eadreuqzi\u202C a\uFFFEb Bogota\u0301 𠮷野家 "comillas"';
const LINES_OF_A_LARGE_ORDER = 120;

interface PlainRecord {
  order: Record<string, unknown>;
  products: Record<string, unknown>[];
  buyer: object;
}

function spoil(record: PlainRecord, oddity: Oddity, idKey: string, wrongTotal: number | string): object {
  const { order, products, buyer } = record;
  const { [idKey]: _, ...orderWithoutId } = order;
  switch (oddity) {
    case 'no-id':
      return { order: orderWithoutId, products, buyer };
    case 'null-id':
      return { order: { ...order, [idKey]: null }, products, buyer };
    case 'no-products':
      return { order, products: [], buyer };
    case 'null-buyer':
      return { order, products, buyer: null };
    case 'wrong-total':
      return { order: { ...order, total: wrongTotal }, products, buyer };
    case 'strange-types':
      return { order, products: products.map((p) => ({ ...p, code: 12345, name: null })), buyer: [] };
    case 'unknown-fields':
      return { order: { ...order, ciudad_envio: { codigo: 7 } }, products, buyer, extras: [1, 'dos', null] };
    case 'no-total': {
      const { total: __, ...rest } = order;
      return { order: rest, products, buyer };
    }
    case 'empty-amounts':
      return {
        order: { ...order, total: '' },
        products: products.map((p) => ({ ...p, unit_price_before: '' })),
        buyer,
      };
    case 'letters':
      return {
        order: { ...order, note: LETTERS },
        products: products.map((p) => ({ ...p, name: LETTERS })),
        buyer: { ...buyer, name: LETTERS },
      };
    case 'large':
      return {
        order: { ...order, total: undefined },
        products: Array.from({ length: LINES_OF_A_LARGE_ORDER }, () => products[0] ?? {}),
        buyer,
      };
    case 'not-an-object':
      return [String(order[idKey]), 'sin datos'];
  }
}
