import { channelsOf, merchantNamed } from '../../config/merchant.ts';
import { simulators } from '../../local/platforms/registry.ts';
import type { ShopStore } from '../../local/shop/stores.ts';

/** The first of the stores whose platform pushes whole orders: the shortest way from a webhook to a row. */
export function pushingStore(stores: readonly ShopStore[]): ShopStore {
  const found = stores.find(({ webhooks }) => webhooks?.carriesOrder);
  if (found === undefined) throw new Error('no platform of the merchant pushes whole orders');
  return found;
}

/** The demo merchant's stores on simulated platforms that nobody has started: enough to make webhooks of. */
export function simulatedStores(): ShopStore[] {
  return channelsOf(merchantNamed('demo')).flatMap(({ platform, stores }) => {
    const module = simulators.get(platform.name);
    const settings = stores.map((store) => store.settings);
    return (module?.create({ seed: 1, stores: settings }) ?? []).flatMap((simulated): ShopStore[] => {
      const store = stores.find(({ id }) => id === simulated.storeId);
      return module === undefined || store === undefined ? [] : [{ ...simulated, platform, store, module }];
    });
  });
}
