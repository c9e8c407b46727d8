import type { OrderKey } from '../../../functions/domain/order-row.ts';
import { upsertOrder } from '../../../functions/pipeline/order-writer.ts';
import type { Refetcher } from '../../../functions/pipeline/replay/fetch-again.ts';
import {
  imotrizSettings,
  nuvemshopSettings,
  pedidosyaSettings,
} from '../../../functions/platforms/settings.ts';
import { createOrderStore } from '../../../functions/storage/orders.ts';
import { createRawStore } from '../../../functions/storage/raw-bytes.ts';
import { createImotrizSimulator } from '../../../local/platforms/imotriz/simulator.ts';
import { createNuvemshopSimulator } from '../../../local/platforms/nuvemshop/simulator.ts';
import { createPedidosYaSimulator } from '../../../local/platforms/pedidosya/simulator.ts';
import { countingMetrics, keptLog, keptQueue, movedClock } from '../../support/fakes.ts';
import type { localTables } from '../../support/local-tables.ts';

export const settings = {
  nuvemshop: nuvemshopSettings.parse({ storeId: '1', userAgent: 'Test (test@example.com)' }),
  pedidosya: pedidosyaSettings.parse({
    chainId: 'chain',
    country: 'uy',
    stores: [{ storeId: 's', pickingMode: 'partner' }],
  }),
  imotriz: imotrizSettings.parse({ country: 'co', storeId: 'co-main' }),
};

/** Everything a replay needs, on local tables, with a queue that stores what it gets. */
export function bench(
  tables: ReturnType<typeof localTables>,
): Refetcher & { queue: ReturnType<typeof keptQueue>; clock: ReturnType<typeof movedClock> } {
  const clock = movedClock();
  const { client, table } = tables;
  const queue = keptQueue();
  return {
    settings,
    clock,
    queue,
    orders: createOrderStore(client, table),
    raws: createRawStore({ client, table, days: 90, now: clock.now }),
    metrics: countingMetrics(),
    log: keptLog(),
    queueOf: () => queue,
    fetchOf: () => {
      throw new Error('nothing is fetched here');
    },
  };
}
export type Bench = ReturnType<typeof bench>;

/** An order of each platform, as the platform writes it. */
export const samples = {
  nuvemshop: () => {
    const { world } = createNuvemshopSimulator({ seed: 3, stores: [{ id: 1 }] });
    world.place();
    world.place();
    return world.truth();
  },
  pedidosya: () => {
    const stores = [{ id: 's', name: 'S', country: 'uy', pickingMode: 'partner' as const }];
    const { world } = createPedidosYaSimulator({ seed: 3, chainId: 'chain', stores });
    world.place();
    world.place();
    return world.truth();
  },
  imotriz: () => {
    const { world } = createImotrizSimulator({ seed: 3, country: 'co', storeId: 'co-main' });
    world.place();
    world.place();
    return world.truth();
  },
};
export const sampleOf = (platform: keyof typeof samples) => samples[platform]()[0]!;
export const bytesOf = (json: unknown) => Buffer.from(JSON.stringify(json));
export const really = { dryRun: false, correlationId: 'ops-1' };
export const dry = { ...really, dryRun: true };

/** A row as an earlier release made it, which did not understand the bytes. */
export async function notUnderstood(bed: Bench, key: OrderKey, bytes: Uint8Array): Promise<void> {
  await upsertOrder(bed, {
    key,
    reading: { review: { reason: 'schema-mismatch', problem: 'as it was then' } },
    observedAt: bed.clock.now(),
    receivedAt: bed.clock.now(),
    origin: 'webhook',
    correlationId: 'c-1',
    bytes,
  });
  bed.clock.move(60_000);
}
