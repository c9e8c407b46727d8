import { describe, expect, it } from 'vitest';
import { quarantine } from '../../../functions/pipeline/order-writer.ts';
import { fetchAgain } from '../../../functions/pipeline/replay/fetch-again.ts';
import { replayStored } from '../../../functions/pipeline/replay/replay.ts';
import { openBazaar, refresh, sent } from '../../support/bazaar/bench.ts';
import { bytesOf } from '../../support/bazaar/read.ts';
import { deliver } from '../../support/deployment-bench.ts';
import { localTables } from '../../support/local-tables.ts';

const tables = localTables();
const really = { dryRun: false, correlationId: 'ops-1' };
const dry = { ...really, dryRun: true };

function open(store: string) {
  const bed = openBazaar(tables, { stores: [store] });
  const context = bed.context();
  /** The row of bytes that nobody understood when they came. */
  const quarantined = async (json: unknown) => {
    const found = { platform: 'bazaar', storeId: store, reason: 'schema-mismatch', problem: 'x' } as const;
    const seen = { receivedAt: 1, correlationId: 'c-2', bytes: bytesOf(json), origin: 'webhook' } as const;
    const { row } = await quarantine(context, { ...found, ...seen });
    return row!;
  };
  return { ...bed, context, quarantined };
}

describe('a row that stands in for what nobody understood', () => {
  it('gives way to the orders of its page once they are there', async () => {
    // Arrange
    const bed = open('page');
    const [one, other] = [bed.shop.place('page'), bed.shop.place('page')];
    const row = await bed.quarantined({ orders: [one, other], left: 'some' });

    // Act
    const result = await replayStored(bed.context, row, really);

    // Assert
    expect(result).toMatchObject({
      result: 'created',
      orders: [`bazaar#page#order#${one.id}`, `bazaar#page#order#${other.id}`],
    });
    expect(await bed.context.orders.get(row)).toBeUndefined();
    expect(await bed.context.raws.list(row)).toEqual([]);
    expect(await bed.row(one.id)).toMatchObject({ state: 'ok', origin: { first: { via: 'replay' } } });
  });

  it('stays in a dry run, which says the same', async () => {
    const bed = open('page-dry');
    const row = await bed.quarantined({ orders: [bed.shop.place('page-dry')], left: 'some' });

    const preview = await replayStored(bed.context, row, dry);
    const between = await bed.context.orders.get(row);
    const done = await replayStored(bed.context, row, really);

    expect(preview).toEqual(done);
    expect(between).toEqual(row);
  });

  it('stays while one of its orders is not understood', async () => {
    const bed = open('half');
    const row = await bed.quarantined({ orders: [bed.shop.place('half'), { odd: true }] });

    const result = await replayStored(bed.context, row, really);

    expect(result).toMatchObject({
      result: 'still-not-understood',
      problem: expect.stringContaining('missing-id') as string,
    });
    expect(await bed.context.orders.get(row)).toBeDefined();
  });

  it('leads to the order that its notice tells of, and goes once that is queued', async () => {
    // Arrange
    const bed = open('notice');
    const row = await bed.quarantined({ shop: 'notice', event: 'order.changed', order: 'o-4711' });

    // Act
    const raw = await replayStored(bed.context, row, really);
    const [preview] = await fetchAgain(bed.context, [row], dry);
    const sentForPreview = bed.queue.sent.length;
    const [fresh] = await fetchAgain(bed.context, [row], really);

    // Assert
    expect(raw.result).toBe('needs-fetch');
    expect(preview).toEqual(fresh);
    expect(sentForPreview).toBe(0);
    expect(fresh).toMatchObject({ result: 'queued', orders: ['bazaar#notice#order#o-4711'] });
    expect(bed.queue.sent).toMatchObject([
      {
        message: {
          kind: 'refresh',
          storeId: 'notice',
          orderId: 'o-4711',
          priority: 'bulk',
          origin: 'replay',
        },
      },
    ]);
    expect(await bed.context.orders.get(row)).toBeUndefined();
  });

  it('stays when the queue does not take the request', async () => {
    const bed = open('refused');
    bed.queue.refusing = 1;
    const row = await bed.quarantined({ shop: 'refused', event: 'order.changed', order: 'o-4712' });

    const [result] = await fetchAgain(bed.context, [row], really);

    expect(result?.result).toBe('failed');
    expect(await bed.context.orders.get(row)).toBeDefined();
  });

  it('says so when it names no order that could be fetched', async () => {
    const bed = open('nameless');
    const row = await bed.quarantined({ shop: 'nameless', event: 'app.suspended' });

    const [result] = await fetchAgain(bed.context, [row], really);

    expect(result).toMatchObject({
      result: 'failed',
      problem: expect.stringContaining('names no order') as string,
    });
    expect(bed.queue.sent).toEqual([]);
    expect(await bed.context.orders.get(row)).toBeDefined();
  });

  it('under the order’s own id is fetched as that order, and stays until the fetch is there', async () => {
    // Arrange: the platform did not know the order when its webhook came.
    const bed = open('own-id');
    const { id } = bed.shop.place('own-id');
    bed.shop.trouble(/orders/, { status: 422 });
    const processor = bed.processor();
    await deliver(processor, refresh(bed, id));
    expect(await bed.row(id)).toMatchObject({ state: 'needs-review' });

    // Act
    bed.clock.move(60_000);
    const [result] = await fetchAgain(bed.context, [bed.key(id)], really);
    const between = await bed.row(id);
    const back = await deliver(processor, sent(bed));

    // Assert
    expect(result).toEqual({ order: `bazaar#own-id#order#${id}`, result: 'queued' });
    expect(between).toBeDefined();
    expect(back).toEqual([]);
    expect(await bed.row(id)).toMatchObject({ state: 'ok', origin: { last: { via: 'replay' } } });
  });
});
