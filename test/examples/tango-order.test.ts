import { describe, expect, it } from 'vitest';
import { numberFrom, toTango } from '../../examples/tango/order.mjs';
import { createTangoSimulator } from '../../examples/tango/simulator.mjs';
import type { Order } from '../../functions/domain/order.ts';
import { sampleOrder } from '../support/sample-order.ts';

const NOW = Date.now();
const settings = { payment: 'A01', province: '1', email: 'pedidos@example.com', since: '2020-01-01' };
const line = {
  lineId: '1',
  productId: 'P',
  sku: 'SKU-1',
  name: 'A mug',
  quantity: 2,
  unit: 'unit' as const,
  unitPrice: 80_000,
};

function made(
  fields: Partial<Order>,
  { tried = false, erasedAt }: { tried?: boolean; erasedAt?: string } = {},
) {
  const { personal, ...order } = sampleOrder({
    platformOrderId: '7',
    currency: 'ARS',
    status: 'confirmed',
    placedAt: new Date(NOW - 3_600_000).toISOString(),
    lines: [line],
    totals: { total: 160_000 },
    ...fields,
  });
  const given = {
    id: 'shop:s:7',
    version: 1,
    order,
    personal,
    ...(erasedAt === undefined ? {} : { erasedAt }),
  };
  return toTango(given, settings, { tried, now: NOW });
}
type TangoOrder = Record<string, unknown> & {
  Customer: Record<string, unknown>;
  CashPayments: { PaymentID: number }[];
};
const orderOf = (...args: Parameters<typeof made>): TangoOrder => {
  const result = made(...args);
  if ('order' in result) return result.order as TangoOrder;
  throw new Error(JSON.stringify(result));
};

/** Sends one order to the simulated Tango. */
async function said(order: object): Promise<{ Inprocess: boolean; ValidationException?: string }> {
  const { server } = createTangoSimulator({ accessToken: 't' });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as { port: number };
    const response = await fetch(`http://127.0.0.1:${port}/api/Aperture/order/batch`, {
      method: 'POST',
      headers: { accesstoken: 't' },
      body: JSON.stringify({ OrderBatch: [order] }),
    });
    const { Data } = (await response.json()) as { Data: { Results: [{ Inprocess: boolean }] } };
    return Data.Results[0];
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('an order for Tango', () => {
  it.each<[string, Partial<Order>]>([
    ['as it is', {}],
    ['with a discount', { totals: { total: 150_001, discount: 9_999 } }],
    ['with fees that no line has', { totals: { total: 171_050, fees: 11_050 } }],
    [
      'with shipping',
      {
        totals: { total: 180_000, shipping: 20_000 },
        fulfilment: { status: 'unpacked', kind: 'delivery', by: 'merchant', parcels: [] },
        personal: {
          name: 'Invented',
          shippingAddress: { street: 'Falsa', number: '123', province: 'Córdoba' },
        },
      },
    ],
    [
      'by weight',
      { lines: [{ ...line, quantity: 0.345, unit: 'kg', unitPrice: 123_456 }], totals: { total: 42_592 } },
    ],
    [
      'without a unit price',
      {
        lines: [{ lineId: '1', name: 'A mug', quantity: 3, unit: 'unit', total: 10_000 }],
        totals: { total: 10_000 },
      },
    ],
    ['unpaid', { payment: { status: 'pending' } }],
    ['of nobody', { personal: {} }],
  ])('adds up and has all that is needed: %s', async (_, fields) => {
    expect(await said(orderOf(fields))).toMatchObject({ Inprocess: true });
  });

  it('is the same whenever it is made, and its numbers are of the length that Tango takes', () => {
    const first = orderOf({});

    expect(orderOf({})).toEqual(first);
    expect(first).toMatchObject({ OrderID: 'shop:s:7', OrderNumber: '7' });
    expect(String(first.Customer.CustomerID)).toMatch(/^\d{1,10}$/);
    expect(Number.isSafeInteger(first.CashPayments[0]?.PaymentID)).toBe(true);
    expect(numberFrom('9999999999', 10)).toBe(9_999_999_999);
    expect(numberFrom('0', 10)).toBeGreaterThan(0);
  });

  it('has the time of Argentina, and the code of its province', () => {
    const order = orderOf({
      placedAt: new Date(NOW).toISOString(),
      personal: {
        name: 'Invented Person',
        shippingAddress: { province: ' Tucumán ' },
        documentId: '20-12345678-3',
      },
    });

    expect(order.Date).toBe(new Date(NOW - 3 * 3_600_000).toISOString().slice(0, 19));
    expect(order.Customer).toMatchObject({
      ProvinceCode: '14',
      DocumentType: '80',
      DocumentNumber: '20123456783',
      FirstName: 'Invented',
      LastName: 'Person',
    });
  });

  it.each<[string, Partial<Order>, RegExp]>([
    ['in another currency', { currency: 'UYU' }, /pesos only, and this is in UYU/],
    [
      'that is too old',
      { placedAt: new Date(NOW - 31 * 24 * 3_600_000).toISOString() },
      /older than the 30 days/,
    ],
    ['without lines', { lines: [] }, /no lines/],
    [
      'with a line without price',
      { lines: [{ lineId: '1', name: 'A mug', quantity: 1, unit: 'unit' }] },
      /no price/,
    ],
  ])('is a problem for a person %s', (_, fields, problem) => {
    expect(made(fields)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it('is cancelled at Tango where it may be there, and left out where it is not', () => {
    expect(made({ status: 'cancelled' })).toHaveProperty('skip');
    expect(orderOf({ status: 'cancelled' }, { tried: true })).toMatchObject({
      CancelOrder: true,
      CancelDate: expect.stringMatching(/^\d{4}-/),
    });
  });

  it('is left out when it was placed before the adapter began, or its buyer was erased', () => {
    expect(made({ placedAt: '2019-12-31T00:00:00.000Z' })).toHaveProperty('skip');
    expect(made({}, { erasedAt: '2026-11-22T12:00:00.000Z' })).toHaveProperty('skip');
    expect(made({}, { tried: true, erasedAt: '2026-11-22T12:00:00.000Z' })).toHaveProperty('problem');
  });
});
