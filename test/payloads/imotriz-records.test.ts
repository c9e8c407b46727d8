import { describe, expect, it } from 'vitest';
import type { Order } from '../../functions/domain/order.ts';
import { parseJson } from '../../functions/http/answer.ts';
import { normaliseImotrizOrder } from '../../functions/platforms/imotriz/normalise.ts';
import { readPage } from '../../functions/platforms/imotriz/page.ts';
import { settingsOf } from '../platforms/imotriz/harness.ts';
import { expectAt } from './cases.ts';
import { itReads, type Json, type Warnings } from './variations.ts';

const BUYER = {
  name: 'Compradora Ficticia',
  email: 'c@example.com',
  mobile: '3000000000',
  address: 'Calle 1',
  city: 'Bogotá',
};
const PRODUCT = { code: 'R-1', name: 'Repuesto', quantity: 2, unit_price: '12.500,00' };
const record = (order: Json = {}, products: unknown = [PRODUCT], buyer: unknown = BUYER): Json => ({
  order: { id: 77, total: '25.000,00', ...order },
  products,
  buyer,
});
const read = (json: unknown, country = 'co') =>
  normaliseImotrizOrder(parseJson(JSON.stringify(json)), settingsOf({ country }));
const orderOf = (json: unknown, country = 'co'): Order => {
  const result = read(json, country);
  if (!result.ok) throw new Error(result.problem);
  return result.order;
};

/** An order of one product of an amount. */
const costing = (amount: unknown): Json =>
  record({ total: amount }, [{ ...PRODUCT, quantity: 1, unit_price: amount }]);

describe('amounts of a seller, by country', () => {
  const amounts: readonly (readonly [string, unknown, string, number, Warnings?])[] = [
    ['co', '12.500,00', 'COP', 1_250_000, 'none'],
    ['co', '12.500', 'COP', 1_250_000, /thousandfold/],
    ['co', '$ 12.500,00', 'COP', 1_250_000, 'none'],
    ['co', '1.012.500', 'COP', 101_250_000, 'none'],
    ['co', 12_500, 'COP', 1_250_000, 'none'],
    ['co', '12500', 'COP', 1_250_000, 'none'],
    ['co', '12,500.00', 'COP', 1_250_000, 'none'],
    ['mx', '1,250.50', 'MXN', 125_050, 'none'],
    ['mx', '1.250,50', 'MXN', 125_050, 'none'],
    ['mx', '1,250', 'MXN', 125_000, /thousandfold/],
    ['ec', '1.250,50', 'USD', 125_050, 'none'],
    ['ec', 'US$ 12,50', 'USD', 1250, 'none'],
    ['cr', '₡12.500,00', 'CRC', 1_250_000, 'none'],
    ['co', 0, 'COP', 0, 'none'],
  ];
  itReads(
    ({ country, json }) => orderOf(json, String(country)),
    amounts.map(([country, amount, currency, minor, warnings]) => [
      `${country}: ${JSON.stringify(amount)}`,
      { country, json: costing(amount) },
      { currency, totals: { total: minor, goods: minor }, lines: { 0: { unitPrice: minor } } },
      warnings,
    ]),
  );

  it.each([
    ['no total', { total: null }, 2_500_000],
    ['an empty total', { total: ' ' }, 2_500_000],
    ['a total that is not the sum', { total: '30.000,00' }, 3_000_000],
  ])('%s is told of', (_, order, minor) => {
    const { totals, warnings } = orderOf(record(order));

    expect(totals.total).toBe(minor);
    expect(warnings).toHaveLength(1);
  });
});

