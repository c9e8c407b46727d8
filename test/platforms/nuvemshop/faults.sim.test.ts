import { describe, expect, it, onTestFinished } from 'vitest';
import { oauth } from '../../../functions/platforms/nuvemshop/oauth.ts';
import { type CallKind, FOUND_AGAIN, LOST, type Outcomes, type Spoilt, testFaults } from '../faults.ts';
import { ENDPOINTS } from './endpoints/all.ts';
import type { Endpoint } from './endpoints/endpoint.ts';
import { startNuvemshop, subjectsOf } from './harness.ts';
import { storeWith } from './open-client.ts';

/** An answer that cannot be read got lost on its way: it is asked for once more, later. */
const UNREADABLE: Outcomes = { 'an empty body': LOST, 'a truncated body': LOST };

async function start() {
  const nuvemshop = await startNuvemshop();
  onTestFinished(() => nuvemshop.sim.stop());
  return nuvemshop;
}

function endpointNamed(name: string): Endpoint {
  const found = ENDPOINTS.find((endpoint) => endpoint.name === name);
  if (found === undefined) throw new Error(`there is no endpoint ${name}`);
  return found;
}

async function startEndpoint(name: string): Promise<Spoilt> {
  const { method, route, run } = endpointNamed(name);
  const nuvemshop = await start();
  const subjects = subjectsOf(nuvemshop);
  return {
    run: () => run(nuvemshop.client, subjects, nuvemshop),
    platform: nuvemshop.sim,
    method,
    path: `/{version}/{store_id}${route}`,
    impatient: nuvemshop.impatient,
  };
}

async function startExchange(): Promise<Spoilt> {
  const { sim, world, transport, clock, impatient } = await start();
  const { appId: clientId, clientSecret } = world.credentials();
  const authUrl = `${sim.url}/apps`;
  const call = { transport, clock, stores: [storeWith({ authUrl })], app: { clientId, clientSecret } };
  const code = world.agree();
  return {
    run: () => oauth.exchange(call, code),
    platform: sim,
    method: 'POST',
    path: '/apps/authorize/token',
    impatient,
  };
}

const KINDS: Record<string, CallKind> = {
  'a read of one thing': { start: () => startEndpoint('orders.get'), repeatable: true, but: UNREADABLE },
  'a page of a list': { start: () => startEndpoint('orders.list'), repeatable: true, but: UNREADABLE },
  'a write that may be repeated': {
    start: () => startEndpoint('products.update'),
    repeatable: true,
    but: UNREADABLE,
  },
  'a creation, which is looked up': {
    start: () => startEndpoint('products.create'),
    repeatable: false,
    but: FOUND_AGAIN,
  },
  'a creation that whoever makes it looks up': {
    start: () => startEndpoint('images.add'),
    repeatable: false,
    but: UNREADABLE,
  },
  'a deletion, whose answer has nothing to say': {
    start: () => startEndpoint('variants.delete'),
    repeatable: true,
    but: { 'an empty body': 'succeeds', 'a truncated body': 'succeeds' },
  },
  'the exchange of a code': { start: startExchange, repeatable: false },
};

testFaults(KINDS);

describe('what an answer in place of the API’s own means', () => {
  it('a page in place of a 403 is throttling, not a refused credential', async () => {
    const { run, platform } = await startEndpoint('orders.get');
    platform.faults.add({ kind: 'html', status: 403, times: 1 });

    await expect(run()).rejects.toMatchObject({ kind: 'retry-later', status: 403, throttled: true });
  });
});

describe('a write whose answer was lost is found by reading back, and not made twice', () => {
  const additions = ENDPOINTS.filter(({ nature }) => nature === 'add');

  it.each(additions.map(({ name }) => name))('%s', async (name) => {
    const { run, platform, method, path } = await startEndpoint(name);
    platform.faults.add({ kind: 'reset-after', match: { method, path }, times: 1 });

    await run();

    const made = platform.calls.filter((call) => call.method === method && call.route === path);
    expect(made.map(({ fault }) => fault)).toEqual(['reset-after']);
  });
});
