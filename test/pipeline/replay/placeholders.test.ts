import { describe, expect, it } from 'vitest';
import { quarantine } from '../../../functions/pipeline/order-writer.ts';
import { fetchAgain } from '../../../functions/pipeline/replay/fetch-again.ts';
import { replayStored } from '../../../functions/pipeline/replay/replay.ts';
import { localTables } from '../../support/local-tables.ts';
import { type Bench, bench, bytesOf, dry, really, sampleOf, samples } from './bench.ts';

const tables = localTables();

describe('a row that stands in for what nobody understood', () => {
  const queued = (bytes: Uint8Array) => ({ message: { receivedAt: 1, correlationId: 'c-2' }, bytes });

  /** The row of a page whose envelope nobody understood, and that holds these records. */
  async function brokenPage(bed: Bench, data: unknown[]) {
    const metadata = { total_transactions_found: 1, returned_transactions: 1, pending_transactions: 0 };
    const { row } = await quarantine(bed, {
      platform: 'imotriz',
      storeId: 'co-main',
      origin: 'poll',
      reason: 'broken-envelope',
      problem: 'x',
      queued: queued(bytesOf({ metadata, data })),
    });
    return row;
  }

  /** The row of a notice that nobody understood, and that tells of an order. */
  async function unreadableNotice(bed: Bench, id: number) {
    const { row } = await quarantine(bed, {
      platform: 'nuvemshop',
      storeId: '1',
      origin: 'webhook',
      reason: 'schema-mismatch',
      problem: 'x',
      queued: queued(bytesOf({ store_id: 1, event: 'order/paid', id })),
    });
    return row;
  }

  it('gives way to the orders of its page once they are there', async () => {
    // Arrange
    const bed = bench(tables);
    const [one, other] = samples.imotriz();
    const row = await brokenPage(bed, [one!.json, other!.json]);

    // Act
    const result = await replayStored(bed, row!, really);

    // Assert
    expect(result).toMatchObject({
      result: 'created',
      orders: [`imotriz#co-main#${one!.orderId}`, `imotriz#co-main#${other!.orderId}`],
    });
    expect(await bed.orders.get(row!)).toBeUndefined();
    expect(await bed.raws.list(row!)).toEqual([]);
  });

  it('stays while one of its orders is not understood', async () => {
    const bed = bench(tables);
    const row = await brokenPage(bed, [sampleOf('imotriz').json, { odd: true }]);

    const result = await replayStored(bed, row!, really);

    expect(result).toMatchObject({
      result: 'still-not-understood',
      problem: expect.stringContaining('missing-id') as string,
    });
    expect(await bed.orders.get(row!)).toBeDefined();
  });

  it('leads to the order that its notice tells of, and goes once that is queued', async () => {
    // Arrange
    const bed = bench(tables);
    const row = await unreadableNotice(bed, 4711);

    // Act
    const raw = await replayStored(bed, row!, really);
    const preview = await fetchAgain(bed, row!, dry);
    const sentForPreview = bed.queue.sent.length;
    const fresh = await fetchAgain(bed, row!, really);

    // Assert
    expect(raw.result).toBe('needs-fetch');
    expect(preview).toEqual(fresh);
    expect(sentForPreview).toBe(0);
    expect(fresh).toMatchObject({ result: 'queued', orders: ['nuvemshop#1#4711'] });
    expect(bed.queue.sent).toMatchObject([
      { message: { kind: 'nuvemshop.refetch', orderId: '4711', class: 'bulk', origin: 'replay' } },
    ]);
    expect(await bed.orders.get(row!)).toBeUndefined();
  });

  it('stays when the queue does not take the request', async () => {
    const bed = bench(tables);
    bed.queue.refusing = 1;
    const row = await unreadableNotice(bed, 4712);

    await expect(fetchAgain(bed, row!, really)).rejects.toThrow('not available');

    expect(await bed.orders.get(row!)).toBeDefined();
  });
});
