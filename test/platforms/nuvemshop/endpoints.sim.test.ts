import { afterEach, describe, expect, it } from 'vitest';
import { routes } from '../../../local/platforms/nuvemshop/simulator.ts';
import { shapeOf, tableOf } from '../../guides/reach.ts';
import { ENDPOINTS } from './endpoints/all.ts';
import { fakeApi } from './fake-api.ts';
import { type Nuvemshop, startNuvemshop, subjectsOf } from './harness.ts';
import { USER_AGENT } from './open-client.ts';

let nuvemshop: Nuvemshop | undefined;
afterEach(async () => {
  await nuvemshop?.sim.stop();
  nuvemshop = undefined;
});

/** Routes the platform has and Acopio does not need, beside those that are passed on, or never called. */
const NOT_OURS = [
  /^(GET|POST) \/apps\//,
  /\/orders\/(\{id\}\/)?custom-fields/,
  /^(GET|DELETE) \/\{version\}\/\{store_id\}\/metafields/,
  /^(GET|DELETE) .*\/fulfillment-orders\/\{fulfillment_id\}$/,
  /^(GET|PUT|DELETE) .*\/tracking-events\/\{event_id\}$/,
  /\/(pack|fulfill|unpack|fulfillments|transactions|edit)$/,
];

describe('every endpoint, against the simulated platform', () => {
  it.each(ENDPOINTS)('$name answers: $method $route', async ({ run, method, route }) => {
    nuvemshop = await startNuvemshop();
    const result = await run(nuvemshop.client, subjectsOf(nuvemshop), nuvemshop);
    expect(nuvemshop.count(method, route)).toBeGreaterThan(0);
    // The one 404 that is no failure: a list that is empty.
    const refused = nuvemshop.sim.calls.filter((call) => call.status >= 400 && call.method !== 'GET');
    expect(refused).toEqual([]);
    expect(result).not.toBe(false);
  });

  it.each(ENDPOINTS)('$name goes through the one caller', async ({ run, method, route, nature }) => {
    nuvemshop = await startNuvemshop();
    const { client, sim, requests, accessToken, storeId } = nuvemshop;

    await run(client, subjectsOf(nuvemshop), nuvemshop);

    // Only the caller knows the token, and the harness is the only way out.
    expect(requests).toHaveLength(sim.calls.length);
    for (const { headers } of requests) {
      expect(headers).toMatchObject({ authentication: `bearer ${accessToken}`, 'user-agent': USER_AGENT });
    }
    const pattern = new RegExp(`/${storeId}${route.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    const own = requests.filter((sent) => sent.method === method && pattern.test(new URL(sent.url).pathname));
    expect(own.length).toBeGreaterThan(0);
    for (const { idempotent } of own) expect(idempotent).toBe(!['add', 'once'].includes(nature));
  });

  it('has every method of the client in the table', () => {
    const { client } = fakeApi(() => ({}));
    const methods = Object.entries(client).flatMap(([room, actions]) =>
      Object.keys(actions).map((action) => `${room}.${action}`),
    );
    expect([...new Set(ENDPOINTS.map(({ name }) => name))].sort()).toEqual(methods.sort());
  });

  it('has a method for every route of the simulated platform that something of ours reaches', () => {
    const unreached = tableOf('nuvemshop').filter(({ reachedBy }) => reachedBy.length === 0);
    const ours = new Set(
      [...ENDPOINTS.map(({ method, route: path }) => ({ method, path })), ...unreached].map(shapeOf),
    );
    const missing = routes
      .filter((route) => !ours.has(shapeOf(route)))
      .map(({ method, path }) => `${method} ${path}`)
      .filter((route) => !NOT_OURS.some((pattern) => pattern.test(route)));
    expect(missing).toEqual([]);
  });
});
