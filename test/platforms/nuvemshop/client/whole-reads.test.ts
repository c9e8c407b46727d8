import { describe, expect, it } from 'vitest';
import { customers } from '../../../../functions/platforms/nuvemshop/customer-resource.ts';
import { products } from '../../../../functions/platforms/nuvemshop/product-resource.ts';
import { fakeApi } from '../fake-api.ts';
import { storeWith } from '../open-client.ts';

const NOT_THERE = { code: 404, message: 'Not Found', description: null };
const NO_VERSION = { ...NOT_THERE, description: 'Version "2019-01" does not exist.' };
const STORE = { id: 1, main_currency: 'ARS' };
const PRODUCT = { id: 7, name: { es: 'Mate' }, variants: [] };

type Answer = { status?: number; body: unknown };
const kindOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'found',
    (error: { kind?: string }) => error.kind,
  );

describe.each([
  ['product', products],
  ['customer', customers],
] as const)('a %s that is answered with 404', (_, resource) => {
  const getFrom = (answer: (path: string) => Answer) => {
    const { client, calls } = fakeApi(({ url }) => answer(new URL(url).pathname));
    return { asked: kindOf(resource.get(client, '7', storeWith())), calls };
  };

  it('is not found where the store itself is', async () => {
    const { asked } = getFrom((path) =>
      path.endsWith('/store') ? { body: STORE } : { status: 404, body: NOT_THERE },
    );

    expect(await asked).toBe('not-found');
  });

  it('may still exist where the store itself is not found, as with a wrong version (observed)', async () => {
    const { asked } = getFrom(() => ({ status: 404, body: NO_VERSION }));

    expect(await asked).toBe('retry-later');
  });

  it('may still exist where nobody can ask for the store', async () => {
    let isBroken = false;
    const { asked } = getFrom((path) => {
      if (!path.endsWith('/store')) isBroken = true;
      else if (!isBroken) return { body: STORE };
      return path.endsWith('/store') ? { status: 503, body: {} } : { status: 404, body: NOT_THERE };
    });

    expect(await asked).toBe('retry-later');
  });
});

describe('a product whose store was read before', () => {
  it('may still exist where the store is not found any more', async () => {
    let isGone = false;
    const { client } = fakeApi(({ url }) => {
      if (isGone) return { status: 404, body: NO_VERSION };
      return { body: new URL(url).pathname.endsWith('/store') ? STORE : PRODUCT };
    });
    const catalogue = client.catalogue;
    await catalogue.currency();
    isGone = true;

    expect(await kindOf(catalogue.get('7'))).toBe('retry-later');
  });

  it('is asked for with no other call where it is there', async () => {
    const { client, calls } = fakeApi(() => ({ body: PRODUCT }));

    await client.catalogue.get('7');

    expect(calls).toHaveLength(1);
  });
});
