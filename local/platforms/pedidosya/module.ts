import * as z from 'zod';
import { pedidosyaSettings } from '../../../functions/platforms/pedidosya/settings.ts';
import { createSeededRandom } from '../shared/seeded-random.ts';
import { createSimulatedStore } from '../shared/simulated-store.ts';
import type { Simulator } from '../simulator.ts';
import {
  FAR_FUTURE,
  type SampleWebhook,
  type SimulatedStore,
  type SimulatorModule,
} from '../simulator-module.ts';
import { createEdge } from './access/gate.ts';
import { drawSteps, lifecycle } from './lifecycle.ts';
import { DEFAULTS, type PedidosYaSimulatorOptions } from './options.ts';
import { createPedidosYaSimulator } from './simulator.ts';
import type { PedidosYaWorld } from './world.ts';

const chainSettings = z.looseObject({
  chainId: z.string(),
  country: z.string(),
  rate: z.looseObject({ perSecond: z.number(), burst: z.number() }).optional(),
  stores: z.array(
    z.looseObject({
      storeId: z.string(),
      ownCode: z.string().optional(),
      pickingMode: z.enum(['partner', 'pelican']),
    }),
  ),
});
type ChainSettings = z.infer<typeof chainSettings>;
const orderBody = z.looseObject({ order_id: z.string() });

/** PedidosYa: a simulator for each chain, and one network edge that counts the calls of an address to all of them. */
export const pedidosyaModule: SimulatorModule<PedidosYaWorld, PedidosYaSimulatorOptions> = {
  title: 'PedidosYa',
  addresses: { webhook: { topic: 'webhook', purpose: 'the orders go' } },
  pointAt(settings, originOf) {
    const { chains } = pedidosyaSettings().parse(settings);
    return {
      chains: chains.map((chain) => {
        const origin = originOf(chain.chainId);
        // The simulator's files lie where its API does.
        return { ...chain, baseUrl: `${origin}/v2`, downloadHosts: [new URL(origin).host] };
      }),
    };
  },
  create({ seed, stores, own = {}, ...common }) {
    const configured = stores?.map((settings) => chainSettings.parse(settings));
    const edge = createEdge({ callsPerMinute: callsAllowed(configured ?? []), ...own });
    const chains = configured?.map(simulatedChain) ?? [{}];
    return chains.map((chain, index) => {
      const seedOfChain = index === 0 ? seed : `${seed}/${index}`;
      const simulator = createPedidosYaSimulator(
        { oddOrders: true, ...common, seed: seedOfChain, ...chain, ...own },
        edge,
      );
      return openStore(simulator, `local-${createSeededRandom(`${seedOfChain}/webhook`).hex(32)}`);
    });
  },
  drawSteps,
  standalone: {
    port: 4620,
    describe: (store) => [
      `chain ${store.storeId}, token ${DEFAULTS.staticToken}`,
      `OAuth client ${DEFAULTS.oauthClient.id} / ${DEFAULTS.oauthClient.secret}`,
      `webhook secret ${z.looseObject({ secret: z.string() }).parse(store.secrets().webhook).secret}`,
    ],
  },
};

/** The documented limit; for chains that are configured to call more often, one that allows it. */
function callsAllowed(chains: readonly ChainSettings[]): number {
  const most = chains.reduce((sum, { rate }) => sum + (rate ? rate.perSecond * 60 + rate.burst : 0), 0);
  const agreed = chains.some(
    ({ rate }) => rate !== undefined && rate.perSecond * 60 > DEFAULTS.callsPerMinute,
  );
  return agreed ? Math.ceil(most) : DEFAULTS.callsPerMinute;
}

function simulatedChain({ chainId, country, stores }: ChainSettings): PedidosYaSimulatorOptions {
  return {
    chainId,
    stores: stores.map(({ storeId, ownCode, pickingMode }) => ({
      id: storeId,
      name: `Local ${storeId}`,
      country,
      pickingMode,
      ...(ownCode === undefined ? {} : { externalCode: ownCode }),
    })),
  };
}

function openStore(simulator: Simulator<PedidosYaWorld>, secret: string): SimulatedStore<PedidosYaWorld> {
  const { world } = simulator;
  const token = world.credentials.addStaticToken();
  const headersFor = () => ({ 'content-type': 'application/json', authorization: secret });
  return createSimulatedStore({
    storeId: world.chainId,
    simulator,
    lifecycle,
    secrets: () => ({ webhook: { secret }, api: { token } }),
    connect({ webhook }) {
      if (webhook !== undefined)
        for (const purpose of ['orders', 'catalogue'] as const)
          world.setWebhook(purpose, { url: webhook, secret });
    },
    webhooks: {
      carriesOrder: true,
      orderIdOf: (body) => orderBody.safeParse(body).data?.order_id,
      headersFor,
      forged: (order_id, final) => {
        const status = final ? 'CANCELLED' : 'READY_FOR_PICKUP';
        return JSON.stringify({ order_id, status, sys: { updated_at: FAR_FUTURE } });
      },
      sample: () => sampleWebhook(world, headersFor()),
      configure: world.configureWebhooks,
    },
    sell(skus, outletId = world.stores[0]?.id ?? '') {
      for (const sku of skus) world.enlist(outletId, sku);
      return skus.map((sku) => ({ sku, productId: sku, variantId: sku }));
    },
    troubles: {},
  });
}

/** The newest order a minute later, ready for pickup and with one line, so that it can be read in a terminal. */
function sampleWebhook(world: PedidosYaWorld, headers: Record<string, string>): SampleWebhook | undefined {
  const order = world.truth().at(-1)?.json;
  if (order === undefined) return undefined;
  const { order_id, client, payment } = order;
  const items = order.items.slice(0, 1).map(({ _id, sku, name, pricing }) => ({ _id, sku, name, pricing }));
  const sys = { updated_at: new Date(Date.parse(order.sys.updated_at) + 60_000).toISOString() };
  const body = JSON.stringify({ order_id, status: 'READY_FOR_PICKUP', client, items, payment, sys });
  return { address: 'webhook', headers, body: body.replaceAll("'", '') };
}
