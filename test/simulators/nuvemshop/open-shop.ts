import { onTestFinished } from 'vitest';
import type { NuvemshopSimulatorOptions } from '../../../local/platforms/nuvemshop/options.ts';
import type { Store } from '../../../local/platforms/nuvemshop/platform.ts';
import { createNuvemshopSimulator } from '../../../local/platforms/nuvemshop/simulator.ts';
import type { NuvemshopWorld } from '../../../local/platforms/nuvemshop/world/world.ts';
import type { Simulator } from '../../../local/platforms/simulator.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';

/** Noon of a day on which nothing special happened. */
export const NOON = Date.parse('2026-09-01T12:00:00Z');

/** What came back. */
export interface Reply {
  status: number;
  headers: Headers;
  json: unknown;
}

/** How one call differs from a correct one. A header of `null` is left out. */
export interface CallOptions {
  body?: unknown;
  /** Sent as it is, instead of `body`. */
  raw?: string;
  headers?: Record<string, string | null>;
  version?: string;
  store?: string;
}

/** A running simulator with one shop, and a correct caller. */
export interface Shop {
  sim: Simulator<NuvemshopWorld>;
  world: NuvemshopWorld;
  clock: VirtualClock;
  /** The state of the shop. */
  store: Store;
  call(method: string, path: string, options?: CallOptions): Promise<Reply>;
  get(path: string, options?: CallOptions): Promise<Reply>;
}

/** Opens a shop that is closed when the test ends. Nobody waits in its queue unless the options say so. */
export async function openShop(options: NuvemshopSimulatorOptions = {}): Promise<Shop> {
  const clock = createVirtualClock(NOON);
  // Ten times the limit, so that only the tests about the limit meet it.
  const sim = createNuvemshopSimulator({ clock, queueDelayScale: 0, stores: [{ plan: 'next' }], ...options });
  await sim.start();
  onTestFinished(() => sim.stop());
  const { world } = sim;
  const [store] = world.platform.stores.values();
  if (store === undefined) throw new Error('The simulation has no store.');
  const call: Shop['call'] = async (
    method,
    path,
    { body, raw, headers = {}, version = '2025-03', store: id } = {},
  ) => {
    const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const sent = Object.entries({
      authentication: `bearer ${store.accessToken}`,
      'user-agent': 'Test (test@example.com)',
      'content-type': 'application/json; charset=utf-8',
      ...headers,
    }).filter((entry): entry is [string, string] => entry[1] !== null);
    const response = await fetch(`${sim.url}/${version}/${id ?? store.id}${path}`, {
      method,
      headers: sent,
      ...(text === undefined ? {} : { body: text }),
    });
    const answer = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      json: answer === '' ? undefined : JSON.parse(answer),
    };
  };
  return { sim, world, clock, store, call, get: (path, given) => call('GET', path, given) };
}

/** A value inside a reply: `at(json, 0, 'id')`. Undefined when the way ends. */
export function at(json: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    json,
  );
}
