import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FIELD_MEANINGS } from '../../scripts/order-meanings.ts';
import { orderDocument, orderFields, orderJsonSchema } from '../../scripts/order-schema.ts';

const published = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8');

it('docs/order.schema.json is what the code says (npm run docs writes it)', () => {
  expect(published('order.schema.json')).toBe(orderJsonSchema());
});

it('docs/orders.md is what the code says (npm run docs writes it)', () => {
  expect(published('orders.md')).toBe(orderDocument());
});

it('every field of an order has a meaning', () => {
  const without = orderFields().filter(({ meaning }) => meaning === undefined);

  expect(without.map(({ path }) => path)).toEqual([]);
});

it('every meaning is that of a field', () => {
  const paths = new Set(orderFields().map(({ path }) => path));

  expect(Object.keys(FIELD_MEANINGS).filter((path) => !paths.has(path))).toEqual([]);
});
