import { onTestFinished } from 'vitest';
import { createTransport, type PlatformRequest, type Transport } from '../../../functions/http/transport.ts';
import {
  createImotrizClient,
  type ImotrizClientOptions,
} from '../../../functions/platforms/imotriz/client.ts';
import { type ImotrizSettings, imotrizSettings } from '../../../functions/platforms/settings.ts';
import { DEFAULTS, type ImotrizSimulatorOptions } from '../../../local/platforms/imotriz/options.ts';
import { createImotrizSimulator } from '../../../local/platforms/imotriz/simulator.ts';
import { createPatience, createSharedTime } from '../virtual-time.ts';

/** The paths the simulator serves. */
export const { orderIds, order, newOrders } = DEFAULTS.paths;

interface Wishes {
  simulator?: Omit<ImotrizSimulatorOptions, 'clock'>;
  settings?: Partial<ImotrizSettings>;
  client?: Partial<ImotrizClientOptions>;
}

/** A simulated iMotriz on a free port, and our client before it; the simulator stops with the test. */
export async function startImotriz({ simulator, settings, client }: Wishes = {}) {
  const { sim, clock } = createSharedTime();
  const platform = createImotrizSimulator({ clock: sim, ...simulator });
  await platform.start();
  onTestFinished(() => platform.stop());
  const requests: PlatformRequest[] = [];
  const patience = createPatience();
  const send = createTransport({ clock, onCall: () => {} });
  const transport: Transport = (request) => {
    requests.push(request);
    return send({ ...request, timeoutMs: patience.timeoutMs(request.method) });
  };
  const parsed = imotrizSettings.parse({
    country: simulator?.country ?? 'co',
    storeId: 'co-main',
    paths: { orderIds, order },
  });
  const used = { ...parsed, baseUrl: platform.url, ...settings };
  const api = createImotrizClient({
    settings: used,
    token: () => Promise.resolve(DEFAULTS.token),
    transport,
    clock,
    ...client,
  });
  return {
    platform,
    world: platform.world,
    api,
    sim,
    requests,
    settings: used,
    impatient: patience.impatient,
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

/** A platform that gives the same answer to every call. */
export function answering(body: unknown): Transport {
  const bytes = Buffer.from(JSON.stringify(body));
  return () =>
    Promise.resolve({
      status: 200,
      headers: new Headers({ 'content-type': 'application/json' }),
      body: bytes,
    });
}
