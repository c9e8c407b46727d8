import { nuvemshop } from '../../functions/platforms/nuvemshop/platform.ts';
import { pedidosya } from '../../functions/platforms/pedidosya/platform.ts';
import type { Platform } from '../../functions/platforms/platform.ts';

/** The path of a webhook; `{store}` stands where a path names the store. */
function pathOf({ webhook, name }: Platform, topic: string): string {
  const routes = webhook?.routes([{ id: '{store}', settings: {} }]) ?? [];
  const route = routes.find((one) => one.topic === topic);
  if (route === undefined) throw new Error(`no route of ${name} has the topic ${topic}`);
  return route.path;
}

/** The demo merchant's chain at PedidosYa. */
export const DEMO_CHAIN = '79d3a074-0f4c-44ac-892c-787fdfb04ba1';

/** Paths that platforms call. */
export const ROUTES = {
  nuvemshopEvents: pathOf(nuvemshop, 'event'),
  nuvemshopStoreRedact: pathOf(nuvemshop, 'store/redact'),
  nuvemshopCustomersRedact: pathOf(nuvemshop, 'customers/redact'),
  nuvemshopCustomersDataRequest: pathOf(nuvemshop, 'customers/data_request'),
  /** Of the demo merchant's chain. */
  pedidosya: pathOf(pedidosya, 'webhook').replace('{store}', DEMO_CHAIN),
};

/** Paths that a merchant's browser opens. */
export const INSTALL_ROUTES = {
  nuvemshopStart: nuvemshop.oauth?.start.path ?? '',
  nuvemshopCallback: nuvemshop.oauth?.callback.path ?? '',
};
