import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { orderJsonSchema } from '../../scripts/order-schema.ts';

it('docs/order.schema.json is what the code says (npm run docs writes it)', () => {
  const published = readFileSync(join(import.meta.dirname, '../../docs/order.schema.json'), 'utf8');

  expect(published).toBe(orderJsonSchema());
});
