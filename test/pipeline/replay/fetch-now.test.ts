import { describe, expect, it } from 'vitest';
import { fetchNow } from '../../../functions/pipeline/replay/fetch-now.ts';
import { pedidosyaSettings } from '../../../functions/platforms/settings.ts';
import { createBucket } from '../../../functions/rate-limit/bucket.ts';
import { createMemoryStore } from '../../../functions/rate-limit/store.ts';
import { createCircuitBreaker } from '../../../functions/storage/circuit-breaker.ts';
import { createOrderStore } from '../../../functions/storage/orders.ts';
import { createRawStore } from '../../../functions/storage/raw-bytes.ts';
import { createPedidosYaSimulator } from '../../../local/platforms/pedidosya/simulator.ts';
import { countingMetrics, keptLog, movedClock } from '../../support/fakes.ts';
import { localTables } from '../../support/local-tables.ts';

const tables = localTables();
const stores = [{ id: 's', name: 'S', country: 'uy', pickingMode: 'partner' as const }];
const { world } = createPedidosYaSimulator({ seed: 4, chainId: 'chain', stores });

function bench(scope: string) {
  const clock = movedClock();
  const { client, table } = tables;
  const calls: number[] = [];
  return {
    calls,
    clock,
    settings: {
      pedidosya: pedidosyaSettings.parse({
        chainId: 'chain',
        country: 'uy',
        stores: [{ storeId: 's', pickingMode: 'partner' }],
      }),
    },
    orders: createOrderStore(client, table),
    raws: createRawStore({ client, table, days: 90, now: clock.now }),
    metrics: countingMetrics(),
    log: keptLog(),
    bucket: createBucket({ store: createMemoryStore(), key: `pedidosya#${scope}`, rate: 1, burst: 2, clock }),
    pause: createCircuitBreaker({
      client,
      table,
      platform: 'pedidosya',
      storeId: scope,
      clock,
      backfill: { request: async () => {} },
    }),
    fetch: async (orderId: string) => {
      calls.push(clock.now());
      return Buffer.from(JSON.stringify(world.truth().find((one) => one.orderId === orderId)!.json));
    },
  };
}
const keyOf = (platformOrderId: string) =>
  ({ platform: 'pedidosya', storeId: 'chain', platformOrderId }) as const;
const really = { dryRun: false, correlationId: 'ops-1' };

describe('an order that is fetched now', () => {
  it('waits for its slot in the shared bucket, however many there are', async () => {
    const bed = bench('slots');
    const ids = Array.from({ length: 5 }, () => world.place().order_id);

    for (const id of ids) await fetchNow(bed, bed, keyOf(id), really);

    const spread = bed.calls.map((at) => at - bed.calls[0]!);
    expect(spread.at(-1)).toBeGreaterThanOrEqual(3000);
    expect(await bed.orders.get(keyOf(ids[4]!))).toMatchObject({
      state: 'ok',
      origin: { first: { via: 'replay' } },
    });
  });

  it('is not fetched while the platform is paused, and ends the pause as its probe', async () => {
    // Prepare
    const bed = bench('paused');
    const id = world.place().order_id;
    await bed.pause.trip('401', 'Renew it.');

    // Act
    const refused = await fetchNow(bed, bed, keyOf(id), really);
    bed.clock.move(3_600_000);
    const probe = await fetchNow(bed, bed, keyOf(id), really);

    // Assess
    expect(refused).toMatchObject({ result: 'failed', problem: 'pedidosya is paused: 401. Renew it.' });
    expect(probe.result).toBe('created');
    expect(await bed.pause.check()).toEqual({ allowed: true, probe: false });
  });

  it('is refused when the platform answers with another', async () => {
    const bed = bench('other');
    const [id, other] = [world.place().order_id, world.place().order_id];

    const result = await fetchNow(bed, { ...bed, fetch: () => bed.fetch(other) }, keyOf(id), really);

    expect(result).toMatchObject({
      result: 'still-not-understood',
      problem: expect.stringContaining('another') as string,
    });
    expect(await bed.orders.get(keyOf(other))).toBeUndefined();
  });
});
