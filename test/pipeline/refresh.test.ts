import { describe, expect, it } from 'vitest';
import { consumeNuvemshop } from '../../functions/pipeline/old/nuvemshop-consumer.ts';
import { bench, notice, redelivered, refetch, rowOf } from './fetched-bench.ts';

describe('a request to fetch an order again', () => {
  it('fetches it as it was asked to, and the row tells how it came', async () => {
    const bed = bench('refetch');

    const failures = await consumeNuvemshop(bed, [refetch(bed, 1101)]);

    expect(failures).toEqual([]);
    expect(bed.asked).toEqual(['bulk']);
    expect(await rowOf(bed, 1101)).toMatchObject({ state: 'ok', origin: { first: { via: 'reconcile' } } });
    expect(bed.metrics.seen('MessageAgeSeconds')).toBe(false);
  });

  it('is served by the fetch of a webhook in the same batch, and the webhook waits for both', async () => {
    const bed = bench('refetch-mixed');
    bed.levers.delaySeconds = 30;

    await consumeNuvemshop(bed, [notice(bed, 1102), refetch(bed, 1102)]);

    expect(bed.asked).toEqual(['urgent']);
    expect(bed.queue.sent).toMatchObject([{ message: { kind: 'nuvemshop.webhook' } }]);
  });

  it('never makes a webhook wait in its line', async () => {
    // Prepare
    const bed = bench('refetch-line');
    bed.levers.delaySeconds = 600;
    await consumeNuvemshop(bed, [refetch(bed, 1103)]);
    bed.clock.move(5000);
    bed.levers.delaySeconds = 0;

    // Act
    await consumeNuvemshop(bed, [notice(bed, 1103)]);
    const fetches = bed.fetches.length;
    bed.clock.move(600_000);
    await consumeNuvemshop(bed, [redelivered(bed)]);

    // Assess
    expect(fetches).toBe(1);
    expect(bed.fetches).toHaveLength(1);
  });

  it('joins a webhook that waits, and does not take over its place in the line', async () => {
    // Prepare
    const bed = bench('refetch-joins');
    bed.levers.delaySeconds = 600;
    await consumeNuvemshop(bed, [refetch(bed, 1104)]);
    bed.clock.move(1000);
    bed.levers.delaySeconds = 60;
    await consumeNuvemshop(bed, [notice(bed, 1104)]);
    const webhook = redelivered(bed);

    // Act
    bed.levers.delaySeconds = 900;
    await consumeNuvemshop(bed, [redelivered(bed, 0)]);
    await consumeNuvemshop(bed, [refetch(bed, 1104)]);

    // Assess
    expect(await bed.pending.get('1104')).toMatchObject({
      owner: webhook.message.correlationId,
      priority: 'urgent',
    });
    expect(bed.queue.sent).toHaveLength(3);
  });
});
