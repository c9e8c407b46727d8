import { ROUTES } from '../../functions/platforms/routes.ts';
import { createImotrizSimulator } from '../../local/platforms/imotriz/simulator.ts';
import { createNuvemshopSimulator } from '../../local/platforms/nuvemshop/simulator.ts';
import { createPedidosYaSimulator } from '../../local/platforms/pedidosya/simulator.ts';
import type { Loop } from '../time/loop.ts';
import { SECRET, SETTINGS } from './merchant.ts';
import { HOSTS } from './network.ts';
import type { Plan } from './plan.ts';

export type SimPlatforms = ReturnType<typeof createPlatforms>;

const PEDIDOSYA_SECRET = 'the-secret-of-the-chaos-webhook';

/** The three platforms on the world's clock, subscribed to by our API. */
export function createPlatforms({ seed, cancelKeepsTime }: Plan, clock: Loop) {
  const { nuvemshop: shop, pedidosya: chain, imotriz: site } = SETTINGS;
  const nuvemshop = createNuvemshopSimulator({
    seed,
    clock,
    stores: [{ id: Number(shop.storeId) }],
    cancelKeepsUpdatedAt: cancelKeepsTime,
  });
  const events = [
    ...['created', 'updated', 'paid', 'packed', 'unpacked', 'fulfilled', 'cancelled', 'edited'].map(
      (event) => `order/${event}`,
    ),
    'app/suspended',
    'app/resumed',
  ];
  nuvemshop.world.subscribe({ url: `https://${HOSTS.api}${ROUTES.nuvemshopEvents}`, events });
  const pedidosya = createPedidosYaSimulator({
    seed,
    clock,
    chainId: chain.chainId,
    stores: chain.stores.map(({ storeId, ownCode, pickingMode }) => ({
      id: storeId,
      name: `Chaos ${storeId}`,
      country: chain.country,
      pickingMode,
      ...(ownCode === undefined ? {} : { externalCode: ownCode }),
    })),
    orderWebhook: { url: `https://${HOSTS.api}${ROUTES.pedidosya}`, secret: PEDIDOSYA_SECRET },
  });
  const imotriz = createImotrizSimulator({ seed, clock, country: site.country, storeId: site.storeId });
  return { nuvemshop, pedidosya, imotriz };
}

/** The secrets as an operator has put them into the account. */
export function secretsOf({ nuvemshop, imotriz }: SimPlatforms): Map<string, string> {
  const { clientSecret, accessToken, appId } = nuvemshop.world.credentials();
  const secrets = {
    [SECRET.nuvemshopApp]: { clientId: appId, clientSecret },
    [SECRET.nuvemshopStore]: { accessToken },
    [SECRET.pedidosyaWebhook]: { secret: PEDIDOSYA_SECRET },
    [SECRET.pedidosyaApi]: { token: 'simulated-static-token' },
    [SECRET.imotriz]: { token: imotriz.world.token },
  };
  return new Map(Object.entries(secrets).map(([name, value]) => [name, JSON.stringify(value)]));
}
