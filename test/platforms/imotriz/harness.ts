import { onTestFinished } from 'vitest';
import type { PlatformRequest, Transport } from '../../../functions/http/transport.ts';
import type { CallContext } from '../../../functions/platforms/calls.ts';
import { imotriz } from '../../../functions/platforms/imotriz/platform.ts';
import { type ImotrizStore, imotrizSettings } from '../../../functions/platforms/imotriz/settings.ts';
import type { Store } from '../../../functions/platforms/store.ts';
import type { Clock } from '../../../functions/runtime/clock.ts';
import { DEFAULTS, type ImotrizSimulatorOptions } from '../../../local/platforms/imotriz/options.ts';
import { createImotrizSimulator } from '../../../local/platforms/imotriz/simulator.ts';
import { type TestConnectionOptions, testConnection } from '../../support/connection.ts';
import { createSharedTime, createSimTransport } from '../virtual-time.ts';

/** The paths the simulator serves. */
export const { orderIds, order, newOrders } = DEFAULTS.paths;

/** Settings of one store, with everything left out that has a default. */
export function settingsOf(given: { country?: string; storeId?: string; paths?: object } = {}): ImotrizStore {
  const { stores } = imotrizSettings().parse({ stores: [{ country: 'co', storeId: 'co-main', ...given }] });
  return stores[0]!;
}

/** A store as the platform makes it of its settings. */
export const storeOf = (settings: ImotrizStore): Store<ImotrizStore> => ({ id: settings.storeId, settings });

type ClientOptions = Partial<CallContext> &
  Pick<TestConnectionOptions, 'onFeedback'> & {
    settings?: ImotrizStore;
    /** The token of the store's secret; `fresh` asks for it past every cache. */
    token?: (options: { fresh: boolean }) => Promise<string>;
    transport?: Transport;
    clock?: Clock;
  };

interface Wishes {
  simulator?: Omit<ImotrizSimulatorOptions, 'clock'>;
  settings?: Partial<ImotrizStore>;
  client?: ClientOptions;
}

/** A client of one store, with nothing behind it unless it is given. */
export function imotrizClient({
  settings = settingsOf({ paths: { orderIds, order } }),
  token = () => Promise.resolve(DEFAULTS.token),
  transport = () => Promise.reject(new Error('not to be called')),
  clock = createSharedTime().clock,
  onFeedback,
  ...context
}: ClientOptions = {}) {
  const connect = testConnection(imotriz, storeOf(settings), {
    transport,
    clock,
    onFeedback,
    secretOf: async (_, fresh) => ({ token: await token({ fresh }) }),
  });
  return connect(context);
}

/** A simulated iMotriz on a free port, and our client before it; the simulator stops with the test. */
export async function startImotriz({ simulator, settings, client }: Wishes = {}) {
  const { sim, clock } = createSharedTime();
  const platform = createImotrizSimulator({ clock: sim, ...simulator });
  await platform.start();
  onTestFinished(() => platform.stop());
  const { transport, requests, impatient } = createSimTransport(clock, platform.calls);
  const parsed = settingsOf({ country: simulator?.country ?? 'co', paths: { orderIds, order } });
  const used = { ...parsed, baseUrl: platform.url, ...settings };
  const api = imotrizClient({ settings: used, transport, clock, ...client });
  return {
    platform,
    world: platform.world,
    api,
    sim,
    requests,
    settings: used,
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

/** A platform that gives the same JSON to every call, and notes the requests where it is told to. */
export function answering(body: unknown, requests: PlatformRequest[] = []): Transport {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return (request) => {
    requests.push(request);
    return Promise.resolve({
      status: 200,
      headers: new Headers({ 'content-type': 'application/json' }),
      body: bytes,
    });
  };
}