describe('a record of a seller', () => {
  it.each<readonly [string, Json, Json]>([
    ['with one product alone', record({}, PRODUCT), { lines: { 0: { sku: 'R-1' } } }],
    [
      'with products by number',
      record({}, { '0': PRODUCT, '4': { ...PRODUCT, code: 'R-2' } }),
      { lines: { 1: { sku: 'R-2' } } },
    ],
    [
      'with products by name',
      record({}, { a: PRODUCT, b: { ...PRODUCT, code: 'R-2' } }),
      { lines: { 1: { sku: 'R-2' } } },
    ],
    [
      'with products that are an empty object',
      record({}, {}),
      { lines: [], totals: { total: 2_500_000, goods: null } },
    ],
    ['with a buyer in a list', record({}, [PRODUCT], [BUYER]), { personal: { name: 'Compradora Ficticia' } }],
    [
      'with a city that is an object',
      record({}, [PRODUCT], { ...BUYER, city: { id: 1, nombre: 'Cali' } }),
      { personal: { shippingAddress: { city: 'Cali' } } },
    ],
    ['without a buyer', record({}, [PRODUCT], null), { personal: { name: null } }],
    ['with a buyer that is an empty list', record({}, [PRODUCT], []), { personal: { name: null } }],
    [
      'with a quantity in text',
      record({}, [{ ...PRODUCT, quantity: '2,0' }]),
      { lines: { 0: { quantity: 2 } } },
    ],
    [
      'with a quantity that was not said',
      record({}, [{ ...PRODUCT, quantity: '' }]),
      { lines: { 0: { quantity: 1 } } },
    ],
    [
      'with the price before',
      record({}, [{ ...PRODUCT, unit_price_before: '15.000,00' }]),
      { lines: { 0: { listPrice: 1_500_000 } } },
    ],
    ['with a code that is a number', record({}, [{ ...PRODUCT, code: 5 }]), { lines: { 0: { sku: '5' } } }],
    [
      'with emoji and a flag',
      record({}, [{ ...PRODUCT, name: 'Moto 🏍️ 🇨🇴' }]),
      { lines: { 0: { name: 'Moto 🏍️ 🇨🇴' } } },
    ],
    [
      'with an id beyond 2^53',
      JSON.parse('{"order":{"id":"9007199254740993","total":0},"products":[],"buyer":{}}') as Json,
      { platformOrderId: '9007199254740993' },
    ],
  ])('%s', (_, json, expected) => {
    expectAt(orderOf(json), expected);
  });

  it.each([
    ['below zero', -1],
    ['beyond a billion', 1e12],
    ['two thousand or two', '2.000'],
    ['words', 'dos'],
    ['a truth value', true],
    ['a list', [2]],
  ])('with a quantity that is none needs review, which names it: %s', (_, quantity) => {
    const result = read(record({}, [{ ...PRODUCT, quantity }]));

    expect(result).toMatchObject({ ok: false, platformOrderId: '77' });
    expect(!result.ok && result.problem).toContain('quantity');
  });
});

describe('the stage of a sale', () => {
  it.each<readonly [string, string, boolean]>([
    ['Pedido', 'received', true],
    ['Pedido nuevo', 'received', true],
    ['Pedido realizado', 'received', true],
    ['Pedido confirmado', 'confirmed', true],
    ['PEDIDO_ENVIADO', 'dispatched', true],
    ['Pedido en camino', 'dispatched', true],
    ['Pedido listo para recoger', 'ready', true],
    ['Pedido entregado', 'delivered', true],
    ['Entregado', 'delivered', true],
    ['Entregado a la transportadora', 'dispatched', true],
    ['Recibido por transportadora', 'dispatched', true],
    ['Recibido por el cliente', 'delivered', true],
    ['En preparación', 'confirmed', true],
    ['Facturado', 'confirmed', true],
    ['Finalizada', 'closed', true],
    ['Pedido cancelado', 'cancelled', false],
    ['ANULADA', 'cancelled', false],
    ['Pago rechazado', 'cancelled', false],
    ['Vencido', 'cancelled', false],
    ['Devuelto por el cliente', 'cancelled', false],
    ['Reembolsado', 'cancelled', false],
    ['Pago revertido', 'unknown', false],
    ['Reversado', 'cancelled', false],
    ['No entregado', 'cancelled', false],
    ['Pedido no entregado', 'cancelled', false],
    ['Cerrado sin venta', 'cancelled', false],
    ['Solicitud de cancelación', 'unknown', false],
    ['Devolución solicitada', 'unknown', false],
    ['Pendiente de devolución', 'unknown', false],
    ['Entregado parcialmente', 'unknown', false],
    ['No cancelado', 'unknown', false],
    ['Pedido por confirmar', 'unknown', false],
    ['Jalisco', 'unknown', false],
    ['3', 'unknown', false],
  ])('%s', (status, own, sale) => {
    const order = orderOf(record({ status }));

    expect([order.status, order.countsAsSale, order.platformStatus.status]).toEqual([own, sale, status]);
  });
});

it('a stage of half a million letters is read in no time', () => {
  const begun = performance.now();

  const { status } = orderOf(record({ status: 'cancel'.repeat(100_000) }));

  expect(status).toBe('cancelled');
  expect(performance.now() - begun).toBeLessThan(1000);
});

describe('a page with nothing in it', () => {
  it.each([
    'null',
    '{}',
    '""',
    ' [ ] ',
    '{"data":null}',
    '{"data":{}}',
    '{"data":[],"message":"sin pedidos"}',
    '{"data":[],"metadata":[]}',
    '\ufeff{"data":[]}',
  ])('is no failure: %s', (text) => {
    expect(readPage(Buffer.from(text))).toMatchObject({ ok: true, records: [] });
  });

  it.each(['{"message":"error"}', '{"error":null}', '5', '"x"', 'true', '{"data":5}'])(
    'is told from one that may hold something: %s',
    (text) => {
      expect(readPage(Buffer.from(text))).toMatchObject({ ok: false, reason: 'broken-envelope' });
    },
  );
});
