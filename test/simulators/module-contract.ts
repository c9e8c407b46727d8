import { describe, expect, it } from 'vitest';
import type { Platform } from '../../functions/platforms/platform.ts';
import { createSeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import type { SimWorld } from '../../local/platforms/simulator.ts';
import type { SimulatedStore, SimulatorModule } from '../../local/platforms/simulator-module.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const NOON = Date.UTC(2026, 2, 10, 12);
/** Nothing listens there; a delivery to it stays pending on a clock that stands still. */
const NOWHERE = 'http://127.0.0.1:9/webhook';

/** What every platform's simulator promises, whatever the platform. `configured` are its settings of two stores. */
export function describeModuleContract<World extends SimWorld, Own extends object>(
  module: SimulatorModule<World, Own>,
  platform: Platform,
  configured: object,
): void {
  const parsed = platform.settings().parse(configured);
  const stores = platform.stores(parsed);
  const settings = stores.map((store) => store.settings);
  const open = (seed: number | string = 3): [SimulatedStore<World>, SimulatedStore<World>] => {
    const [first, second] = module.create({ seed, stores: settings, clock: createVirtualClock(NOON) });
    return [first!, second!];
  };
  const connectTo = (store: SimulatedStore<World>, url: string) =>
    store.connect(Object.fromEntries(Object.keys(module.addresses).map((name) => [name, url])));

  describe('the module', () => {
    it('makes the same orders for the same seed, and others for another', () => {
      const days = [3, 3, 4].map((seed) => {
        const [store] = open(seed);
        return JSON.stringify([store.place(), store.place(), store.truth()]);
      });

      expect(days[1]).toBe(days[0]);
      expect(days[2]).not.toBe(days[0]);
    });

    it('keeps stores apart: their names, secrets and orders', () => {
      const [first, second] = open();
      const here = first.place();
      const there = second.place();

      expect(first.storeId).not.toBe(second.storeId);
      expect(first.secrets()).not.toEqual(second.secrets());
      expect(first.truth().map(({ orderId }) => orderId)).toEqual([here]);
      expect(second.truth().map(({ orderId }) => orderId)).toEqual([there]);
    });

    it('makes a store without any settings', () => {
      const [store] = module.create({ seed: 1 });

      expect(store!.truth(store!.place())).toHaveLength(1);
    });

    it('refuses settings that are not of this platform', () => {
      expect(() => module.create({ seed: 1, stores: [{}] })).toThrow(/storeId|chainId/);
    });

    it('points every store at its simulator and leaves the rest as it was', () => {
      const pointed = module.pointAt(parsed, (storeId) => `http://127.0.0.1:4000/${storeId}`);

      const changed = platform.stores(platform.settings().parse(pointed)).map((store) => store.settings);
      expect(changed).toMatchObject(
        stores.map(({ id, settings: own }) => ({
          ...without(own, ['baseUrl', 'authUrl', 'downloadHosts']),
          baseUrl: expect.stringMatching(new RegExp(`^http://127.0.0.1:4000/${id}`)),
        })),
      );
    });

    it('gives records that our functions read as orders of that store', () => {
      const [, store] = open();
      const orderId = store.place();

      const [order] = store.truth(orderId);
      const read = platform.resources.order.normalise(order!.json, stores[1]!);

      expect(order).toMatchObject({ orderId, required: true });
      expect(read).toMatchObject({ ok: true, order: { platformOrderId: orderId, storeId: store.storeId } });
    });

    it('lets every step of an ordinary day happen', () => {
      const stores = open();
      const random = createSeededRandom('ordinary');

      const refused = Array.from({ length: 60 }, (_, index) => stores[index % 2]!).flatMap((store) => {
        const { orderId, steps } = store.newOrder(random);
        return steps.filter((step) => !store.take(orderId, step));
      });

      expect(refused).toEqual([]);
    });

    it('draws steps that it knows, and says when one could not happen', () => {
      const [store] = open();
      const random = createSeededRandom('any');

      const outcomes = Array.from({ length: 200 }, () => store.place()).flatMap((orderId) =>
        module.drawSteps(random).map((step) => store.take(orderId, step)),
      );

      expect(outcomes).toContain(true);
      expect(
        module
          .drawSteps(random)
          .concat('cancel')
          .map((step) => store.take('0', step)),
      ).not.toContain(true);
      expect(() => store.take(store.place(), 'fly')).toThrow(RangeError);
    });

    it('ends each trouble that it begins', () => {
      const [store] = open();

      for (const begin of Object.values(store.troubles)) begin(createSeededRandom(1))();

      expect(store.truth(store.place())).toHaveLength(1);
    });
  });

  const [sample] = open();
  if (sample.webhooks === undefined) return;

  describe('its webhooks', () => {
    it('tell of the order, and carry it where they say so', () => {
      const [store] = open();
      connectTo(store, NOWHERE);

      const { orderId, steps } = store.newOrder(createSeededRandom(1));
      for (const step of steps) store.take(orderId, step);

      const [order] = store.truth(orderId);
      const { body, url } = store.simulator.world.deliveries().at(-1)!;
      expect(url).toBe(NOWHERE);
      expect(store.webhooks!.orderIdOf(JSON.parse(body))).toBe(orderId);
      expect(JSON.stringify(order!.json) === body).toBe(store.webhooks!.carriesOrder);
      expect(store.webhooks!.orderIdOf({})).toBeUndefined();
    });

    it('give a sample of the newest order that can be pasted into a shell', () => {
      const [store] = open();
      const none = store.webhooks!.sample();
      store.place();
      const newest = store.place();

      const { address, headers, body } = store.webhooks!.sample()!;

      expect(none).toBeUndefined();
      expect(Object.keys(module.addresses)).toContain(address);
      expect(store.webhooks!.orderIdOf(JSON.parse(body))).toBe(newest);
      expect(headers).toEqual(store.webhooks!.headersFor(body));
      expect(body).not.toContain("'");
    });

    it('come twice when they are told to', () => {
      const [store] = open();
      connectTo(store, NOWHERE);
      store.webhooks!.configure({ duplicateProbability: 1 });

      const { orderId, steps } = store.newOrder(createSeededRandom(1));
      for (const step of steps) store.take(orderId, step);

      const deliveries = store.simulator.world.deliveries();
      expect(deliveries.filter(({ duplicateOf }) => duplicateOf !== undefined)).toHaveLength(
        deliveries.length / 2,
      );
    });
  });
}

const without = (value: unknown, keys: readonly string[]) =>
  Object.fromEntries(Object.entries(value as object).filter(([key]) => !keys.includes(key)));
