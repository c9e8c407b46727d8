import { describe, expect, it } from 'vitest';
import { poll } from '../../../functions/pipeline/poll.ts';
import { imotriz } from '../../../functions/platforms/imotriz/platform.ts';
import { imotrizModule } from '../../../local/platforms/imotriz/module.ts';
import { minutes } from '../../support/bazaar/reconcile.ts';
import { deliver } from '../../support/deployment-bench.ts';
import { localTables } from '../../support/local-tables.ts';
import { openSimulated } from '../../support/simulated-platform.ts';
import { newOrders } from './harness.ts';

const tables = localTables();
const RUN = { requestId: 'r1', remainingMs: () => 120_000 };

/** A simulated store, and its poller. */
async function open(storeId: string) {
  const bed = await openSimulated(tables, imotriz, {
    module: imotrizModule,
    settings: { stores: [{ country: 'co', storeId }] },
    simulator: { own: { oddities: false } },
  });
  const [poller] = bed.pollers();
  return {
    ...bed,
    poll: () => poll(poller!, RUN),
    reads: () => bed.calls.filter(({ route }) => route === newOrders).length,
  };
}

describe('the poll of an iMotriz store', () => {
  it('reads page after page while orders are pending, and each order becomes a row', async () => {
    // Arrange
    const store = await open('pages');
    const ids = Array.from({ length: 61 }, () => store.world.place());

    // Act
    await store.poll();
    const back = await deliver(store.processor(), ...store.queue.sent.map(({ message }) => message));

    // Assert
    expect(store.queue.sent).toHaveLength(3);
    expect(store.metrics.total('PollOrdersFound')).toBe(61);
    expect(back).toEqual([]);
    for (const id of ids)
      expect(await store.row(id), id).toMatchObject({ state: 'ok', origin: { first: { via: 'poll' } } });
  });

  it('raises an alarm for a read whose answer is lost, says where to mark its orders, and does not repeat it', async () => {
    const store = await open('lost');
    store.world.place();
    store.simulator.faults.add({ match: { path: newOrders }, kind: 'reset-after', times: 1 });

    await store.poll();

    expect(store.reads()).toBe(1);
    expect(store.metrics.total('LostReadSuspected')).toBe(1);
    expect(store.log.lines.at(-1)?.message).toMatch(/not synchronised/);
  });

  it.each([
    ['the start date is not set', 'Sincronizar pedidos desde'],
    ['there is a newer token', 'Generar Nuevo Token'],
  ])('opens the circuit when %s, and says what to do', async (_what, remedy) => {
    const store = await open(remedy.replaceAll(' ', '-'));
    if (remedy.startsWith('Generar')) store.world.renewToken();
    else store.world.setSyncFrom(null);

    await store.poll();
    const reads = store.reads();
    await store.poll();

    expect(reads).toBeGreaterThan(0);
    expect(store.reads()).toBe(reads);
    expect(await store.circuit.check()).toMatchObject({
      allowed: false,
      state: { remedy: expect.stringContaining(remedy) as string },
    });
  });

  it('goes on by itself once the new token is in the secret', async () => {
    // Arrange
    const store = await open('renewed');
    const id = store.world.place();
    store.world.renewToken();
    await store.poll();

    // Act
    store.fillSecrets();
    await store.advance(minutes(6));
    await store.poll();
    await deliver(store.processor(), ...store.queue.sent.map(({ message }) => message));

    // Assert
    expect(await store.row(id)).toMatchObject({ state: 'ok' });
    expect(await store.circuit.check()).toEqual({ allowed: true, probe: false });
  });
});
