import { describe, expect, it } from 'vitest';
import type { CommandSubject } from '../../../functions/domain/command-subject.ts';
import { erpProductInput } from '../../../functions/domain/product-input.ts';
import { NOTHING_REMEMBERED, type ProductMemory } from '../../../functions/domain/product-memory.ts';
import { type Dispatcher, dispatchCommands } from '../../../functions/outbound/commands/dispatch.ts';
import type { CallContext } from '../../../functions/platforms/calls.ts';
import type { Look } from '../../../functions/platforms/commands.ts';
import { createBucket } from '../../../functions/rate-limit/bucket.ts';
import { createMemoryStore } from '../../../functions/rate-limit/store.ts';
import { subjectPk } from '../../../functions/storage/command-keys.ts';
import { createCommandLeases } from '../../../functions/storage/command-leases.ts';
import { createCommandStore } from '../../../functions/storage/commands.ts';
import { countingMetrics, keptLog } from '../../support/fakes.ts';
import { createVirtualTime } from '../../support/virtual-clock.ts';
import { tablesInMemory } from './product-world.ts';
import { sampleRow } from './samples.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const CALL_MS = 200;
/** What a run takes beside its calls. */
const RUN_MS = 100;
/** As a queue's event source is deployed. */
const [DISPATCHERS, BATCH] = [2, 10];
const STORE = { platform: 'nuvemshop', storeId: '1' } as const;

/** A store on the small plan, its queue of hints, and the functions that read it. A product takes four calls, an order three. */
function open() {
  const { clock: now, sleep, advance } = createVirtualTime();
  const clock = { ...now, sleep };
  const options = { ...tablesInMemory(clock.now), clock };
  const commands = createCommandStore(options);
  const memories = new Map<string, ProductMemory>();
  const dispatched = new Set<string>();
  const queue: { key: CommandSubject; at: number }[] = [];
  const hint = async (key: CommandSubject, delayMs = 0) =>
    void queue.push({ key, at: clock.now() + delayMs });
  const bucket = createBucket({
    store: createMemoryStore(new Map()),
    key: 'nuvemshop#1',
    ...{ rate: 2, burst: 40, queues: true },
    clock,
  });
  const ask = async (api: unknown) => {
    await (api as CallContext).admit('call');
    await sleep(CALL_MS);
  };
  let seed = 1;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const dispatcher = {
    table: {
      dispatch: {
        twice: () => 'harmful',
        async look(api: unknown, { orderId }: { orderId: string }): Promise<Look<undefined>> {
          await ask(api);
          return dispatched.has(orderId)
            ? { state: 'there' }
            : { state: 'absent', step: 'dispatch', fresh: undefined };
        },
        async run(api: unknown, { orderId }: { orderId: string }) {
          await ask(api);
          dispatched.add(orderId);
        },
      },
    },
    productWrite: {
      async look(api: unknown, { memory }: { memory: ProductMemory }) {
        if (memory.productId !== undefined) return { state: 'there', memory };
        for (let sku = 0; sku < 3; sku += 1) await ask(api);
        return { state: 'absent', step: 'create', fresh: undefined, memory };
      },
      async run(api: unknown, { memory }: { memory: ProductMemory }) {
        await ask(api);
        return { ...memory, productId: '1' };
      },
    },
    memories: {
      of: async (key: CommandSubject) => ({
        memory: memories.get(subjectPk(key)) ?? NOTHING_REMEMBERED,
        revision: 0,
      }),
      save: async (key: CommandSubject, { memory }: { memory: ProductMemory }) => {
        memories.set(subjectPk(key), memory);
        return 'saved';
      },
    },
    wantedProducts: {
      get: async () => ({
        product: erpProductInput().parse({ name: 'Remera', variants: [{ sku: 'a' }] }),
        pricesElsewhere: false,
        locations: [],
      }),
    },
    skus: { claim: async () => [], release: async () => {} },
    commands,
    leases: createCommandLeases(options),
    orders: { get: async (key: Parameters<typeof sampleRow>[0]) => sampleRow(key) },
    hint,
    connection: {
      bucket,
      api: (context: CallContext) => context,
      check: async () => ({ allowed: true, probe: false }),
      succeeded: async () => {},
      failed: async () => false,
    },
    platform: { name: 'nuvemshop', resources: { order: { truth: 'fetched' } } },
    store: { id: '1', settings: {} },
    metrics: countingMetrics(),
    log: keptLog(),
    clock,
    random,
  } as unknown as Dispatcher;

  let runs = 0;
  async function serve(): Promise<void> {
    // Each container has its own.
    const own: Dispatcher = { ...dispatcher, connection: { ...dispatcher.connection } };
    for (;;) {
      const due = queue.filter(({ at }) => at <= clock.now()).sort((one, other) => one.at - other.at);
      const batch = due.slice(0, BATCH);
      for (const one of batch) queue.splice(queue.indexOf(one), 1);
      await Promise.all(
        batch.map(({ key }) => {
          runs += 1;
          return dispatchCommands(own, key, { id: `run-${runs}`, timeLeftMs: () => 120_000 });
        }),
      );
      await sleep(RUN_MS);
    }
  }
  for (let one = 0; one < DISPATCHERS; one += 1) void serve();

  return {
    clock,
    advance,
    commands,
    made: () => [...memories.values()].filter(({ productId }) => productId !== undefined).length,
    async give(key: CommandSubject, command: 'dispatch' | 'product') {
      await commands.accept(key, {
        client: 'erp',
        id: subjectPk(key),
        command,
        input: command === 'product' ? { wanted: 'sha', groups: {} } : {},
        sha256: 'sha',
        giveUpAt: clock.now() + 7 * 24 * HOUR_MS,
        correlationId: 'c',
      });
      await hint(key);
    },
  };
}

describe('two hundred products that are written at once', () => {
  it('keep no command of an order waiting, and are written about as fast as the limit lets them', async () => {
    const shop = open();
    for (let n = 0; n < 200; n += 1) await shop.give({ ...STORE, externalProductId: `p-${n}` }, 'product');
    await shop.advance(2 * MINUTE_MS);
    const order = { ...STORE, platformOrderId: '1' };
    const givenAt = shop.clock.now();
    await shop.give(order, 'dispatch');

    await shop.advance(9 * MINUTE_MS);

    const [{ state, updatedAt = 0 } = {}] = await shop.commands.ofOrder(order);
    expect(state).toBe('done');
    expect(updatedAt - givenAt).toBeLessThan(30_000);
    // Their calls alone leak in 400 s.
    expect(shop.made()).toBe(200);
  }, 60_000);
});
