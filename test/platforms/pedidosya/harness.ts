import { onTestFinished } from 'vitest';
import type { Transport } from '../../../functions/http/transport.ts';
import type { CallContext } from '../../../functions/platforms/calls.ts';
import { pedidosya } from '../../../functions/platforms/pedidosya/platform.ts';
import type { PedidosyaCredential } from '../../../functions/platforms/pedidosya/secrets.ts';
import { type PedidosyaChain, pedidosyaSettings } from '../../../functions/platforms/pedidosya/settings.ts';
import type { Store } from '../../../functions/platforms/store.ts';
import type { Clock } from '../../../functions/runtime/clock.ts';
import { DEFAULTS, type PedidosYaSimulatorOptions } from '../../../local/platforms/pedidosya/options.ts';
import { createPedidosYaSimulator } from '../../../local/platforms/pedidosya/simulator.ts';
import { type TestConnectionOptions, testConnection } from '../../support/connection.ts';
import { createSharedTime, createSimTransport } from '../virtual-time.ts';

export const CHAIN = DEFAULTS.chainId;

/** Settings of the simulated chain. */
export function settingsOf(changes: Partial<PedidosyaChain> = {}): PedidosyaChain {
  const stores = [
    { storeId: 'nbet', pickingMode: 'partner' },
    { storeId: 's8ym', ownCode: 'store-002', pickingMode: 'pelican' },
    { storeId: 'ar5v', pickingMode: 'partner' },
    { storeId: 'cl4p', pickingMode: 'partner' },
  ];
  const { chains } = pedidosyaSettings().parse({ chains: [{ chainId: CHAIN, country: 'uy', stores }] });
  return { ...chains[0]!, ...changes };
}

/** The simulated chain as the platform makes it of its settings. */
export const chainOf = (changes: Partial<PedidosyaChain> = {}): Store<PedidosyaChain> => {
  const settings = settingsOf(changes);
  return { id: settings.chainId, settings };
};

type ClientOptions = Partial<CallContext> &
  Pick<TestConnectionOptions, 'onFeedback' | 'bucketOf'> & {
    settings?: PedidosyaChain;
    /** The content of the chain's secret; `fresh` asks for it past every cache. */
    credential?: (options: { fresh: boolean }) => Promise<PedidosyaCredential>;
    transport?: Transport;
    clock?: Clock;
  };

interface Wishes {
  simulator?: Omit<PedidosYaSimulatorOptions, 'clock'>;
  settings?: Partial<PedidosyaChain>;
  client?: ClientOptions;
}

/** Makes clients of the simulated chain, one for each piece of work, with nothing behind them unless it is given. */
export function connectChain({
  settings = settingsOf(),
  credential = () => Promise.resolve({ token: DEFAULTS.staticToken }),
  transport = () => Promise.reject(new Error('not to be called')),
  clock = createSharedTime().clock,
  onFeedback,
  bucketOf,
  ...context
}: ClientOptions = {}) {
  const connect = testConnection(pedidosya, chainOf(settings), {
    transport,
    clock,
    onFeedback,
    bucketOf,
    secretOf: (_, fresh) => credential({ fresh }),
  });
  return (other: Partial<CallContext> = {}) => connect({ ...context, ...other });
}

/** A client of the simulated chain for one piece of work. */
export const pedidosyaClient = (options: ClientOptions = {}) => connectChain(options)();

/** A simulated PedidosYa on a free port, and our client before it; both stop with the test. */
export async function startPedidosya({ simulator, settings, client }: Wishes = {}) {
  const { sim, clock } = createSharedTime();
  const platform = createPedidosYaSimulator({ clock: sim, callsPerMinute: 100_000, ...simulator });
  await platform.start();
  onTestFinished(() => platform.stop());
  const { transport, requests, impatient } = createSimTransport(clock, platform.calls);
  const used = settingsOf({
    baseUrl: `${platform.url}/v2`,
    downloadHosts: [new URL(platform.url).host],
    ...settings,
  });
  const connect = connectChain({ settings: used, transport, clock, ...client });
  return {
    platform,
    world: platform.world,
    api: connect(),
    connect,
    settings: used,
    transport,
    clock,
    sim,
    requests,
    impatient,
  };
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
