import type { Merchant } from '../../config/merchant.ts';
import { createImotrizSimulator } from '../platforms/imotriz/simulator.ts';
import { createNuvemshopSimulator } from '../platforms/nuvemshop/simulator.ts';
import { createPedidosYaSimulator } from '../platforms/pedidosya/simulator.ts';

export type NuvemshopSimulator = ReturnType<typeof createNuvemshopSimulator>;
export type PedidosyaSimulator = ReturnType<typeof createPedidosYaSimulator>;
export type ImotrizSimulator = ReturnType<typeof createImotrizSimulator>;

/** The simulated platforms of one merchant; those that its configuration does not name are absent. */
export interface ShopPlatforms {
  nuvemshop?: NuvemshopSimulator;
  pedidosya?: PedidosyaSimulator;
  imotriz?: ImotrizSimulator;
}

/** Webhooks come twice or overtake each other this often, as the platforms warn that they may. */
const DISORDER = { duplicateProbability: 0.1, reorderProbability: 0.1 };
/** The platforms wait minutes before they send a webhook again; a local run has no minutes. */
const RETRY_SCALE = 0.01;

/** Starts a simulator, on a free port, for each platform the merchant sells on. */
export async function startPlatforms(merchant: Merchant, seed: number): Promise<ShopPlatforms> {
  const { nuvemshop, pedidosya, imotriz } = merchant.platforms;
  const platforms: ShopPlatforms = {
    ...(nuvemshop && {
      nuvemshop: createNuvemshopSimulator({
        seed,
        stores: [{ id: Number(nuvemshop.storeId) }],
        queueDelayScale: 0,
        // Our webhooks' address is on this machine, which the platform would refuse.
        allowLocalWebhooks: true,
        retryScale: RETRY_SCALE,
        ...DISORDER,
      }),
    }),
    ...(pedidosya && {
      pedidosya: createPedidosYaSimulator({
        seed,
        chainId: pedidosya.chainId,
        stores: pedidosya.stores.map(({ storeId, ownCode, pickingMode }) => ({
          id: storeId,
          name: `Local ${storeId}`,
          country: pedidosya.country,
          pickingMode,
          ...(ownCode === undefined ? {} : { externalCode: ownCode }),
        })),
        retryScale: RETRY_SCALE,
        ...DISORDER,
      }),
    }),
    ...(imotriz && {
      imotriz: createImotrizSimulator({ seed, country: imotriz.country, storeId: imotriz.storeId }),
    }),
  };
  await Promise.all(eachPlatform(platforms).map((simulator) => simulator.start()));
  return platforms;
}

export function eachPlatform({ nuvemshop, pedidosya, imotriz }: ShopPlatforms) {
  return [nuvemshop, pedidosya, imotriz].filter((simulator) => simulator !== undefined);
}

/** The merchant as configured, but with the simulators in the place of the platforms. */
export function pointAt(merchant: Merchant, { nuvemshop, pedidosya, imotriz }: ShopPlatforms): Merchant {
  const platforms: Merchant['platforms'] = { ...merchant.platforms };
  if (platforms.nuvemshop && nuvemshop) {
    platforms.nuvemshop = {
      ...platforms.nuvemshop,
      baseUrl: `${nuvemshop.url}/2025-03`,
      authUrl: `${nuvemshop.url}/apps`,
    };
  }
  if (platforms.pedidosya && pedidosya) {
    platforms.pedidosya = { ...platforms.pedidosya, baseUrl: `${pedidosya.url}/v2` };
  }
  if (platforms.imotriz && imotriz) platforms.imotriz = { ...platforms.imotriz, baseUrl: imotriz.url };
  return { ...merchant, platforms };
}
