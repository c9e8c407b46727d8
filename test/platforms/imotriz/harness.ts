import { onTestFinished } from 'vitest';
import type { PlatformRequest, Transport } from '../../../functions/http/transport.ts';
import {
  createImotrizClient,
  type ImotrizClientOptions,
} from '../../../functions/platforms/imotriz/client.ts';
import { type ImotrizSettings, imotrizSettings } from '../../../functions/platforms/settings.ts';
import { DEFAULTS, type ImotrizSimulatorOptions } from '../../../local/platforms/imotriz/options.ts';
import { createImotrizSimulator } from '../../../local/platforms/imotriz/simulator.ts';
import { createSharedTime, createSimTransport } from '../virtual-time.ts';

/** The paths the simulator serves. */
export const { orderIds, order, newOrders } = DEFAULTS.paths;

interface Wishes {
  simulator?: Omit<ImotrizSimulatorOptions, 'clock'>;
  settings?: Partial<ImotrizSettings>;
  client?: Partial<ImotrizClientOptions>;
}

/** A client of one store, with nothing behind it unless it is given. */
export function imotrizClient(options: Partial<ImotrizClientOptions> = {}) {
  return createImotrizClient({
    settings: imotrizSettings.parse({
      country: 'co',
      storeId: 'co-main',
      paths: { orderIds, order },
    }),
    token: () => Promise.resolve(DEFAULTS.token),
    transport: () => Promise.reject(new Error('not to be called')),
    clock: createSharedTime().clock,
    ...options,
  });
}

/** A simulated iMotriz on a free port, and our client before it; the simulator stops with the test. */
export async function startImotriz({ simulator, settings, client }: Wishes = {}) {
  const { sim, clock } = createSharedTime();
  const platform = createImotrizSimulator({ clock: sim, ...simulator });
  await platform.start();
  onTestFinished(() => platform.stop());
  const { transport, requests, impatient } = createSimTransport(clock, platform.calls);
  const parsed = imotrizSettings.parse({
    country: simulator?.country ?? 'co',
    storeId: 'co-main',
    paths: { orderIds, order },
  });
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
