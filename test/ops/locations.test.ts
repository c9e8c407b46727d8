import { describe, expect, it } from 'vitest';
import { createLocation, orderLocations } from '../../ops/commands/locations.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';
import { locationShop } from '../support/location-shop.ts';

const tables = localTables();
const clock = movedClock();
const { places, add } = locationShop();
const platform = {
  name: 'shop',
  credentials: {},
  limits: () => ({ api: { scope: 's', perSecond: 1000, burst: 1000 } }),
  connect: () => (context: object) => context,
  places,
};
const context = () =>
  ({
    merchant: { name: 'demo' },
    stores: [{ platform: 'shop', storeId: 's' }],
    channelOf: () => ({ platform, stores: [{ id: 's' }], settings: {} }),
    accountOf: () => ({
      dynamo: tables.client,
      controlTable: tables.table,
      clock,
      metrics: { add: () => {} },
      log: console,
    }),
    control: { ...tables, clock },
  }) as unknown as Parameters<typeof createLocation>[0];
const options = { yes: false, dryRun: false, json: false };

describe('what a person is asked before locations are changed', () => {
  it('names the merchant, where one is made', async () => {
    const data = JSON.stringify({ name: 'Depósito', address: { city: 'Rosario' } });

    const asked = createLocation(context(), 'shop:s', 'W-1', { ...options, data });

    await expect(asked).rejects.toThrow(/at shop:s of merchant demo\. Say --yes/);
  });

  it('names the merchant, where their order changes', async () => {
    add();
    const { id } = add();

    const asked = orderLocations(context(), [`shop:s:location:${id}`], options);

    await expect(asked).rejects.toThrow('This changes where shop:s of merchant demo sends from.');
  });
});
