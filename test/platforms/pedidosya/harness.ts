import { onTestFinished } from 'vitest';
import {
  createPedidosyaClient,
  type PedidosyaClientOptions,
} from '../../../functions/platforms/pedidosya/client.ts';
import { type PedidosyaSettings, pedidosyaSettings } from '../../../functions/platforms/settings.ts';
import { DEFAULTS, type PedidosYaSimulatorOptions } from '../../../local/platforms/pedidosya/options.ts';
import { createPedidosYaSimulator } from '../../../local/platforms/pedidosya/simulator.ts';
import { createSharedTime, createSimTransport } from '../virtual-time.ts';

export const CHAIN = DEFAULTS.chainId;

/** Settings of the simulated chain. */
export function settingsOf(changes: Partial<PedidosyaSettings> = {}): PedidosyaSettings {
  const stores = [
    { storeId: 'nbet', pickingMode: 'partner' },
    { storeId: 's8ym', ownCode: 'store-002', pickingMode: 'pelican' },
    { storeId: 'ar5v', pickingMode: 'partner' },
    { storeId: 'cl4p', pickingMode: 'partner' },
  ];
  return { ...pedidosyaSettings.parse({ chainId: CHAIN, country: 'uy', stores }), ...changes };
}

interface Wishes {
  simulator?: Omit<PedidosYaSimulatorOptions, 'clock'>;
  settings?: Partial<PedidosyaSettings>;
  client?: Partial<PedidosyaClientOptions>;
}

/** A client of the simulated chain, with nothing behind it unless it is given. */
export function pedidosyaClient(options: Partial<PedidosyaClientOptions> = {}) {
  return createPedidosyaClient({
    settings: settingsOf(),
    credential: () => Promise.resolve({ token: DEFAULTS.staticToken }),
    transport: () => Promise.reject(new Error('not to be called')),
    clock: createSharedTime().clock,
    ...options,
  });
}

/** A simulated PedidosYa on a free port, and our client before it; both stop with the test. */
export async function startPedidosya({ simulator, settings, client }: Wishes = {}) {
  const { sim, clock } = createSharedTime();
  const platform = createPedidosYaSimulator({ clock: sim, callsPerMinute: 100_000, ...simulator });
  await platform.start();
  onTestFinished(() => platform.stop());
  const { transport, requests, impatient } = createSimTransport(clock, platform.calls);
  const api = pedidosyaClient({
    settings: settingsOf({
      baseUrl: `${platform.url}/v2`,
      downloadHosts: [new URL(platform.url).host],
      ...settings,
    }),
    transport,
    clock,
    ...client,
  });
  return { platform, world: platform.world, api, clock, sim, requests, impatient };
}

/** The error a promise ends in. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it succeeded');
}
