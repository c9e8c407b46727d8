import * as z from 'zod';
import type { SeededRandom } from '../../../../local/platforms/shared/seeded-random.ts';
import {
  createSimulatedStore,
  drawInto,
  type Lifecycle,
} from '../../../../local/platforms/shared/simulated-store.ts';
import type { Simulator } from '../../../../local/platforms/simulator.ts';
import type { SimulatedStore, SimulatorModule } from '../../../../local/platforms/simulator-module.ts';
import { newOrdersJson, PATHS } from '../api.ts';
import { jsonOf } from '../client.ts';
import { APP_SECRET, settings } from '../settings.ts';
import { createBazaarSimulator } from './simulator.ts';
import type { BazaarWorld } from './world.ts';

const STEPS = {
  accept: (world: BazaarWorld, id: string) => world.advance(id, 'accepted'),
  pack: (world: BazaarWorld, id: string) => world.advance(id, 'packed'),
  send: (world: BazaarWorld, id: string) => world.advance(id, 'sent'),
  finish: (world: BazaarWorld, id: string) => world.advance(id, 'done'),
  cancel: (world: BazaarWorld, id: string) => world.cancel(id),
} as const;

const lifecycle: Lifecycle<BazaarWorld> = {
  steps: STEPS,
  place: (world, storeId) => world.place(storeId),
  newOrder: (world, storeId, random) => ({ orderId: world.place(storeId), steps: drawSteps(random) }),
};

function drawSteps(random: SeededRandom): (keyof typeof STEPS)[] {
  const { steps, maybe } = drawInto<keyof typeof STEPS>(random);
  maybe(0.9, 'accept');
  if (random.chance(0.1)) return [...steps, 'cancel'];
  if (steps.length > 0) maybe(0.6, 'pack', 'send');
  if (steps.length > 2) maybe(0.6, 'finish');
  return steps;
}

const { element: storeSettings } = settings.shape.stores;
const eventBody = z.looseObject({ event: z.literal('order.changed'), order: z.string() });

/** Bazaar: one simulator for all stores, as the platform has one host. */
export const bazaarModule: SimulatorModule<BazaarWorld> = {
  title: 'Bazaar',
  addresses: {
    webhook: { topic: 'event', purpose: 'the webhooks go' },
    redirect: { topic: 'callback', purpose: 'a merchant is sent back to' },
  },
  pointAt(configured, originOf) {
    const { stores } = settings.parse(configured);
    return { stores: stores.map((store) => ({ ...store, baseUrl: originOf(store.storeId) })) };
  },
  create({ stores = [{ storeId: 'made-up' }], ...options }) {
    const parsed = stores.map((store) => storeSettings.parse(store));
    const limits = new Map(parsed.map(({ storeId, rate }) => [storeId, rate]));
    const simulator = createBazaarSimulator(options, limits);
    return parsed.map(({ storeId }) => openStore(simulator, storeId));
  },
  drawSteps,
  standalone: {
    port: 4640,
    describe: ({ storeId, simulator: { url, world } }) => [
      `shop ${storeId}, token ${world.shop.tokensOf(storeId)?.accessToken}`,
      `curl ${url}${PATHS.orderIds}`,
    ],
  },
};

function openStore(simulator: Simulator<BazaarWorld>, storeId: string): SimulatedStore<BazaarWorld> {
  const { world } = simulator;
  return createSimulatedStore({
    storeId,
    simulator,
    lifecycle,
    secrets: () => ({ app: APP_SECRET, store: { ...world.shop.tokensOf(storeId) } }),
    connect({ webhook, redirect }) {
      if (webhook !== undefined) world.subscribe(webhook);
      if (redirect !== undefined) world.redirectTo(redirect);
    },
    webhooks: {
      carriesOrder: false,
      orderIdOf: (body) => eventBody.safeParse(body).data?.order,
      headersFor: world.headersFor,
      sample() {
        const order = world
          .truth()
          .filter((one) => one.storeId === storeId)
          .at(-1);
        if (order === undefined) return undefined;
        const body = JSON.stringify({ shop: storeId, event: 'order.changed', order: order.orderId });
        return { address: 'webhook', headers: world.headersFor(body), body };
      },
      configure: world.configureWebhooks,
    },
    poll: {
      unread: () => world.shop.unread(storeId),
      handedOut: () => world.shop.handedOut(storeId),
      reads: (path) => path === PATHS.newOrders,
      recordsOf: (page) => newOrdersJson.safeParse(jsonOf(page)).data?.orders,
    },
    troubles: {
      'token-ended'() {
        world.endToken(storeId);
        // Whoever is refused refreshes it.
        return () => {};
      },
    },
  });
}
