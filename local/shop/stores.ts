import { type Merchant, merchantSchema } from '../../config/merchant.ts';
import { simulators } from '../platforms/registry.ts';
import type { Simulator, SimWorld } from '../platforms/simulator.ts';
import type { SimulatedStore, SimulatorModule } from '../platforms/simulator-module.ts';

/** A store of the merchant on a simulated platform. */
export interface ShopStore<World extends SimWorld = SimWorld> extends SimulatedStore<World> {
  /** The platform's name. */
  platform: string;
  module: SimulatorModule<World>;
  /** The store's settings, with the simulator in the place of the platform. */
  settings: object;
}

/** Webhooks come twice or overtake each other this often, as the platforms warn that they may. */
const DISORDER = { duplicateProbability: 0.1, reorderProbability: 0.1 };
/** The platforms wait minutes before they send a webhook again; a local run has no minutes. */
const RETRY_SCALE = 0.01;

/** The settings of each store that the merchant has on each platform, by the platform's name. */
function configuredStores({ platforms }: Merchant): [platform: string, stores: object[]][] {
  return Object.entries(platforms).flatMap(([platform, settings]): [string, object[]][] =>
    settings === undefined ? [] : [[platform, [settings]]],
  );
}

/** The merchant as configured, but with the simulators in the place of the platforms. */
export function pointAtSimulators(merchant: Merchant, stores: readonly ShopStore[]): Merchant {
  const platforms = Object.fromEntries(stores.map(({ platform, settings }) => [platform, settings]));
  return merchantSchema.parse({ ...merchant, platforms: { ...merchant.platforms, ...platforms } });
}

/** Starts the simulators, on free ports, of all stores that the merchant has. */
export async function startStores(merchant: Merchant, seed: number): Promise<ShopStore[]> {
  const opened = configuredStores(merchant).map(([platform, settings]) => {
    const module = simulators.get(platform);
    if (module === undefined) throw new Error(`There is no simulator of ${platform} in the registry.`);
    const options = {
      seed,
      queueDelayScale: 0,
      // Our webhooks' address is on this machine, which a platform would refuse.
      allowLocalWebhooks: true,
      retryScale: RETRY_SCALE,
      ...DISORDER,
    };
    return { platform, module, settings, stores: module.create({ ...options, stores: settings }) };
  });
  const servers = serversOf(opened.flatMap(({ stores }) => stores));
  try {
    await Promise.all(servers.map((server) => server.start()));
  } catch (error) {
    await Promise.all(servers.map((server) => server.stop()));
    throw error;
  }
  return opened.flatMap(({ platform, module, settings, stores }) =>
    stores.map((store, index) => ({
      ...store,
      platform,
      module,
      settings: module.pointAt(settings[index], store.simulator.url),
    })),
  );
}

export async function stopStores(stores: readonly ShopStore[]): Promise<void> {
  await Promise.all(serversOf(stores).map((server) => server.stop()));
}

/** The first store on the platform that a module simulates, with what only that platform's world offers. */
export function storeOn<World extends SimWorld>(
  stores: readonly ShopStore[],
  module: SimulatorModule<World>,
): ShopStore<World> | undefined {
  return stores.find((store) => store.module === module) as ShopStore<World> | undefined;
}

/** The simulators behind the stores, each once. */
export function serversOf(stores: readonly Pick<SimulatedStore, 'simulator'>[]): Simulator[] {
  return [...new Set(stores.map(({ simulator }) => simulator))];
}

/** What a person would put into the deployment's secrets, by their construct paths. */
export function secretsOf(stores: readonly ShopStore[]): Record<string, string> {
  return Object.fromEntries(
    stores.flatMap(({ platform, secrets }) =>
      Object.entries(secrets()).map(([credential, value]) => [
        `Secrets/${constructId(platform)}${constructId(credential)}`,
        JSON.stringify(value),
      ]),
    ),
  );
}

/** Types into the platforms' panels what the deployment's outputs say. */
export function connectStores(stores: readonly ShopStore[], apiUrl: string): void {
  for (const { module, connect } of stores)
    connect(
      Object.fromEntries(
        Object.entries(module.addresses).map(([name, { path }]) => [name, `${apiUrl}${path}`]),
      ),
    );
}

/** Schedules of the platforms that have to be polled, by their construct paths. */
export function pollSchedules(stores: readonly ShopStore[]): string[] {
  const polled = stores.filter(({ poll }) => poll !== undefined);
  return [...new Set(polled.map(({ platform }) => `${constructId(platform)}/Poll/Schedule`))];
}

/** A name as the ids of constructs are written: the first letter upper-case. */
const constructId = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
