import { onTestFinished } from 'vitest';
import { createTransport } from '../../../functions/http/transport.ts';
import { nuvemshopSource } from '../../../functions/pipeline/old/reconcile-nuvemshop.ts';
import { upsertOrder } from '../../../functions/pipeline/order-writer.ts';
import { createNuvemshopClient } from '../../../functions/platforms/nuvemshop/client.ts';
import { CHANGE_FIELDS } from '../../../functions/platforms/nuvemshop/listed-order.ts';
import { normaliseNuvemshopOrder } from '../../../functions/platforms/nuvemshop/normalise.ts';
import { nuvemshopSettings } from '../../../functions/platforms/settings.ts';
import { createPendingFetches } from '../../../functions/storage/pending-fetches.ts';
import { createRawStore } from '../../../functions/storage/raw-bytes.ts';
import type { NuvemshopSimulatorOptions } from '../../../local/platforms/nuvemshop/options.ts';
import { createNuvemshopSimulator } from '../../../local/platforms/nuvemshop/simulator.ts';
import { createSharedTime } from '../../platforms/virtual-time.ts';
import { keptQueue } from '../../support/fakes.ts';
import type { LocalTables } from '../../support/local-tables.ts';
import { createBench } from './bench.ts';

/** A simulated Nuvemshop store on a clock of its own, and the reconciliation of it. Every test has its own store id. */
export async function openNuvemshop(
  tables: LocalTables,
  storeId: string,
  {
    simulator = {},
    reconcile = {},
    emptyTable = false,
  }: {
    simulator?: Omit<NuvemshopSimulatorOptions, 'clock' | 'stores'>;
    reconcile?: object /** No row is looked up. */;
    emptyTable?: boolean;
  } = {},
) {
  const { sim, clock } = createSharedTime();
  const platform = createNuvemshopSimulator({
    clock: sim,
    stores: [{ id: Number(storeId) }],
    queueDelayScale: 0,
    ...simulator,
  });
  await platform.start();
  onTestFinished(() => platform.stop());
  const settings = nuvemshopSettings.parse({
    storeId,
    userAgent: 'Acopio test (test@example.com)',
    baseUrl: `${platform.url}/2025-03`,
    reconcile,
  });
  const { client, table } = tables;
  const bench = createBench(tables, {
    scope: storeId,
    platform: 'nuvemshop',
    clock,
    rate: settings.rate,
  });
  const queue = keptQueue();
  const pending = createPendingFetches(bench.memory);
  const transport = createTransport({ clock, onCall: () => {} });
  const source = nuvemshopSource({
    ...bench,
    ...(emptyTable ? { orders: { get: async () => undefined } } : {}),
    settings,
    queue,
    pending,
    listOrders: (window, { correlationId, admit }) =>
      createNuvemshopClient({
        settings,
        transport,
        clock,
        correlationId,
        admit,
        token: async () => platform.world.credentials().accessToken,
        onFeedback: (feedback) => void bench.bucket.observe(feedback),
      }).orders.listWithin(window, { fields: [...CHANGE_FIELDS] }),
  });
  const raws = createRawStore({ client, table, days: 90, now: clock.now });
  return {
    platform,
    world: platform.world,
    sim,
    clock,
    bench,
    queue,
    pending,
    source,
    settings,
    run: (options: Parameters<typeof bench.run>[1] = {}) => bench.run(source, options),
    /** Ids of the orders queued to be fetched. */
    queued: () => queue.sent.map(({ message }) => ('orderId' in message ? message.orderId : '')),
    /** Brings orders into the table as the consumer does, as they are now. */
    async keep(...orderIds: string[]) {
      for (const { orderId, json } of platform.world.truth()) {
        if (!orderIds.includes(orderId)) continue;
        const read = normaliseNuvemshopOrder(structuredClone(json), { storeId });
        if (!read.ok) throw new Error(read.problem);
        const at = clock.now();
        await upsertOrder(
          { ...bench, raws },
          {
            key: { platform: 'nuvemshop', storeId, platformOrderId: orderId },
            reading: read,
            observedAt: at,
            receivedAt: at,
            origin: 'webhook',
            correlationId: 'kept',
            bytes: Buffer.from(JSON.stringify(json)),
          },
        );
      }
    },
  };
}
