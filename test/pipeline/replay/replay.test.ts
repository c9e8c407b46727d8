import { describe, expect, it } from 'vitest';
import type { OrderKey } from '../../../functions/domain/order-row.ts';
import { eraseOrder } from '../../../functions/pipeline/privacy/erase.ts';
import { mergeFound, replayStored } from '../../../functions/pipeline/replay/replay.ts';
import { parseStored } from '../../../functions/pipeline/replay/replay.ts';
import { localTables } from '../../support/local-tables.ts';
import { bench, bytesOf, dry, notUnderstood, really, sampleOf, settings } from './bench.ts';

const tables = localTables();

describe.each(['nuvemshop', 'pedidosya', 'imotriz'] as const)(
  'bytes of %s that are understood by now',
  (platform) => {
    const storeId = { nuvemshop: '1', pedidosya: 'chain', imotriz: 'co-main' }[platform];

    it('become the order, without a call to the platform', async () => {
      // Arrange
      const bed = bench(tables);
      const { orderId: platformOrderId, json } = sampleOf(platform);
      const key = { platform, storeId, platformOrderId };
      await notUnderstood(bed, key, bytesOf(json));

      // Act
      const preview = await replayStored(bed, key, dry);
      const between = await bed.orders.get(key);
      const done = await replayStored(bed, key, really);
      const again = await replayStored(bed, key, really);

      // Assert
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

describe('a replay', () => {
  const key = (platformOrderId: string): OrderKey => ({
    platform: 'nuvemshop',
    storeId: '1',
    platformOrderId,
  });

  it('never puts an older content over a newer one', async () => {
    // Arrange: what could not be read came late, and is older than what the row has.
    const bed = bench(tables);
    const json = { ...sampleOf('nuvemshop').json, id: 5001 };
    const newer = { ...json, updated_at: '2027-01-01T00:00:00+0000', note: 'newer' };
    await notUnderstood(bed, key('5001'), bytesOf(newer));
    await replayStored(bed, key('5001'), really);
    await notUnderstood(bed, key('5001'), bytesOf({ ...json, updated_at: '2026-01-01T00:00:00+0000' }));

    // Act
    const result = await replayStored(bed, key('5001'), really);
    const again = await replayStored(bed, key('5001'), really);

    // Assert
    expect([result.result, again.result]).toEqual(['stale', 'bytes-expired']);
    expect(await bed.orders.get(key('5001'))).toMatchObject({ state: 'ok', personal: { note: 'newer' } });
  });

  it('reads the bytes that the content was made from, not those that were set aside before it', async () => {
    // Arrange: not understood, then seen again with the content that the row had already.
    const bed = bench(tables);
    const json = { ...sampleOf('nuvemshop').json, id: 5006 };
    await notUnderstood(bed, key('5006'), bytesOf(json));
    await replayStored(bed, key('5006'), really);
    await notUnderstood(bed, key('5006'), bytesOf({ ...json, note: 'set aside' }));
    const reading = parseStored(settings, key('5006'), bytesOf(json));
    if (reading.kind !== 'orders') throw new Error('the sample is an order');
    await mergeFound(bed, reading.orders[0]!, { ...really, observedAt: bed.clock.now() });

    // Act
    const result = await replayStored(bed, key('5006'), really);

    // Assert
    expect(result.result).toBe('unchanged');
    expect((await bed.orders.get(key('5006')))?.personal?.note).not.toBe('set aside');
  });

  it('of an order whose person was erased brings nothing back', async () => {
    const bed = bench(tables);
    await notUnderstood(bed, key('5002'), bytesOf({ ...sampleOf('nuvemshop').json, id: 5002 }));
    await eraseOrder(bed, key('5002'), { because: 'operator', request: 'c' });

    expect((await replayStored(bed, key('5002'), really)).result).toBe('personal-data-erased');
    expect(await bed.orders.get(key('5002'))).not.toHaveProperty('personal');
  });

  it('says when the bytes are gone, or there never was an order', async () => {
    const bed = bench(tables);
    await notUnderstood(bed, key('5003'), bytesOf({ ...sampleOf('nuvemshop').json, id: 5003 }));
    await bed.raws.forget(key('5003'));

    expect((await replayStored(bed, key('5003'), really)).result).toBe('bytes-expired');
    expect((await replayStored(bed, key('5004'), really)).result).toBe('no-such-order');
  });

  it('leaves a row as it is when its bytes are still not understood', async () => {
    const bed = bench(tables);
    await notUnderstood(bed, key('5005'), bytesOf({ id: 5005, products: 'none' }));
    const before = await bed.orders.get(key('5005'));

    expect((await replayStored(bed, key('5005'), really)).result).toBe('still-not-understood');
    expect(await bed.orders.get(key('5005'))).toEqual(before);
  });
});
