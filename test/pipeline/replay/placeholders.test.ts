import { describe, expect, it } from 'vitest';
import { quarantine } from '../../../functions/pipeline/order-writer.ts';
import { fetchAgain } from '../../../functions/pipeline/replay/fetch-again.ts';
import { replayStored } from '../../../functions/pipeline/replay/replay.ts';
import { localTables } from '../../support/local-tables.ts';
import { bench, bytesOf, dry, really, sampleOf, samples } from './bench.ts';

const tables = localTables();

describe('a row that stands in for what nobody understood', () => {
  const queued = (bytes: Uint8Array) => ({ message: { receivedAt: 1, correlationId: 'c-2' }, bytes });

  it('gives way to the orders of its page once they are there', async () => {
    // Prepare
    const bed = bench(tables);
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
      orders: [`imotriz#co-main#${one!.orderId}`, `imotriz#co-main#${other!.orderId}`],
    });
    expect(await bed.orders.get(row!)).toBeUndefined();
    expect(await bed.raws.list(row!)).toEqual([]);
  });

  it('stays while one of its orders is not understood', async () => {
    const bed = bench(tables);
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
    const bed = bench(tables);
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
    expect(fresh).toMatchObject({ result: 'queued', orders: ['nuvemshop#1#4711'] });
    expect(bed.queue.sent).toMatchObject([
      { message: { kind: 'nuvemshop.refetch', orderId: '4711', class: 'bulk', origin: 'replay' } },
    ]);
    expect(await bed.orders.get(row!)).toBeUndefined();
  });

  it('stays when the queue does not take the request', async () => {
    const bed = bench(tables);
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
