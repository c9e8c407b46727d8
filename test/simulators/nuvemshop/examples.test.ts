import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openShop, type Shop } from './open-shop.ts';
import { differences } from './shape.ts';

const folder = new URL('../../payloads/fixtures/nuvemshop/examples/', import.meta.url);

/** How to get, from a shop, the answer that an official sample shows; and what is known to differ, with the reason. */
interface Comparison {
  answer(shop: Shop, orderId: string): Promise<unknown>;
  known?: readonly string[];
}

const get =
  (path: (orderId: string, shop: Shop) => string, version = '2025-03') =>
  async (shop: Shop, orderId: string) =>
    (await shop.get(path(orderId, shop), { version })).json;

const firstProduct = (shop: Shop) => [...shop.store.products.values()][1];
// The number or text of quantity and variant_id is drawn for each line, and the samples have both.
const drawn = [
  '$.products[].quantity',
  '$.products[].variant_id',
  '$[].products[].quantity',
  '$[].products[].variant_id',
];
// The 2013 samples print one text where the API of today has languages.
const oneText = ['$.seo_title', '$.seo_description', '$[].seo_title', '$[].seo_description'];

const comparisons: Record<string, Comparison> = {
  'order-get.json': { answer: get((id) => `/orders/${id}`), known: drawn },
  'orders-list.json': { answer: get(() => '/orders'), known: drawn },
  'order-put-response.json': {
    answer: async (shop, id) => (await shop.call('PUT', `/orders/${id}`, { body: { owner_note: 'x' } })).json,
    // A field of v1 that the sample of 2025-03 forgot to drop.
    known: [...drawn, '$.shipping_pickup_type'],
  },
  'order-close-response.json': {
    answer: async (shop, id) => (await shop.call('POST', `/orders/${id}/close`)).json,
    known: [...drawn, '$.shipping_pickup_type'],
  },
  'order-history-values.json': { answer: get((id) => `/orders/${id}/history/values`) },
  'order-history-editions.json': { answer: get((id) => `/orders/${id}/history/editions`) },
  'fulfillment-orders-list.json': { answer: get((id) => `/orders/${id}/fulfillment-orders`) },
  'fulfillment-orders-list-custom-fields.json': {
    answer: get((id) => `/orders/${id}/fulfillment-orders?aggregates=custom_fields`),
    // The fields' names are the merchant's own.
    known: ['$[].line_items[].custom_fields.nombre', '$[].line_items[].custom_fields.my_custom_field'],
  },
  'locations-list.json': { answer: get(() => '/locations') },
  'location-inventory-levels.json': {
    answer: get(
      (_id, { store }) => `/locations/${[...store.locations.keys()][0]}/inventory-levels?per_page=10`,
    ),
  },
  'store-get.json': {
    answer: get(() => '/store'),
    known: ['en', 'es', 'pt'].flatMap((code) => [
      `$.name.${code}`,
      `$.description.${code}`,
      `$.languages.${code}`,
    ]),
  },
  'products-list.json': { answer: get(() => '/products'), known: oneText },
  'product-get.json': { answer: get((_id, shop) => `/products/${firstProduct(shop)?.id}`), known: oneText },
  'variants-list.json': { answer: get((_id, shop) => `/products/${firstProduct(shop)?.id}/variants`) },
  'product-images-list.json': { answer: get((_id, shop) => `/products/${firstProduct(shop)?.id}/images`) },
  'categories-list.json': { answer: get(() => '/categories') },
  'customers-list.json': { answer: get(() => '/customers') },
};

// A shop speaks the languages it has switched on; the samples show three.
const languages = /\.(en|es|pt): missing$/;
// What a merchant or buyer put there is no part of the shape.
const free = /\.extra\./;

describe('answers beside the official samples', () => {
  it('the comparison finds a missing key and a wrong type', () => {
    expect(differences({ a: [{ b: 1 }], c: 'x', d: null }, { a: [{ b: '1' }], d: 3 })).toEqual([
      '$.a[].b: number in the sample, string here',
      '$.c: missing',
    ]);
  });

  for (const [file, { answer, known = [] }] of Object.entries(comparisons)) {
    it(`has every key of ${file}, with its type`, async () => {
      // Arrange
      const shop = await openShop();
      const orderId = shop.world.place();
      shop.world.edit(orderId);
      shop.world.pay(orderId);
      const sample: unknown = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));

      // Act
      const actual = await answer(shop, orderId);

      // Assert
      const found = differences(sample, actual).filter(
        (line) =>
          !languages.test(line) && !free.test(line) && !known.some((path) => line.startsWith(`${path}:`)),
      );
      expect(found).toEqual([]);
    });
  }
});
