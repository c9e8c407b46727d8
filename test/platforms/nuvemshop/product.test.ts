import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseNuvemshopProduct } from '../../../functions/platforms/nuvemshop/product.ts';

const STORE = { storeId: '1042', currency: 'ARS' };

/** As the reference shows a product with two variants at two locations. */
const source = (change: object = {}) => ({
  id: 88012,
  name: { es: 'Remera', pt: 'Camiseta', en: null },
  description: { es: '<p>Remera</p>' },
  published: true,
  visibility: 'visible',
  variants: [variant(), variant({ id: 7002, sku: 'R-M', values: [{ es: 'M' }] })],
  categories: [{ id: 12, name: { es: 'Ropa' }, subcategories: [] }],
  created_at: '2026-01-02T03:04:05+0000',
  updated_at: '2026-02-02T03:04:05+0000',
  ...change,
});
const variant = (change: object = {}) => ({
  id: 7001,
  product_id: 88012,
  price: '24500.00',
  promotional_price: '22050.00',
  cost: '12250.00',
  stock_management: true,
  stock: 12,
  sku: 'R-S',
  barcode: null,
  values: [{ es: 'S' }],
  inventory_levels: [
    { id: 1, variant_id: 7001, location_id: '01J0', stock: 5 },
    { id: 2, variant_id: 7001, location_id: '01J1', stock: 7 },
  ],
  updated_at: '2026-02-03T03:04:05+0000',
  ...change,
});
const read = (json: unknown, store = STORE) => normaliseNuvemshopProduct(json, store);
function productOf(change: object = {}, store = STORE) {
  const reading = read(source(change), store);
  if (!reading.ok) throw new Error(reading.problem);
  return reading.said;
}
const firstOf = (change: object) => productOf({ variants: [variant(change)] }).variants[0];

describe('a product of Nuvemshop', () => {
  it('is read with its variants, prices, and stock by location', () => {
    expect(productOf()).toEqual({
      platform: 'nuvemshop',
      storeId: '1042',
      platformProductId: '88012',
      title: { es: 'Remera', pt: 'Camiseta' },
      status: 'active',
      platformStatus: 'visible',
      variants: [
        {
          platformVariantId: '7001',
          sku: 'R-S',
          values: [{ es: 'S' }],
          price: { amount: 2_450_000, currency: 'ARS' },
          promotionalPrice: { amount: 2_205_000, currency: 'ARS' },
          cost: { amount: 1_225_000, currency: 'ARS' },
          stock: { kind: 'counted', quantity: 12 },
          locations: [
            { locationId: '01J0', stock: { kind: 'counted', quantity: 5 } },
            { locationId: '01J1', stock: { kind: 'counted', quantity: 7 } },
          ],
        },
        expect.objectContaining({ platformVariantId: '7002', sku: 'R-M' }),
      ],
      categories: [{ categoryId: '12', title: { es: 'Ropa' } }],
      platformCreatedAt: '2026-01-02T03:04:05.000Z',
      platformUpdatedAt: '2026-02-03T03:04:05.000Z',
      warnings: [],
    });
  });

  it('has prices without decimals in a currency that has none', () => {
    const { variants } = productOf(
      { variants: [variant({ price: '24500', promotional_price: null })] },
      { ...STORE, currency: 'CLP' },
    );

    expect(variants[0]).toMatchObject({ price: { amount: 24_500, currency: 'CLP' } });
    expect(variants[0]).not.toHaveProperty('promotionalPrice');
  });

  it.each([
    ['null', null, { kind: 'unlimited' }],
    ['an empty text', '', { kind: 'unlimited' }],
    ['0', 0, { kind: 'counted', quantity: 0 }],
    ['a text', '12', { kind: 'counted', quantity: 12 }],
    ['below zero', -3, { kind: 'counted', quantity: -3 }],
  ])('with %s for stock', (_, stock, expected) => {
    expect(firstOf({ stock })).toMatchObject({ stock: expected });
  });

  it('says nothing of stock that it does not state', () => {
    expect(firstOf({ stock: undefined, inventory_levels: undefined })).not.toHaveProperty('stock');
  });

  it('keeps stock that is unlimited at one location', () => {
    expect(firstOf({ inventory_levels: [{ location_id: '01J0', stock: null }] })).toMatchObject({
      locations: [{ locationId: '01J0', stock: { kind: 'unlimited' } }],
    });
  });

  it('leaves out stock that is no number of units, and says so', () => {
    const { variants, warnings } = productOf({ variants: [variant({ stock: 'many' })] });

    expect(variants[0]).not.toHaveProperty('stock');
    expect(warnings).toEqual(['left out: variants.0.stock: not a whole number of units']);
  });

  it.each([
    ['hidden', { visibility: 'hidden' }, 'inactive', 'hidden'],
    ['unlisted', { visibility: 'unlisted' }, 'active', 'unlisted'],
    [
      'not published, in an older version',
      { visibility: undefined, published: false },
      'inactive',
      'not published',
    ],
    ['of an unknown word', { visibility: 'members', published: undefined }, 'unknown', 'members'],
  ])('is %s', (_, change, status, platformStatus) => {
    expect(productOf(change)).toMatchObject({ status, platformStatus });
  });

  it.each(['', '  ', null, undefined])('has no SKU where it is %j', (sku) => {
    expect(firstOf({ sku })).not.toHaveProperty('sku');
  });

  it('costs only the odd field, not the product', () => {
    const { title, warnings } = productOf({ categories: 'none', name: 7 });

    expect(title).toBeUndefined();
    expect(warnings).toHaveLength(2);
  });

  it.each([
    ['no id', { id: undefined }, undefined],
    ['a variant without an id', { variants: [variant({ id: undefined })] }, '88012'],
  ])('is not read with %s', (_, change, platformProductId) => {
    expect(read(source(change))).toMatchObject({
      ok: false,
      reason: 'schema-mismatch',
      ...(platformProductId === undefined ? {} : { id: platformProductId }),
    });
  });

  it('is never thrown at, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (json, part) => {
        read(json);
        read(source({ variants: part, name: part, categories: part }));
        read(
          source({ variants: [variant({ stock: part, inventory_levels: part, values: part, price: part })] }),
        );
      }),
      { numRuns: 300 },
    );
  });
});
