import { describe, expect, it } from 'vitest';
import { fakeApi } from '../fake-api.ts';

const PRODUCT = { name: { es: 'Lámpara' }, variants: [{ price: '10.00', sku: 'LAMP-1' }] };
const TWIN = { id: 77, name: { es: 'Lámpara' }, variants: [{ id: 78, sku: 'LAMP-1' }] };
/** The answer is lost; what was made is listed. */
const lost =
  (listed: readonly object[]) =>
  ({ method }: { method: string }) =>
    method === 'GET' ? { body: listed } : { status: 504, body: {} };

describe('a write that must not be made twice', () => {
  it('is looked for where its answer is lost, and is what is found', async () => {
    const { client, calls } = fakeApi(lost([{ ...TWIN, id: 76, name: { es: 'Otra' } }, TWIN]));

    expect(await client.products.create(PRODUCT)).toMatchObject({ id: '77' });

    expect(calls.map(({ method }) => method)).toEqual(['POST', 'GET']);
    // Five minutes earlier, because clocks differ.
    expect(new URL(calls[1]?.url ?? '').searchParams.get('created_at_min')).toBe('2026-11-22T11:55:00.000Z');
  });

  it.each([
    ['another name', { name: { es: 'Otra' } }],
    ['other SKUs', { variants: [{ id: 78, sku: 'LAMP-2' }] }],
    ['a shape nobody knows', { variants: 'none' }],
  ])('is not taken for one with %s', async (_, changes) => {
    const { client } = fakeApi(lost([{ ...TWIN, ...changes }]));

    await expect(client.products.create(PRODUCT)).rejects.toMatchObject({ status: 504 });
  });

  it('fails as it failed when it cannot be seen, and is left to whoever tries again', async () => {
    const { client, calls } = fakeApi(lost([]));

    await expect(client.products.create(PRODUCT)).rejects.toMatchObject({
      kind: 'retry-later',
      status: 504,
      outcomeUnknown: true,
    });
    expect(calls.map(({ method }) => method)).toEqual(['POST', 'GET']);
  });

  it('fails as it failed when looking fails too', async () => {
    const { client } = fakeApi(({ method }) => ({ status: method === 'GET' ? 401 : 503, body: {} }));

    await expect(client.products.create(PRODUCT)).rejects.toMatchObject({ status: 503 });
  });

  it('is not looked for when it was refused', async () => {
    const { client, calls } = fakeApi(() => ({ status: 422, body: { name: ['is invalid'] } }));

    await expect(client.products.create(PRODUCT)).rejects.toMatchObject({ kind: 'refused' });
    expect(calls).toHaveLength(1);
  });
});
