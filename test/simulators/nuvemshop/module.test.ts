import { expect, it } from 'vitest';
import { nuvemshop } from '../../../functions/platforms/nuvemshop/platform.ts';
import { wantedEvents } from '../../../functions/platforms/nuvemshop/webhook-bodies.ts';
import { signNuvemshop } from '../../../functions/platforms/nuvemshop/webhook-proof.ts';
import { nuvemshopModule } from '../../../local/platforms/nuvemshop/module.ts';
import { createSeededRandom } from '../../../local/platforms/shared/seeded-random.ts';
import { describeModuleContract } from '../module-contract.ts';

const userAgent = 'Test (test@example.com)';
const settings = [
  { storeId: '5665778', userAgent },
  { storeId: '5665999', userAgent },
] as const;

describeModuleContract(nuvemshopModule, nuvemshop, {
  userAgent: 'Acopio test (test@example.com)',
  stores: [...settings],
});

it('serves all stores from one platform, with one app', () => {
  const [first, second] = nuvemshopModule.create({ seed: 1, stores: settings });

  expect(second!.simulator).toBe(first!.simulator);
  expect(second!.secrets().app).toEqual(first!.secrets().app);
});

it('types every address into its place, and subscribes to the account only when asked', () => {
  const subscribed = [false, true].map((account) => {
    const [store] = nuvemshopModule.create({ seed: 1, stores: settings });
    const { platform } = store!.simulator.world;

    store!.connect(
      { webhook: 'https://a/orders', redirect: 'https://a/back', 'store-redact': 'https://a/gone' },
      { account },
    );

    expect(platform.app).toMatchObject({
      redirectUrl: 'https://a/back',
      privacyUrls: { 'store/redact': 'https://a/gone' },
    });
    return [...platform.stores.get(5665778)!.webhooks.values()].map(({ event }) => event);
  });

  expect(subscribed[0]).toContain('order/created');
  expect(subscribed[0]!.filter((event) => !event.startsWith('order/'))).toEqual([]);
  expect(subscribed[1]!.filter((event) => !event.startsWith('order/'))).toEqual([
    'app/suspended',
    'app/resumed',
  ]);
});

it('is subscribed as an installation leaves it where somebody says so', () => {
  const [store] = nuvemshopModule.create({ seed: 1, stores: [{ ...settings[0], customers: true }] });

  store!.connect({ webhook: 'https://a/orders' }, { installed: true });

  const subscribed = [...store!.simulator.world.platform.stores.get(5665778)!.webhooks.values()];
  expect(subscribed.map(({ event }) => event)).toEqual(
    wantedEvents({ mirrorsProducts: true, mirrorsCustomers: true }),
  );
});

it('signs with the client secret that it gives away', () => {
  const [store] = nuvemshopModule.create({ seed: 1, stores: settings });
  const { clientSecret } = store!.simulator.world.credentials();

  expect(store!.webhooks!.headersFor('{}')).toMatchObject({
    'x-linkedstore-hmac-sha256': signNuvemshop('{}', clientSecret),
  });
});

it('suspends and replaces the token of one store, not of the other', () => {
  const [first, second] = nuvemshopModule.create({ seed: 1, stores: settings });
  const before = [first!.secrets().store, second!.secrets().store];
  const { stores } = first!.simulator.world.platform;

  first!.troubles['token-replaced']!(createSeededRandom(1));
  const resume = first!.troubles.suspended!(createSeededRandom(1));
  const during = [...stores.values()].map(({ suspension }) => suspension);
  resume();

  expect(first!.secrets().store).not.toEqual(before[0]);
  expect(second!.secrets().store).toEqual(before[1]);
  expect(during).toEqual(['app-suspended', undefined]);
  expect([...stores.values()].map(({ suspension }) => suspension)).toEqual([undefined, undefined]);
});
