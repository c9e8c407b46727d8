import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { places } from '../../../functions/platforms/nuvemshop/places.ts';
import { type Nuvemshop, startNuvemshop } from './harness.ts';

const ADDRESS = {
  street: 'Calle Inventada',
  city: 'Rosario',
  zipcode: '2000',
  province: { code: 'AR-S', name: 'Santa Fe' },
  region: { code: 'PAM', name: 'Pampeana' },
  country: { code: 'AR', name: 'Argentina' },
};
const { locations } = places;

let shop: Nuvemshop;
beforeEach(async () => {
  shop = await startNuvemshop({ stores: [{ plan: 'next', locations: 1 }] });
});
afterEach(() => shop.sim.stop());

/** The addresses that were sent by calls of a method. */
const sent = (method: string): object[] =>
  shop.requests
    .filter((request) => request.method === method)
    .map(({ body }) => JSON.parse(String(body)).address);

const stored = () => [...shop.world.platform.stores.get(Number(shop.storeId))!.locations.values()];

async function move(id: string, city: string): Promise<void> {
  const shown = (await locations.list(shop.client)).find((one) => one.id === id);
  await locations.update(shop.client, shown!, { address: { city } });
}

describe('a new location', () => {
  it('needs its region, and no number (documented)', () => {
    const lacking = locations.lacks({ name: 'Norte', address: {} });

    expect(lacking).toEqual(
      ['street', 'city', 'zipcode', 'province', 'region', 'country'].map((field) => `/address/${field}`),
    );
  });

  it('without a number is made, and none is sent', async () => {
    const id = await locations.create(shop.client, { name: 'Norte', address: ADDRESS });

    expect(stored().map((one) => one.id)).toContain(id);
    expect(sent('POST')).toEqual([ADDRESS]);
  });
});

describe('a change of a location', () => {
  it('keeps the number that it has', async () => {
    const address = { ...ADDRESS, number: '742' };
    const id = await locations.create(shop.client, { name: 'Norte', address });

    await move(id, 'Funes');

    expect(sent('PUT')).toEqual([{ ...address, city: 'Funes' }]);
  });

  it('makes up neither a number nor a region that it has not', async () => {
    const [first] = stored();
    Object.assign(first!.address, { number: '', region: { code: '', name: '' } });

    await move(first!.id, 'Funes');

    const [address] = sent('PUT');
    expect(address).toMatchObject({ city: 'Funes' });
    expect(address).not.toHaveProperty('number');
    expect(address).not.toHaveProperty('region');
  });
});
