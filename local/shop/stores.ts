import { type Channel, channelsOf, type Merchant, merchantSchema } from '../../config/merchant.ts';
import { pascal } from '../../config/output-names.ts';
import type { Platform } from '../../functions/platforms/platform.ts';
import type { Route, Store } from '../../functions/platforms/store.ts';
import { simulators } from '../platforms/registry.ts';
import type { Simulator, SimWorld } from '../platforms/simulator.ts';
import type { ConnectOptions, SimulatedStore, SimulatorModule } from '../platforms/simulator-module.ts';

/** A store of the merchant on a simulated platform. */
export interface ShopStore<World extends SimWorld = SimWorld> extends SimulatedStore<World> {
  platform: Platform;
  /** The store as it is configured, with the simulator in the place of the platform. */
  store: Store;
  module: SimulatorModule<World>;
}

/** Webhooks come twice or overtake each other this often, as the platforms warn that they may. */
const DISORDER = { duplicateProbability: 0.1, reorderProbability: 0.1 };
/** The platforms wait minutes before they send a webhook again; a local run has no minutes. */
const RETRY_SCALE = 0.01;

/** Starts the simulators, on free ports, of all stores that the merchant has. */
export async function startStores(merchant: Merchant, seed: number): Promise<ShopStore[]> {
  const opened = channelsOf(merchant).map((channel) => {
    const module = simulators.get(channel.platform.name);
    if (module === undefined)
      throw new Error(`There is no simulator of ${channel.platform.name} in the registry.`);
    const simulated = module.create({
      seed,
      queueDelayScale: 1,
      // Our webhooks' address is on this machine, which a platform would refuse.
      allowLocalWebhooks: true,
      retryScale: RETRY_SCALE,
      ...DISORDER,
      stores: channel.stores.map(({ settings }) => settings),
    });
    return { channel, module, simulated };
  });
  const servers = serversOf(opened.flatMap(({ simulated }) => simulated));
  try {
    await Promise.all(servers.map((server) => server.start()));
  } catch (error) {
    await Promise.all(servers.map((server) => server.stop()));
    throw error;
  }
  return opened.flatMap(({ channel, module, simulated }) => {
    const stores = channel.platform.stores(pointed(channel, module, simulated));
    return simulated.map((one): ShopStore => {
      const store = stores.find(({ id }) => id === one.storeId);
      if (store === undefined) throw new Error(`The simulator of ${module.title} made another store.`);
      return { ...one, platform: channel.platform, store, module };
    });
  });
}

/** A platform's settings with the simulators in its place. */
function pointed(
  { platform, settings }: Channel,
  module: SimulatorModule,
  simulated: readonly SimulatedStore[],
): unknown {
  const origins = new Map(simulated.map(({ storeId, simulator }) => [storeId, simulator.url]));
  return platform.settings().parse(module.pointAt(settings, (storeId) => origins.get(storeId) ?? ''));
}

/** The merchant as configured, but with the simulators in the place of the platforms. */
export function pointAtSimulators(merchant: Merchant, stores: readonly ShopStore[]): Merchant {
  const platforms = channelsOf(merchant).map((channel) => {
    const own = stores.filter(({ platform }) => platform.name === channel.platform.name);
    const [first] = own;
    return [
      channel.platform.name,
      first === undefined ? channel.settings : pointed(channel, first.module, own),
    ];
  });
  return merchantSchema().parse({ ...merchant, platforms: Object.fromEntries(platforms) });
}

export async function stopStores(stores: readonly ShopStore[]): Promise<void> {
  await Promise.all(serversOf(stores).map((server) => server.stop()));
}

/** The simulators behind the stores, each once. */
export function serversOf(stores: readonly Pick<SimulatedStore, 'simulator'>[]): Simulator[] {
  return [...new Set(stores.map(({ simulator }) => simulator))];
}

/** What a person would put into the deployment's secrets, by their construct paths. */
export function secretsOf(stores: readonly ShopStore[]): Record<string, string> {
  return Object.fromEntries(
    stores.flatMap(({ platform, storeId, secrets }) =>
      Object.entries(secrets()).map(([credential, value]) => {
        const path = `Secrets/${pascal(platform.name)}${pascal(credential)}`;
        const per = platform.credentials[credential]?.per;
        return [per === 'store' ? `${path}/${storeId}` : path, JSON.stringify(value)];
      }),
    ),
  );
}

/** Types into the platforms' panels what the deployment's outputs say. */
export function connectStores(stores: readonly ShopStore[], apiUrl: string, options?: ConnectOptions): void {
  for (const store of stores) {
    const addresses = Object.entries(store.module.addresses).flatMap(([name, { topic }]) => {
      const route = routeOf(store, topic);
      return route === undefined ? [] : [[name, `${apiUrl}${route.path}`]];
    });
    store.connect(Object.fromEntries(addresses), options);
  }
}

/** The path of our API that a topic of a store comes in by. */
export function routeOf({ platform, store }: ShopStore, topic: string): Route | undefined {
  const { webhook, oauth } = platform;
  const routes = [...(webhook?.routes([store]) ?? []), ...(oauth ? [oauth.callback] : [])];
  return routes.find((route) => route.topic === topic);
}

/** Schedules of the stores that have to be polled, by their construct paths. */
export function pollSchedules(stores: readonly ShopStore[]): string[] {
  return stores
    .filter(({ poll }) => poll !== undefined)
    .map(({ platform, storeId }) => `${pascal(platform.name)}/Poll/Schedule/${storeId}`);
}
