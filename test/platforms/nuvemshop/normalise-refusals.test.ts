import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Order } from '../../../functions/domain/order.ts';
import { normaliseNuvemshopOrder } from '../../../functions/platforms/nuvemshop/normalise.ts';
import { PERSON, sampleOrder } from './sample-order.ts';

const STORE = { storeId: '5665778' };
const orderOf = (changes: Record<string, unknown> = {}): Order => {
  const result = normaliseNuvemshopOrder(sampleOrder(changes), STORE);
  if (!result.ok) throw new Error(result.problem);
  return result.order;
};

const problemOf = (json: unknown) => {
  const result = normaliseNuvemshopOrder(json, STORE);
  if (result.ok) throw new Error('it was understood');
  return result;
};

describe('what cannot be used', () => {
  it.each([
    ['no id', { id: undefined }, 'missing-id', 'id'],
    ['an id that is a word', { id: 'abc' }, 'missing-id', 'id'],
    ['no status', { status: undefined }, 'schema-mismatch', 'status'],
    ['no currency', { currency: null }, 'schema-mismatch', 'currency'],
    ['a total that is an object', { total: {} }, 'schema-mismatch', 'total'],
    ['a total that is no amount', { total: 'free' }, 'schema-mismatch', 'total'],
    ['no total', { total: undefined }, 'schema-mismatch', 'total'],
    ['a huge total', { total: '99999999999999999999' }, 'schema-mismatch', 'total'],
    ['products that are no list', { products: 'x' }, 'schema-mismatch', 'products'],
    [
      'a quantity that is a word',
      { products: [{ id: 1, price: '1', quantity: 'two' }] },
      'schema-mismatch',
      'products[0].quantity',
    ],
    [
      'a negative quantity',
      { products: [{ id: 1, price: '1', quantity: -1 }] },
      'schema-mismatch',
      'products[0].quantity',
    ],
    [
      'a price that is a list',
      { products: [{ id: 1, price: [], quantity: 1 }] },
      'schema-mismatch',
      'products[0].price',
    ],
    ['another store', { store_id: 1 }, 'foreign-store', 'store_id'],
  ])('is told apart: %s', (_, changes, reason, field) => {
    const result = problemOf(sampleOrder(changes));
    expect(result.reason).toBe(reason);
    expect(result.problem).toContain(field);
    if (reason !== 'missing-id') expect(result.platformOrderId).toBe('2058709648');
  });

  it('names paths and types, never values', () => {
    const secret = 'persona-secreta';
    const result = problemOf(
      sampleOrder({
        id: secret,
        total: secret,
        currency: secret,
        products: [{ quantity: secret, price: secret }],
      }),
    );
    expect(result.problem).not.toContain(secret);
  });

  it('costs a decoration of the wrong type only that decoration', () => {
    const order = orderOf({
      note: { html: '<b>' },
      customer: true,
      shipping_address: true,
      gateway: {},
      paid_at: 5,
    });
    expect(order.personal.name).toBe(PERSON.name);
    expect(order.warnings).toHaveLength(5);
    expect(order.warnings.join()).not.toContain('<b>');
  });
});

describe('hostile input', () => {
  it.each([null, undefined, 0, '', 'text', true, [], [[]], {}, { id: {} }, { id: 1 }].map((json) => [json]))(
    'of %j is refused without a throw',
    (json) => {
      expect(normaliseNuvemshopOrder(json, STORE).ok).toBe(false);
    },
  );

  it('with prototype keys changes nothing', () => {
    const text = JSON.stringify(sampleOrder()).replace(
      '{',
      '{"__proto__":{"status":"x","polluted":true},"constructor":1,',
    );
    const result = normaliseNuvemshopOrder(JSON.parse(text), STORE);
    expect(result.ok && result.order.status).toBe('confirmed');
    expect({}).not.toHaveProperty('polluted');
  });

  it('nested 50,000 deep is only a decoration', () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 50_000; level += 1) deep = { deep };
    expect(orderOf({ extra: deep, note: deep, fulfillments: [deep] }).status).toBe('confirmed');
  });

  it('never throws, and what it accepts fits the schema', () => {
    const field = fc.constantFrom(...Object.keys(sampleOrder()));
    fc.assert(
      fc.property(field, fc.anything(), field, fc.jsonValue(), (one, wild, other, json) => {
        const result = normaliseNuvemshopOrder(sampleOrder({ [one]: wild, [other]: json }), STORE);
        if (!result.ok) expect(result.problem).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });
});
