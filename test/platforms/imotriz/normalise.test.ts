import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderSchema } from '../../../functions/domain/order.ts';
import {
  normaliseImotrizOrder,
  normalisePageRecord,
} from '../../../functions/platforms/imotriz/normalise.ts';
import { readPage, syntheticId } from '../../../functions/platforms/imotriz/page.ts';
import { settingsOf } from './harness.ts';
import { bytesOf, pageOf, recordOf } from './page-builder.ts';

const settings = settingsOf();
const inCountry = (country: 'co' | 'mx' | 'ec' | 'cr') => settingsOf({ country, storeId: 's' });

function ordered(record: unknown, of = settings) {
  const read = normaliseImotrizOrder(record, of);
  if (!read.ok) throw new Error(`${read.reason}: ${read.problem}`);
  return read.order;
}

describe('an order of iMotriz', () => {
  it('becomes a normalised order', () => {
    expect(ordered(recordOf({ id: 9001 }))).toEqual({
      platform: 'imotriz',
      storeId: 'co-main',
      platformOrderId: '9001',
      status: 'received',
      payment: { status: 'unknown' },
      fulfilment: { status: 'unknown', kind: 'unknown', by: 'unknown', parcels: [] },
      platformStatus: { status: '' },
      countsAsSale: true,
      currency: 'COP',
      totals: { goods: 2500000, total: 2500000 },
      lines: [
        {
          lineId: 'line-1',
          sku: 'FIL-1',
          name: 'Filtro de aceite',
          quantity: 2,
          unit: 'unit',
          unitPrice: 1250000,
          total: 2500000,
        },
      ],
      warnings: [],
      personal: {
        name: 'Comprador Ficticio',
        email: 'comprador@example.com',
        phone: '3000000000',
        shippingAddress: { street: 'Calle 1 # 2-3', city: 'Bogot\u00e1' },
      },
    });
  });

  it.each([
    [{ id: 5, order_id: 6 }, '5'],
    [{ order_id: 'A-6', number: 7 }, 'A-6'],
    [{ id: '', transaction_id: 8 }, '8'],
    [{ id: null, number: 9 }, '9'],
    [{ id: {}, code: 'C-1' }, 'C-1'],
    [{ id: 1.5, reference: ' R-1 ' }, 'R-1'],
  ])('has the first usable id key: %j', (order, id) => {
    expect(ordered(recordOf(order)).platformOrderId).toBe(id);
  });

  it('has an id beside its order when there is none inside', () => {
    expect(ordered({ ...recordOf({}), transaction_id: 77 }).platformOrderId).toBe('77');
  });

  it('without an id is refused with a synthetic one that does not depend on the order of keys', () => {
    const { order, products, buyer } = recordOf({});

    const one = normaliseImotrizOrder({ order, products, buyer }, settings);
    const other = normaliseImotrizOrder({ buyer, products, order }, settings);

    expect(one).toMatchObject({ ok: false, reason: 'missing-id', storeId: 'co-main' });
    expect(one.ok || one.platformOrderId).toMatch(/^synthetic-[0-9a-f]{64}$/);
    expect(other).toEqual(one);
    expect(normaliseImotrizOrder({ ...recordOf({ total: 1 }) }, settings)).not.toEqual(one);
  });

  it.each([
    ['co', 'COP', '12.000,50', 1200050],
    ['co', 'COP', '12.000', 1200000],
    ['co', 'COP', '12000', 1200000],
    ['co', 'COP', '12000.50', 1200050],
    ['mx', 'MXN', '12,000.50', 1200050],
    ['mx', 'MXN', '12.5', 1250],
    ['ec', 'USD', '1.234,50', 123450],
    ['cr', 'CRC', '12.000,50', 1200050],
  ] as const)('of %s is in %s and reads %s as %i', (country, currency, total, minor) => {
    const order = ordered(recordOf({ id: 1, total }), inCountry(country));
    expect([order.currency, order.totals.total]).toEqual([currency, minor]);
  });

  it('whose total is not unit_price times quantity is kept with a warning', () => {
    const order = ordered(recordOf({ id: 1, total: 26000 }));
    expect(order.totals).toMatchObject({ goods: 2500000, total: 2600000 });
    expect(order.warnings).toEqual([
      'order.total is not the sum of unit_price \u00d7 quantity but 1000.00 more',
    ]);
  });

  it('whose total is the sum of unit prices says what that may mean', () => {
    expect(ordered(recordOf({ id: 1, total: 12500 })).warnings).toContain(
      'unit_price may be the total of its line',
    );
  });

  it.each([
    [
      'no total',
      { ...recordOf({}), order: { id: 1 } },
      'order.total is missing, the sum of the lines was taken',
    ],
    [
      'no quantity',
      { ...recordOf({ id: 1, total: 5 }), products: [{ code: 'x', unit_price: 5 }] },
      'products[0].quantity is missing, 1 assumed',
    ],
    [
      'no price',
      { ...recordOf({ id: 1, total: 0 }), products: [{ code: 'x', quantity: 1 }] },
      'products[0].unit_price is missing',
    ],
    [
      'a list as the buyer',
      { ...recordOf({ id: 1 }), buyer: [] },
      'left out: buyer: Invalid input: expected object, received array',
    ],
  ])('with %s is kept with a warning', (_, record, warning) => {
    expect(ordered(record).warnings).toContain(warning);
  });

  it.each([
    [undefined, 'received', true],
    ['', 'received', true],
    ['Pedido', 'received', true],
    ['PENDIENTE de pago', 'received', true],
    ['Confirmado', 'confirmed', true],
    ['En preparaci\u00f3n', 'confirmed', true],
    ['Listo para recoger', 'ready', true],
    ['Despachado', 'dispatched', true],
    ['En tr\u00e1nsito', 'dispatched', true],
    ['Entregado', 'delivered', true],
    ['Finalizado', 'closed', true],
    ['Cancelado', 'cancelled', false],
    ['Anulada', 'cancelled', false],
    ['Pago rechazado', 'cancelled', false],
    ['Vencido', 'cancelled', false],
    ['Devuelto', 'cancelled', false],
    ['No entregado', 'cancelled', false],
    ['Jalisco', 'unknown', false],
    [7, 'unknown', false],
    [{}, 'received', true],
  ])('at the stage %j is %s (assumed: no stage but the first is published)', (status, own, sale) => {
    const order = ordered(recordOf({ id: 1, status }));
    expect([order.status, order.countsAsSale]).toEqual([own, sale]);
    expect(order.platformStatus.status).toBe(typeof status === 'object' ? '' : String(status ?? ''));
  });

  it('has the price before a reduction as its list price', () => {
    const products = [{ code: 'x', quantity: 2, unit_price: 9000, unit_price_before: '12.500' }];
    expect(ordered({ order: { id: 1, total: '18.000,00' }, products }).lines).toMatchObject([
      { listPrice: 1250000, unitPrice: 900000, total: 1800000 },
    ]);
  });

  it('has no amounts where nobody said any, and never 0', () => {
    const record = { order: { id: 1, total: '' }, products: [{ code: 'x', quantity: 1, unit_price: '' }] };
    const order = ordered(record);
    expect(order.totals).toEqual({});
    expect(order.lines).toEqual([{ lineId: 'line-1', sku: 'x', name: 'x', quantity: 1, unit: 'unit' }]);
    expect(order.warnings).toEqual(['products[0].unit_price is missing', 'order.total is missing']);
  });

  it('says once when its amounts could be a thousandfold smaller, and not when one of them shows how it is written', () => {
    const products = [{ code: 'x', quantity: 2, unit_price: '6.000' }];
    expect(ordered({ order: { id: 1, total: '12.000' }, products }).warnings).toEqual([
      expect.stringContaining('a thousandfold smaller'),
    ]);
    expect(ordered({ order: { id: 1, total: '12.000,00' }, products }).warnings).toEqual([]);
  });

  it.each([1e16, 1e200, 1e-200, -1])(
    'of quantity %d is refused, and the reason names the field',
    (quantity) => {
      const record = { ...recordOf({ id: 1 }), products: [{ quantity, unit_price: 1 }] };
      expect(normaliseImotrizOrder(record, settings)).toMatchObject({
        ok: false,
        problem: expect.stringContaining('products[0].quantity'),
      });
    },
  );

  it('without a buyer leaves what the row knows of one', () => {
    const { buyer: _, ...record } = recordOf({ id: 1 });
    expect(normaliseImotrizOrder(record, settings)).toMatchObject({ ok: true, omitted: ['personal'] });
  });

  it('may hold anything else', () => {
    const record = { ...recordOf({ id: 1, status: 'Pedido', extra: { a: [1] } }), more: [], products: [] };
    expect(ordered({ ...record, order: { ...record, id: 1, total: 0 } }).lines).toEqual([]);
    expect(ordered(recordOf({ id: 1, status: 'Pedido' })).platformStatus.status).toBe('Pedido');
  });

  it.each([
    ['a text', 'order'],
    ['a list', []],
    ['null', null],
    ['nothing', undefined],
    ['no products', { order: { id: 1 }, buyer: {} }],
    ['products as a map', { order: { id: 1 }, products: { first: {} }, buyer: {} }],
    ['a product that is a text', { order: { id: 1 }, products: ['x'], buyer: {} }],
    ['an order that is a list', { id: 1, order: [], products: [], buyer: {} }],
    ['a total in words', recordOf({ id: 1, total: 'doce mil' })],
    ['a total that is an object', recordOf({ id: 1, total: {} })],
    ['a total too large to be exact', recordOf({ id: 1, total: '99999999999999999999' })],
    ['a total with an exponent', recordOf({ id: 1, total: 1e21 })],
    ['a quantity below 0', { ...recordOf({ id: 1 }), products: [{ quantity: -1, unit_price: 1 }] }],
    [
      'a quantity that reads two ways',
      { ...recordOf({ id: 1 }), products: [{ quantity: '2.000', unit_price: 1 }] },
    ],
    ['a quantity in words', { ...recordOf({ id: 1 }), products: [{ quantity: 'dos', unit_price: 1 }] }],
    [
      'a price times a quantity beyond exactness',
      { ...recordOf({ id: 1 }), products: [{ quantity: 1e9, unit_price: 9e9 }] },
    ],
    ['a prototype key as its order', JSON.parse('{"__proto__":{"order":{"id":1}},"products":[],"buyer":{}}')],
  ])('is refused visibly, with an id to keep it under: %s', (_, record) => {
    const read = normaliseImotrizOrder(record, settings);
    expect(read.ok).toBe(false);
    expect(read.ok || read.platformOrderId).toMatch(/^(1|synthetic-[0-9a-f]{64})$/);
  });

  it('names no value in its problem', () => {
    const read = normaliseImotrizOrder(
      { ...recordOf({ id: 1, total: 'Mar\u00eda' }), products: ['Mar\u00eda'] },
      settings,
    );
    expect(JSON.stringify(read)).not.toContain('Mar');
  });

  it('never costs the others of its page', () => {
    // Arrange
    const deep = `{"order":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const bytes = pageOf([
      recordOf({ id: 1 }),
      deep,
      '7',
      recordOf({}),
      recordOf({ id: 5, total: {} }),
      recordOf({ id: 6 }),
    ]);

    // Act
    const page = readPage(bytes);
    const read = page.ok ? page.records.map((record) => normalisePageRecord(record, settings)) : [];

    // Assert
    expect(read.map((one) => (one.ok ? one.order.platformOrderId : one.reason))).toEqual([
      '1',
      'missing-id',
      'missing-id',
      'missing-id',
      'schema-mismatch',
      '6',
    ]);
    expect(new Set(read.map((one) => (one.ok ? one.order.platformOrderId : one.platformOrderId))).size).toBe(
      6,
    );
  });

  it('is valid or refused, never an exception, whatever the record', () => {
    const odd = fc.oneof(fc.jsonValue(), fc.constant(undefined));
    const record = fc.record(
      {
        order: fc.oneof(odd, fc.record({ id: odd, total: odd }, { requiredKeys: [] })),
        products: fc.oneof(odd, fc.array(fc.record({ code: odd, quantity: odd, unit_price: odd }))),
        buyer: fc.oneof(odd, fc.record({ name: odd, mobile: odd })),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(odd, record), (json) => {
        const read = normaliseImotrizOrder(json, settings);
        if (read.ok) orderSchema().parse(read.order);
        else expect(read.platformOrderId).toBeTruthy();
      }),
      { numRuns: 1000 },
    );
  });

  it('adds up exactly for any prices and quantities', () => {
    const product = fc.record({ cents: fc.nat(10_000_000), quantity: fc.nat(1000) });
    fc.assert(
      fc.property(fc.array(product), (products) => {
        const sum = products.reduce(
          (total, { cents, quantity }) => total + BigInt(cents) * BigInt(quantity),
          0n,
        );
        const text = (cents: bigint) => `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
        const order = ordered({
          order: { id: 1, total: text(sum) },
          products: products.map(({ cents, quantity }) => ({ quantity, unit_price: text(BigInt(cents)) })),
        });
        expect(order.totals.total).toBe(Number(sum));
        expect(order.warnings).toEqual([]);
      }),
    );
  });
});

describe('a synthetic id', () => {
  it('is one per content, whatever the order of keys at any depth', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const plain = JSON.parse(JSON.stringify(one));
        expect(syntheticId({ a: plain, b: { c: 1, d: 2 } })).toBe(
          syntheticId({ b: { d: 2, c: 1 }, a: plain }),
        );
        expect(syntheticId([plain]) === syntheticId([other])).toBe(
          canonical(plain) === canonical(JSON.parse(JSON.stringify(other))),
        );
      }),
    );
  });

  it('stands any depth', () => {
    const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    expect(syntheticId(deep)).toMatch(/^synthetic-[0-9a-f]{64}$/);
    expect(bytesOf(syntheticId(deep)).byteLength).toBeLessThan(128);
  });
});

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
