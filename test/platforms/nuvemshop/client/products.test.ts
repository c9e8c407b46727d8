import { describe, expect, it } from 'vitest';
import { fakeApi } from '../fake-api.ts';

const product = (id: number, ...skus: unknown[]) => ({
  id,
  variants: skus.map((sku, index) => ({ id: 10 * id + index, sku })),
});

describe('a product whose SKU would cut a path', () => {
  it.each(['A/B', 'A\\B', '/'])('is found in the list, which searches SKUs: "%s"', async (sku) => {
    const { client, calls } = fakeApi(() => ({ body: [product(1, `${sku}-2`), product(2, 'other', sku)] }));

    const found = await client.products.getBySku(sku);

    const { pathname, searchParams } = new URL(calls[0]?.url ?? '');
    expect(found.id).toBe('2');
    expect([pathname.endsWith('/products'), searchParams.get('q')]).toEqual([true, sku]);
  });

  it('is not there where the list has none with the very SKU', async () => {
    const { client } = fakeApi(() => ({ body: [product(1, 'A/B-2')] }));

    await expect(client.products.getBySku('A/B')).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('is not taken for missing where the list holds one that nobody understands', async () => {
    const { client } = fakeApi(() => ({ body: [product(1, 7)] }));

    await expect(client.products.getBySku('A/B')).rejects.toMatchObject({ kind: 'invalid-response' });
  });
});
