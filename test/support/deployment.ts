import { afterAll, beforeAll } from 'vitest';
import type * as z from 'zod';
import { merchantNamed } from '../../config/merchant.ts';
import { stockSchema } from '../../config/stock.ts';
import type { ImotrizSettings } from '../../functions/platforms/imotriz/settings.ts';
import type { NuvemshopSettings } from '../../functions/platforms/nuvemshop/settings.ts';
import type { PedidosyaSettings } from '../../functions/platforms/pedidosya/settings.ts';
import { createSubscriptionsChecked } from '../../functions/storage/last-times.ts';
import { imotrizModule } from '../../local/platforms/imotriz/module.ts';
import { nuvemshopModule } from '../../local/platforms/nuvemshop/module.ts';
import { pedidosyaModule } from '../../local/platforms/pedidosya/module.ts';
import type { SimWorld } from '../../local/platforms/simulator.ts';
import type { SimulatorModule } from '../../local/platforms/simulator-module.ts';
import { openShop, type Shop } from '../../local/shop/shop.ts';
import type { ShopStore } from '../../local/shop/stores.ts';
import { openTable, type ShopTable } from '../../local/shop/table.ts';
import { synthesizeOnce } from './shared-assembly.ts';

export interface TestShop extends Shop, ReturnType<typeof simulatedPlatforms> {
  table: ShopTable;
  /** Every line the functions wrote, with the function's name. */
  logs: { name: string; line: string }[];
}

/** The demo's configuration of its platforms. */
export interface DemoPlatforms {
  nuvemshop: NuvemshopSettings;
  pedidosya: PedidosyaSettings;
  imotriz: ImotrizSettings;
}

/** One whole deployment of the demo merchant for a test file, with simulated platforms and no schedule running. */
export function deployedShop(
  seed: number,
  options: {
    imotrizRate?: { perSecond: number; burst: number };
    /** Whether the merchant wants an event bus as well. */
    bus?: boolean;
    /** Changes the demo's configuration before it is deployed. */
    configure?: (platforms: DemoPlatforms) => void;
    /** How stock is counted; nobody counts it when absent. */
    stock?: z.input<typeof stockSchema>;
  } = {},
): TestShop {
  const made: Partial<TestShop> = { logs: [] };
  beforeAll(async () => {
    const merchant = merchantNamed('demo');
    const platforms = merchant.platforms as unknown as DemoPlatforms;
    for (const store of platforms.imotriz.stores) store.rate = options.imotrizRate ?? store.rate;
    quick(platforms);
    options.configure?.(platforms);
    merchant.events.bus = options.bus ?? merchant.events.bus;
    if (options.stock !== undefined) merchant.stock = stockSchema.parse(options.stock);
    const shop = await openShop({
      merchant,
      seed,
      synthesize: synthesizeOnce,
      onFunctionLog: (name, line) => made.logs?.push({ name, line }),
    });
    const table = openTable(shop.cloud);
    await subscriptionsChecked(shop, table);
    Object.assign(made, shop, simulatedPlatforms(shop), { table });
  });
  afterAll(async () => {
    made.table?.close();
    await made.close?.();
  });
  return made as TestShop;
}

/**
 * Webhooks were looked at today, so that a test in which a platform tells nothing, or not everything, stays as it is: no
 * reconciliation subscribes them under it. What looking at them does has tests of its own.
 */
async function subscriptionsChecked({ stores, cloud }: Shop, { client }: ShopTable): Promise<void> {
  const control = { client, table: cloud.tableName('Control/Table') };
  const subscribed = stores.filter(({ platform }) => platform.oauth !== undefined);
  await Promise.all(
    subscribed.map(({ platform, storeId }) =>
      createSubscriptionsChecked({ ...control, platform: platform.name, storeId }).set(Date.now()),
    ),
  );
}

/**
 * The time of these tests is real: a store of the larger plan, a chain that may call often and a short first look back keep it
 * from passing in waits for the limit, which tests of their own measure.
 */
function quick({ nuvemshop, pedidosya }: DemoPlatforms): void {
  for (const store of nuvemshop.stores) {
    Object.assign(store.reconcile, { firstDays: 1, deepDays: 1 });
    store.rate = { perSecond: 20, burst: 400 };
  }
  for (const chain of pedidosya.chains) {
    Object.assign(chain.reconcile, { firstDays: 1, deepDays: 1 });
    chain.rate = { perSecond: 20, burst: 100 };
  }
}

/** The demo's simulators, each with its own world, and what they prove their webhooks with. */
function simulatedPlatforms({ stores }: Shop) {
  const nuvemshop = storeOn(stores, nuvemshopModule);
  const pedidosya = storeOn(stores, pedidosyaModule);
  return {
    platforms: {
      nuvemshop: nuvemshop?.simulator,
      pedidosya: pedidosya?.simulator,
      imotriz: storeOn(stores, imotrizModule)?.simulator,
    },
    webhookSecrets: {
      nuvemshop: nuvemshop?.simulator.world.credentials().clientSecret ?? '',
      pedidosya: pedidosya?.webhooks?.headersFor('').authorization ?? '',
    },
  };
}

/** The first store on the platform that a module simulates, with what only that platform's world offers. */
export function storeOn<World extends SimWorld>(
  stores: readonly ShopStore[],
  module: SimulatorModule<World>,
): ShopStore<World> | undefined {
  return stores.find((store) => store.module === module) as ShopStore<World> | undefined;
}
