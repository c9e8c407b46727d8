import { describe, expect, it } from 'vitest';
import { changed, refresh, sent } from '../support/bazaar/bench.ts';
import { openFetcher } from '../support/bazaar/job-benches.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const open = (store: string) => openFetcher(tables, store);

describe('a request to fetch an order again', () => {
  it('fetches it by its priority, and the row tells how it came', async () => {
    const bed = open('refresh');
    const { id } = bed.shop.place('refresh');

    const back = await bed.work(refresh(bed, id));

    expect(back).toEqual([]);
    expect(bed.line.asked).toEqual(['bulk']);
    expect(await bed.row(id)).toMatchObject({ state: 'ok', origin: { first: { via: 'reconcile' } } });
    expect(bed.metrics.seen('MessageAgeSeconds')).toBe(false);
  });

  it('is served by the fetch of a webhook in the same batch, and the webhook waits for both', async () => {
    const bed = open('refresh-mixed');
    const { id } = bed.shop.place('refresh-mixed');
    bed.line.delaySeconds = 30;

    await bed.work(changed(bed, id), refresh(bed, id));

    expect(bed.line.asked).toEqual(['urgent']);
    expect(bed.queue.sent).toMatchObject([{ message: { kind: 'received' } }]);
  });

  it('never makes a webhook wait in its line', async () => {
    // Arrange
    const bed = open('refresh-line');
    const { id } = bed.shop.place('refresh-line');
    bed.line.delaySeconds = 600;
    await bed.work(refresh(bed, id));
    bed.clock.move(5000);
    bed.line.delaySeconds = 0;

    // Act
    await bed.work(changed(bed, id));
    const fetches = bed.fetches().length;
    bed.clock.move(600_000);
    await bed.work(sent(bed));

    // Assert
    expect(fetches).toBe(1);
    expect(bed.fetches()).toHaveLength(1);
  });

  it('waits for itself beside a webhook that waits, and does not take over its place in the line', async () => {
    // Arrange
    const bed = open('refresh-joins');
    const { id } = bed.shop.place('refresh-joins');
    bed.line.delaySeconds = 600;
    await bed.work(refresh(bed, id));
    bed.clock.move(1000);
    bed.line.delaySeconds = 60;
    await bed.work(changed(bed, id));
    const webhook = sent(bed);

    // Act
    bed.line.delaySeconds = 900;
    await bed.work(sent(bed, 0));
    await bed.work(refresh(bed, id));

    // Assert
    expect(await bed.context().pending.get({ resource: 'order', id })).toMatchObject({
      owner: webhook.correlationId,
      priority: 'urgent',
    });
    expect(bed.queue.sent).toHaveLength(4);
  });
});
