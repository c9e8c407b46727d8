import { describe, expect, it } from 'vitest';
import type { OrderKey } from '../../../functions/domain/order-row.ts';
import { quarantine, upsertOrder } from '../../../functions/pipeline/order-writer.ts';
import { eraseOrder } from '../../../functions/pipeline/privacy/erase.ts';
import { fetchAgain, type Refetcher } from '../../../functions/pipeline/replay/fetch-again.ts';
import { mergeFound, replayStored } from '../../../functions/pipeline/replay/replay.ts';
import { parseStored } from '../../../functions/pipeline/replay/stored-bytes.ts';
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
import { localTables } from '../../support/local-tables.ts';

const tables = localTables();
const settings = {
  nuvemshop: nuvemshopSettings.parse({ storeId: '1', userAgent: 'Test (test@example.com)' }),
  pedidosya: pedidosyaSettings.parse({
    chainId: 'chain',
    country: 'uy',
    stores: [{ storeId: 's', pickingMode: 'partner' }],
  }),
  imotriz: imotrizSettings.parse({ country: 'co', storeId: 'co-main' }),
};

function bench(): Refetcher & { queue: ReturnType<typeof keptQueue>; clock: ReturnType<typeof movedClock> } {
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
type Bench = ReturnType<typeof bench>;

/** An order of each platform, as the platform writes it. */
const samples = {
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
const sampleOf = (platform: keyof typeof samples) => samples[platform]()[0]!;
const bytesOf = (json: unknown) => Buffer.from(JSON.stringify(json));
const really = { dryRun: false, correlationId: 'ops-1' };
const dry = { ...really, dryRun: true };

/** A row as an earlier release made it, which did not understand the bytes. */
async function notUnderstood(bed: Bench, key: OrderKey, bytes: Uint8Array): Promise<void> {
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

describe.each(['nuvemshop', 'pedidosya', 'imotriz'] as const)(
  'bytes of %s that are understood by now',
  (platform) => {
    const storeId = { nuvemshop: '1', pedidosya: 'chain', imotriz: 'co-main' }[platform];

    it('become the order, without a call to the platform', async () => {
      // Prepare
      const bed = bench();
      const { orderId: platformOrderId, json } = sampleOf(platform);
      const key = { platform, storeId, platformOrderId };
      await notUnderstood(bed, key, bytesOf(json));

      // Act
      const preview = await replayStored(bed, key, dry);
      const between = await bed.orders.get(key);
      const done = await replayStored(bed, key, really);
      const again = await replayStored(bed, key, really);

      // Assess
      expect(preview).toEqual(done);
      expect(between?.state).toBe('needs-review');
      expect(done).toMatchObject({
        result: 'updated',
        changes: expect.arrayContaining(['state', 'totals']) as string[],
      });
      expect(await bed.orders.get(key)).toMatchObject({
        state: 'ok',
        origin: { first: { via: 'webhook' }, last: { via: 'replay' } },
      });
      expect(again.result).toBe('unchanged');
      expect(JSON.stringify(preview)).not.toMatch(/@|"name"/);
    });
  },
);

describe('a row that stands in for what nobody understood', () => {
  const queued = (bytes: Uint8Array) => ({ message: { receivedAt: 1, correlationId: 'c-2' }, bytes });

  it('gives way to the orders of its page once they are there', async () => {
    // Prepare
    const bed = bench();
    const [one, other] = samples.imotriz();
    const page = {
      metadata: { total_transactions_found: 1, returned_transactions: 1, pending_transactions: 0 },
      data: [one!.json, other!.json],
    };
    const found = {
      platform: 'imotriz',
      storeId: 'co-main',
      origin: 'poll',
      reason: 'broken-envelope',
      problem: 'x',
    } as const;
    const { row } = await quarantine(bed, { ...found, queued: queued(bytesOf(page)) });

    // Act
    const result = await replayStored(bed, row!, really);

    // Assess
    expect(result).toMatchObject({
      result: 'created',
      orders: [`imotriz#co-main#order#${one!.orderId}`, `imotriz#co-main#order#${other!.orderId}`],
    });
    expect(await bed.orders.get(row!)).toBeUndefined();
    expect(await bed.raws.list(row!)).toEqual([]);
  });

  it('stays while one of its orders is not understood', async () => {
    const bed = bench();
    const page = {
      metadata: { total_transactions_found: 1, returned_transactions: 1, pending_transactions: 0 },
      data: [sampleOf('imotriz').json, { odd: true }],
    };
    const found = {
      platform: 'imotriz',
      storeId: 'co-main',
      origin: 'poll',
      reason: 'broken-envelope',
      problem: 'x',
    } as const;
    const { row } = await quarantine(bed, { ...found, queued: queued(bytesOf(page)) });

    const result = await replayStored(bed, row!, really);

    expect(result).toMatchObject({
      result: 'still-not-understood',
      problem: expect.stringContaining('missing-id') as string,
    });
    expect(await bed.orders.get(row!)).toBeDefined();
  });

  it('leads to the order that its notice tells of, and goes once that is queued', async () => {
    // Prepare
    const bed = bench();
    const found = {
      platform: 'nuvemshop',
      storeId: '1',
      origin: 'webhook',
      reason: 'schema-mismatch',
      problem: 'x',
    } as const;
    const bytes = bytesOf({ store_id: 1, event: 'order/paid', id: 4711 });
    const { row } = await quarantine(bed, { ...found, queued: queued(bytes) });

    // Act
    const raw = await replayStored(bed, row!, really);
    const preview = await fetchAgain(bed, row!, dry);
    const sentForPreview = bed.queue.sent.length;
    const fresh = await fetchAgain(bed, row!, really);

    // Assess
    expect(raw.result).toBe('needs-fetch');
    expect(preview).toEqual(fresh);
    expect(sentForPreview).toBe(0);
    expect(fresh).toMatchObject({ result: 'queued', orders: ['nuvemshop#1#order#4711'] });
    expect(bed.queue.sent).toMatchObject([
      { message: { kind: 'nuvemshop.refetch', orderId: '4711', class: 'bulk', origin: 'replay' } },
    ]);
    expect(await bed.orders.get(row!)).toBeUndefined();
  });

  it('stays when the queue does not take the request', async () => {
    const bed = bench();
    bed.queue.refusing = 1;
    const found = {
      platform: 'nuvemshop',
      storeId: '1',
      origin: 'webhook',
      reason: 'schema-mismatch',
      problem: 'x',
    } as const;
    const bytes = bytesOf({ store_id: 1, event: 'order/paid', id: 4712 });
    const { row } = await quarantine(bed, { ...found, queued: queued(bytes) });

    await expect(fetchAgain(bed, row!, really)).rejects.toThrow('not available');

    expect(await bed.orders.get(row!)).toBeDefined();
  });
});

describe('a replay', () => {
  const key = (platformOrderId: string): OrderKey => ({
    platform: 'nuvemshop',
    storeId: '1',
    platformOrderId,
  });

  it('never puts an older content over a newer one', async () => {
    // Prepare: what could not be read came late, and is older than what the row has.
    const bed = bench();
    const json = { ...sampleOf('nuvemshop').json, id: 5001 };
    const newer = { ...json, updated_at: '2027-01-01T00:00:00+0000', note: 'newer' };
    await notUnderstood(bed, key('5001'), bytesOf(newer));
    await replayStored(bed, key('5001'), really);
    await notUnderstood(bed, key('5001'), bytesOf({ ...json, updated_at: '2026-01-01T00:00:00+0000' }));

    // Act
    const result = await replayStored(bed, key('5001'), really);
    const again = await replayStored(bed, key('5001'), really);

    // Assess
    expect([result.result, again.result]).toEqual(['stale', 'bytes-expired']);
    expect(await bed.orders.get(key('5001'))).toMatchObject({ state: 'ok', personal: { note: 'newer' } });
  });

  it('reads the bytes that the content was made from, not those that were set aside before it', async () => {
    // Prepare: not understood, then seen again with the content that the row had already.
    const bed = bench();
    const json = { ...sampleOf('nuvemshop').json, id: 5006 };
    await notUnderstood(bed, key('5006'), bytesOf(json));
    await replayStored(bed, key('5006'), really);
    await notUnderstood(bed, key('5006'), bytesOf({ ...json, note: 'set aside' }));
    const reading = parseStored(settings, key('5006'), bytesOf(json));
    if (reading.kind !== 'orders') throw new Error('the sample is an order');
    await mergeFound(bed, reading.orders[0]!, { ...really, observedAt: bed.clock.now() });

    // Act
    const result = await replayStored(bed, key('5006'), really);

    // Assess
    expect(result.result).toBe('unchanged');
    expect((await bed.orders.get(key('5006')))?.personal?.note).not.toBe('set aside');
  });

  it('of an order whose person was erased brings nothing back', async () => {
    const bed = bench();
    await notUnderstood(bed, key('5002'), bytesOf({ ...sampleOf('nuvemshop').json, id: 5002 }));
    await eraseOrder(bed, key('5002'), { because: 'operator', request: 'c' });

    expect((await replayStored(bed, key('5002'), really)).result).toBe('personal-data-erased');
    expect(await bed.orders.get(key('5002'))).not.toHaveProperty('personal');
  });

  it('says when the bytes are gone, or there never was an order', async () => {
    const bed = bench();
    await notUnderstood(bed, key('5003'), bytesOf({ ...sampleOf('nuvemshop').json, id: 5003 }));
    await bed.raws.forget(key('5003'));

    expect((await replayStored(bed, key('5003'), really)).result).toBe('bytes-expired');
    expect((await replayStored(bed, key('5004'), really)).result).toBe('no-such-order');
  });

  it('leaves a row as it is when its bytes are still not understood', async () => {
    const bed = bench();
    await notUnderstood(bed, key('5005'), bytesOf({ id: 5005, products: 'none' }));
    const before = await bed.orders.get(key('5005'));

    expect((await replayStored(bed, key('5005'), really)).result).toBe('still-not-understood');
    expect(await bed.orders.get(key('5005'))).toEqual(before);
  });
});
