import { describe, expect, it } from 'vitest';
import { pedidosyaSettings } from '../../../functions/platforms/pedidosya/settings.ts';
import { stock } from '../../../functions/platforms/pedidosya/stock.ts';
import type { Telling, Told } from '../../../functions/platforms/stock.ts';
import { startPedidosya } from './harness.ts';

const { chains } = pedidosyaSettings().parse({
  chains: [{ chainId: 'c', country: 'uy', stores: [{ storeId: 'nbet', pickingMode: 'partner' }] }],
});
const store = { id: 'c', settings: chains[0]! };
const telling = (sku: string, display: Telling['display']): Telling => ({
  sku,
  link: { productId: `nbet/${sku}`, variantId: sku },
  outletId: 'nbet',
  display,
});

async function tell(api: Parameters<typeof stock.tell>[0], tellings: readonly Telling[]): Promise<Told[]> {
  const told: Told[] = [];
  for await (const some of stock.tell(api, store, tellings, stock.perCall))
    for (const [index, one] of some) told[index] = one;
  return told;
}

describe('stock of PedidosYa', () => {
  it('is on or off, and what one order may hold', async () => {
    const { world, api } = await startPedidosya();

    const told = await tell(api, [
      telling('UY-001', { on: false }),
      telling('UY-002', { on: true, most: 4 }),
      telling('UY-003', { on: true }),
    ]);

    expect(told.map(({ outcome }) => outcome)).toEqual(['taken', 'taken', 'taken']);
    // A lone product is off at once; the job of the others is still under way.
    expect(world.product('nbet', 'UY-001')?.active).toBe(false);
  });

  it('is told of a product as the platform writes its SKU', async () => {
    const { world, api } = await startPedidosya();

    const told = await tell(api, [
      { ...telling('UY-001', { on: false }), sku: 'uy-1' },
      { ...telling('UY-002', { on: true }), sku: 'uy-2' },
      { ...telling('UY-003', { on: true }), sku: 'uy-3' },
    ]);

    expect(world.product('nbet', 'UY-001')?.active).toBe(false);
    expect(told.map((one) => 'job' in one)).toEqual([false, true, true]);
  });

  it('is told in bulk by a job, which says at its end what it left as it was', async () => {
    const { api, clock } = await startPedidosya();

    const told = await tell(api, [telling('UY-002', { on: true, most: 4 }), telling('NOBODY', { on: true })]);
    const jobs = new Set(told.map((one) => ('job' in one ? one.job : undefined)));
    const [job = ''] = jobs;
    const before = await stock.jobEnd?.(api, store, job);
    await clock.sleep(60_000);

    expect([jobs.size, before]).toEqual([1, undefined]);
    expect(await stock.jobEnd?.(api, store, job)).toEqual({
      rejected: [{ product: 'NOBODY', reasons: ['sku: product does not exist in this store'] }],
    });
  });

  it('says of a job that was given up that it did nothing', async () => {
    const { world, api, clock } = await startPedidosya();
    world.failNextJob('update');

    const told = await tell(api, [telling('UY-002', { on: true }), telling('UY-003', { on: true })]);
    const [job = ''] = told.flatMap((one) => ('job' in one ? (one.job ?? []) : []));
    await clock.sleep(60_000);

    expect(await stock.jobEnd?.(api, store, job)).toMatchObject({ failed: true });
  });

  it('of a chain has a channel for each outlet', () => {
    expect(stock.channels(store)).toEqual([{ outletId: 'nbet' }]);
  });

  it('that the token may not change is refused, in one call for all', async () => {
    const { platform, api } = await startPedidosya();
    platform.faults.add({ match: { path: /catalog/ }, kind: 'status', status: 403 });

    const told = await tell(api, [telling('UY-001', { on: true }), telling('UY-002', { on: true })]);

    const refused = { outcome: 'refused', reason: expect.stringContaining('permission') as string };
    expect(told).toMatchObject([refused, refused]);
    expect(platform.calls.filter(({ path }) => path.includes('catalog'))).toHaveLength(1);
  });

  it("that is refused in bulk is no product's refusal: whoever tells looks for the one that spoils it", async () => {
    const { platform, api } = await startPedidosya();
    platform.faults.add({ match: { path: /catalog/ }, kind: 'status', status: 400 });
    const on = (sku: string) => telling(sku, { on: true });

    await expect(tell(api, [on('UY-001'), on('UY-002')])).rejects.toMatchObject({ status: 400 });
    platform.faults.add({ match: { path: /catalog/ }, kind: 'status', status: 400 });
    expect(await tell(api, [on('UY-001')])).toMatchObject([{ outcome: 'refused' }]);
  });

  it('of an outlet that fails each time keeps no other outlet from being told', async () => {
    const { world, platform, api } = await startPedidosya();
    platform.faults.add({ match: { path: /failing/ }, kind: 'status', status: 500, times: 99 });
    const failing = { ...telling('UY-001', { on: false }), outletId: 'failing' };
    const told: Told[] = [];

    const all = (async () => {
      for await (const some of stock.tell(
        api,
        store,
        [failing, telling('UY-002', { on: false })],
        stock.perCall,
      ))
        for (const [index, one] of some) told[index] = one;
    })();

    await expect(all).rejects.toMatchObject({ kind: 'retry-later' });
    expect(told).toEqual([undefined, { outcome: 'taken' }]);
    expect(world.product('nbet', 'UY-002')?.active).toBe(false);
  });

  it('without an outlet is refused with what to do', async () => {
    const { api } = await startPedidosya();
    const { outletId: _, ...nowhere } = telling('UY-001', { on: true });

    expect(await tell(api, [nowhere])).toMatchObject([{ outcome: 'refused' }]);
  });
});

describe('prices of PedidosYa', () => {
  it('go by outlet in one call, and leave on and off as they are', async () => {
    const { world, api } = await startPedidosya();
    const chargings = ['UY-001', 'UY-002'].map((sku, n) => {
      const { display: _, ...of } = telling(sku, { on: true });
      return { ...of, prices: { currency: 'UYU', price: 10_050 + n } };
    });
    const before = world.product('nbet', 'UY-001')?.active;

    const told: Told[] = [];
    for await (const some of stock.charge(api, store, [chargings[0]!], stock.perCall))
      for (const [index, one] of some) told[index] = one;

    expect(told).toEqual([{ outcome: 'taken' }]);
    expect(world.product('nbet', 'UY-001')).toMatchObject({ price: 100.5, active: before });
  });
});
