import { describe, expect, it } from 'vitest';
import { erpProductInput, type WantedProduct } from '../../../functions/domain/product-input.ts';
import { productWrite } from '../../../functions/platforms/nuvemshop/product-write/write.ts';

/** A product with an image that has no id, as the reference knows none. */
const ODD = { id: '1', variants: [{ id: '2', sku: 'A' }], images: [{ src: 'https://example.com/a.jpg' }] };
const api = {
  products: {
    get: async () => ODD,
    getBySku: async () => ODD,
    create: async () => ODD,
    update: async () => ODD,
  },
} as unknown as Parameters<typeof productWrite.look>[0];
const target = (memory: object) =>
  ({
    wanted: {
      product: erpProductInput().parse({ name: 'Mug', variants: [{ sku: 'A' }] }),
      pricesElsewhere: false,
      locations: [],
    } satisfies WantedProduct,
    memory: { reached: {}, images: {}, ...memory },
    isUnsure: true,
    making: {},
  }) as unknown as Parameters<typeof productWrite.look>[1];

describe('a product that is answered with 200 and cannot be understood', () => {
  it.each([
    ['looked for by its SKU', {}],
    ['read by its id', { productId: '1' }],
  ])('ends no run of its command as a mistake of ours: %s', async (_, memory) => {
    const look = productWrite.look(api, target(memory), new Map());

    await expect(look).rejects.toMatchObject({ name: 'PlatformError', kind: 'invalid-response' });
  });

  it.each([
    ['made', { kind: 'create', groups: ['texts'], images: [] }, {}],
    ['changed', { kind: 'update', productId: '1', groups: ['texts'] }, { productId: '1' }],
  ])('is one of which nobody knows whether it was %s', async (_, call, memory) => {
    const run = productWrite.run(api, target(memory), call as never, new Map());

    await expect(run).rejects.toMatchObject({ kind: 'invalid-response', outcomeUnknown: true });
  });
});
