import { connectStores, type ShopStore } from '../../local/shop/stores.ts';
import type { Loop } from '../time/loop.ts';
import { API_HOST, CHANNELS, type MerchantStore, STORES, secretId, simulatorOf } from './merchant.ts';
import type { Plan } from './plan.ts';

/** One store of the merchant, with its platform as one world simulates it. */
export interface SimStore extends ShopStore, Pick<MerchantStore, 'name' | 'host'> {}

/** All stores on a world's clock, with our API typed into the platforms' panels. */
export function openStores(
  { seed, statusKeepsTime }: Pick<Plan, 'seed' | 'statusKeepsTime'>,
  clock: Loop,
): SimStore[] {
  const opened = CHANNELS.flatMap(({ platform, stores }) => {
    const module = simulatorOf(platform);
    const settings = stores.map((store) => store.settings);
    const simulated = module.create({ seed, clock, stores: settings, statusKeepsUpdatedAt: statusKeepsTime });
    return simulated.map((store) => ({ ...store, platform, module }));
  });
  const all = opened.map((simulated): SimStore => {
    const { platform, storeId } = simulated;
    const known = STORES.find((one) => one.platform === platform && one.store.id === storeId);
    if (known === undefined) throw new Error(`the simulator of ${platform.name} made another store`);
    return { ...simulated, store: known.store, name: known.name, host: known.host };
  });
  connectStores(all, `https://${API_HOST}`, { account: true });
  return all;
}

/** The store that a plan names. */
export function storeNamed(stores: readonly SimStore[], name: string): SimStore {
  const found = stores.find((store) => store.name === name);
  if (found === undefined) throw new Error(`the simulated merchant has no store ${name}`);
  return found;
}

/** Puts a store's secrets into the account, as an operator does. */
export function putSecrets(secrets: Map<string, string>, store: SimStore): void {
  for (const [credential, value] of Object.entries(store.secrets()))
    secrets.set(secretId(store, credential, store.storeId), JSON.stringify(value));
}
