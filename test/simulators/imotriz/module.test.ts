import { expect, it } from 'vitest';
import { imotriz } from '../../../functions/platforms/imotriz/platform.ts';
import { imotrizModule } from '../../../local/platforms/imotriz/module.ts';
import { createSeededRandom } from '../../../local/platforms/shared/seeded-random.ts';
import type { SimulatedStore } from '../../../local/platforms/simulator-module.ts';
import { describeModuleContract } from '../module-contract.ts';
import { NEW_ORDERS } from './harness.ts';

const settings = [
  { country: 'co', storeId: 'co-main' },
  { country: 'mx', storeId: 'mx-main' },
] as const;

describeModuleContract(imotrizModule, imotriz, { stores: [...settings] });

/** Reads a page of new orders with the token that works now. */
async function read({ simulator }: SimulatedStore): Promise<{ status: number; page: Buffer }> {
  await simulator.start();
  const { token } = imotrizToken({ simulator });
  const response = await fetch(`${simulator.url}${NEW_ORDERS}`, {
    headers: { authorization: token, 'content-type': 'application/json' },
  });
  const page = Buffer.from(await response.arrayBuffer());
  await simulator.stop();
  return { status: response.status, page };
}

const imotrizToken = ({ simulator }: Pick<SimulatedStore, 'simulator'>) =>
  simulator.world as unknown as { token: string };

const open = () => imotrizModule.create({ seed: 1, stores: settings })[0]!;

it('says what the next polls will read', async () => {
  const store = open();
  const orderIds = [store.place(), store.place()];
  const before = store.poll!.unread();

  const { page } = await read(store);

  expect(before).toBe(2);
  expect(store.poll!.recordsOf(page)).toMatchObject(orderIds.map((id) => ({ order: { id: Number(id) } })));
  expect(store.poll!.unread()).toBe(0);
});

it('knows the one path that marks orders as read', () => {
  const { poll, simulator } = open();

  expect(simulator.routes.map(({ path }) => path).filter((path) => poll!.reads(path))).toEqual([NEW_ORDERS]);
});

it('does not require a row of a record that has no id', () => {
  const store = open();
  const ids = [store.simulator.world.place({ oddity: 'no-id' }), store.place()];

  expect(ids.map((id) => store.truth(id)[0]?.required)).toEqual([false, true]);
});

it.each([
  ['token-replaced', 200, 200],
  ['no-sync-date', 403, 200],
])('%s: answers %i during it and %i after', async (trouble, during, after) => {
  const store = open();

  const end = store.troubles[trouble]!(createSeededRandom(1));
  const statuses = [(await read(store)).status];
  end();
  statuses.push((await read(store)).status);

  expect(statuses).toEqual([during, after]);
});

it('replaces the token in the secret too', () => {
  const store = open();
  const before = store.secrets();

  store.troubles['token-replaced']!(createSeededRandom(1));

  expect(store.secrets()).not.toEqual(before);
});

it('breaks one page, whose orders are lost', async () => {
  const store = open();
  store.place();
  store.troubles['broken-page']!(createSeededRandom(1));

  const { page } = await read(store);

  expect(store.poll!.recordsOf(page)).toBeUndefined();
  expect(store.poll!.unread()).toBe(0);
});

it.each([
  [0, []],
  [1, undefined],
])('takes a page without data that returns %i orders for %j', (returned, records) => {
  const metadata = {
    total_transactions_found: returned,
    returned_transactions: returned,
    pending_transactions: 0,
  };

  expect(open().poll!.recordsOf(Buffer.from(JSON.stringify({ metadata })))).toEqual(records);
});
