import type { Store } from '../store.ts';
import type { NuvemshopSettings, NuvemshopStoreSettings } from './settings.ts';

export function storesOf({ stores, userAgent, authUrl }: NuvemshopSettings): Store<NuvemshopStoreSettings>[] {
  return stores.map((store) => ({
    id: store.storeId,
    settings: { ...store, userAgent: store.userAgent ?? userAgent, authUrl },
  }));
}
