import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../local/platforms/imotriz/options.ts';
import { type CallKind, type Outcomes, type Spoilt, testFaults } from '../faults.ts';
import { newOrders, order, orderIds, startImotriz } from './harness.ts';

type Started = Awaited<ReturnType<typeof startImotriz>>;

async function start(
  path: string,
  run: (api: Started['api'], id: string) => Promise<unknown>,
): Promise<Spoilt> {
  const { api, world, platform, impatient } = await startImotriz();
  const id = world.place();
  return { run: () => run(api, id), platform, method: 'GET', path, impatient };
}

/** Whatever came is handed over to be stored: the read has happened. */
const HANDED_OVER: Outcomes = { 'an empty body': 'succeeds', 'a truncated body': 'succeeds' };

const KINDS: Record<string, CallKind> = {
  'the destructive read': {
    start: () => start(newOrders, (api) => api.newOrders()),
    repeatable: false,
    but: HANDED_OVER,
  },
  'a read of one thing': { start: () => start(order, (api, id) => api.order(id)), repeatable: true },
  'a list': { start: () => start(orderIds, (api) => api.orderIds()), repeatable: true },
};

testFaults(KINDS);

describe('every endpoint', () => {
  it.each([
    ['orders.new', false],
    ['orders.get', true],
    ['orders.ids', true],
  ] as const)('is called through the one caller, once: %s', async (operation, idempotent) => {
    const { api, world, requests } = await startImotriz();
    const id = world.place();

    if (operation === 'orders.new') await api.newOrders();
    else await (operation === 'orders.get' ? api.order(id) : api.orderIds());

    expect(requests).toMatchObject([
      { operation, method: 'GET', idempotent, headers: { Authorization: DEFAULTS.token } },
    ]);
  });
});
