import { describe, expect, it } from 'vitest';
import type { Message } from '../../functions/runtime/queue.ts';
import { changed, openBazaar, refresh, sent } from '../support/bazaar/bench.ts';
import { FETCHES, openFetcher } from '../support/bazaar/job-benches.ts';
import { deliver } from '../support/deployment-bench.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const open = (store: string) => openFetcher(tables, store);

describe('orders that webhooks say have changed', () => {
  it('are fetched once for all the events of a batch', async () => {
    const bed = open('once');
    const { id } = bed.shop.place('once');

    const back = await bed.work(changed(bed, id), changed(bed, id), changed(bed, id));

    expect(back).toEqual([]);
    expect(bed.fetches()).toEqual([id]);
    expect(bed.metrics.total('FetchCoalesced')).toBe(2);
    expect(await bed.row(id)).toMatchObject({
      state: 'ok',
      version: 1,
      origin: { first: { via: 'webhook' } },
    });
  });

  it('are not fetched for an event received before the last fetch began, but for one received after it', async () => {
    // Arrange
    const bed = open('before-after');
    const { id } = bed.shop.place('before-after');
    const early = changed(bed, id);
    bed.clock.move(5000);
    await bed.work(changed(bed, id));

    // Act
    await bed.work(early);
    const afterEarly = bed.fetches().length;
    bed.clock.move(5000);
    await bed.work(changed(bed, id));

    // Assert
    expect(afterEarly).toBe(1);
    expect(bed.fetches()).toHaveLength(2);
  });

  it('are fetched for an event from less than a second before the last fetch, because clocks differ', async () => {
    const bed = open('margin');
    const { id } = bed.shop.place('margin');
    const justBefore = changed(bed, id);
    bed.clock.move(900);
    await bed.work(changed(bed, id));

    await bed.work(justBefore);

    expect(bed.fetches()).toHaveLength(2);
  });

  it('are fetched for an event that came in while the last fetch was under way', async () => {
    // Arrange
    const meanwhile: Message[] = [];
    const bed = openBazaar(tables, {
      stores: ['under-way'],
      change: ({ resources }) => ({
        resources: {
          ...resources,
          order: {
            ...resources.order,
            async get(api, id) {
              bed.clock.move(2500);
              meanwhile.push(changed(bed, id));
              bed.clock.move(2500);
              return resources.order.get(api as Parameters<typeof resources.order.get>[0], id);
            },
          },
        },
      }),
    });
    const processor = bed.processor();
    const { id } = bed.shop.place('under-way');
    await deliver(processor, changed(bed, id));

    // Act
    await deliver(processor, ...meanwhile.slice(0, 1));

    // Assert
    expect(bed.shop.callsTo(FETCHES)).toHaveLength(2);
  });

  it('are fetched when the newest of a batch is newer than the last fetch, however old the others are', async () => {
    const bed = open('newest');
    const { id } = bed.shop.place('newest');
    const early = changed(bed, id);
    bed.clock.move(5000);
    await bed.work(changed(bed, id));
    bed.clock.move(5000);

    await bed.work(early, changed(bed, id));

    expect(bed.fetches()).toHaveLength(2);
  });

  it('wait without failing: one message goes back with its slot, the others are served by it', async () => {
    // Arrange
    const bed = open('wait');
    const { id } = bed.shop.place('wait');
    bed.line.delaySeconds = 30;

    // Act
    const first = await bed.work(changed(bed, id), changed(bed, id));
    const second = await bed.work(changed(bed, id));
    const sentWhileWaiting = bed.queue.sent.length;
    bed.clock.move(30_000);
    bed.line.delaySeconds = 0;
    await bed.work(sent(bed));

    // Assert
    expect([...first, ...second]).toEqual([]);
    expect(sentWhileWaiting).toBe(1);
    expect(bed.queue.sent[0]).toMatchObject({
      delaySeconds: 30,
      message: { attempts: 0, scheduledAt: bed.clock.now() },
    });
    expect(bed.fetches()).toEqual([id]);
    expect(bed.metrics.total('MessageWaited')).toBe(1);
  });

  it('travel as one message when several wait, and are each fetched when it is back', async () => {
    // Arrange
    const bed = open('together');
    const ids = [1, 2, 3].map(() => bed.shop.place('together').id);
    bed.line.delaySeconds = 30;

    // Act
    await bed.work(...ids.map((id) => changed(bed, id)));
    const messages = bed.queue.sent.length;
    bed.clock.move(30_000);
    bed.line.delaySeconds = 0;
    const back = await bed.work(sent(bed));

    // Assert
    expect(messages).toBe(1);
    expect(back).toEqual([]);
    expect(bed.fetches().sort()).toEqual(ids.sort());
  });

  it('read nothing of the order while they only wait in bulk', async () => {
    const bed = open('unread');
    const { id } = bed.shop.place('unread');
    bed.line.delaySeconds = 30;

    await bed.work(refresh(bed, id));

    expect(await bed.context().pending.get({ resource: 'order', id })).toBeUndefined();
    expect(bed.queue.sent).toHaveLength(1);
  });

  it('come back in a moment, and not by the queue, while the bucket takes no writes', async () => {
    const bed = open('bucket-away');
    const { id } = bed.shop.place('bucket-away');
    bed.line.failing = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });

    const back = await bed.work(changed(bed, id));

    expect(back).toEqual([]);
    expect(bed.queue.sent[0]?.delaySeconds).toBeLessThan(10);
  });

  it('come back by the queue when the bucket fails for a reason that does not pass', async () => {
    const bed = open('bucket-bug');
    const { id } = bed.shop.place('bucket-bug');
    bed.line.failing = Object.assign(new Error('no'), { name: 'AccessDeniedException' });

    const back = await bed.work(changed(bed, id));

    expect(back).toEqual([0]);
    expect(bed.queue.sent).toEqual([]);
  });

  it('wait for the real bucket as well, once the platform has said that it is full', async () => {
    const bed = openBazaar(tables, { stores: ['full'] });
    const processor = bed.processor();
    const { id } = bed.shop.place('full');
    await bed.context().connection.bucket.observe({ throttled: true, retryAfterMs: 60_000 });

    const back = await deliver(processor, changed(bed, id));

    expect(back).toEqual([]);
    expect(bed.shop.calls).toEqual([]);
    expect(bed.queue.sent[0]?.delaySeconds).toBeGreaterThanOrEqual(40);
  });

  it('are fetched again for an event that joined a waiting fetch, even when the order is fetched in between', async () => {
    // Arrange: A waits; B joins it later; in between another instance fetches, before B's change.
    const bed = open('joined');
    const { id } = bed.shop.place('joined');
    bed.line.delaySeconds = 60;
    await bed.work(changed(bed, id));
    const waiting = sent(bed);
    bed.line.delaySeconds = 0;
    bed.clock.move(10_000);
    await bed.work({ ...changed(bed, id), scheduledAt: bed.clock.now() });
    bed.clock.move(5_000);
    bed.shop.change(id, { total: 99 });
    await bed.work(changed(bed, id));
    expect(bed.fetches()).toHaveLength(1);

    // Act
    bed.clock.move(45_000);
    await bed.work(waiting);

    // Assert
    expect(bed.fetches()).toHaveLength(2);
    expect((await bed.row(id))?.order?.totals.total).toBe(99);
  });

  it('join no fetch that was made before the time it was waited for, as after a plan was raised', async () => {
    const bed = open('early');
    const { id } = bed.shop.place('early');
    bed.line.delaySeconds = 600;
    await bed.work(changed(bed, id));
    bed.line.delaySeconds = 0;
    bed.clock.move(20_000);
    await bed.work(sent(bed));
    bed.clock.move(10_000);
    bed.shop.change(id, { total: 99 });

    await bed.work(changed(bed, id));

    expect(bed.fetches()).toHaveLength(2);
    expect((await bed.row(id))?.order?.totals.total).toBe(99);
  });

  it('survive a crash between writing a wait down and sending it: the event does not join itself', async () => {
    const bed = open('crash');
    const { id } = bed.shop.place('crash');
    bed.line.delaySeconds = 60;
    bed.queue.refusing = 1;
    const crashed = changed(bed, id);

    const back = await bed.work(crashed);
    await bed.work(crashed);

    expect(back).toEqual([0]);
    expect(bed.queue.sent).toHaveLength(1);
  });

  it('are waited for in writing before their message is sent, because the others are gone once it is', async () => {
    const bed = open('written-first');
    const { id } = bed.shop.place('written-first');
    bed.line.delaySeconds = 60;
    const written: unknown[] = [];
    const send = bed.queue.send.bind(bed.queue);
    bed.queue.send = async (message, delaySeconds) => {
      written.push(await bed.context().pending.get({ resource: 'order', id }));
      await send(message, delaySeconds);
    };

    await bed.work(changed(bed, id));

    expect(written).toEqual([expect.objectContaining({ owner: sent(bed).correlationId })]);
  });

  it('survive it also when the event comes back together with a newer one', async () => {
    const bed = open('crash-newer');
    const { id } = bed.shop.place('crash-newer');
    bed.line.delaySeconds = 60;
    bed.queue.refusing = 1;
    const crashed = changed(bed, id);
    await bed.work(crashed);
    bed.clock.move(1000);

    const back = await bed.work(crashed, changed(bed, id));

    expect(back).toEqual([]);
    expect(bed.queue.sent).toHaveLength(1);
  });

  it('are looked at again when the platform said two things within the same second', async () => {
    // Arrange: two fetches less than two seconds apart, two contents of one platform time.
    const bed = open('again');
    const { id, updated } = bed.shop.place('again');
    await bed.work(changed(bed, id));
    bed.shop.change(id, { total: 99, updated });
    bed.clock.move(1500);

    // Act
    await bed.work(changed(bed, id));

    // Assert
    expect(bed.queue.sent).toMatchObject([{ delaySeconds: 3, message: { receivedAt: bed.clock.now() } }]);
    expect(sent(bed)).not.toHaveProperty('scheduledAt');
    expect((await bed.row(id))?.order?.totals.total).toBe(99);
  });

  it('say how long they waited, from the first receipt over every re-send', async () => {
    const bed = open('age');
    const { id } = bed.shop.place('age');
    bed.line.delaySeconds = 30;
    await bed.work(changed(bed, id));
    bed.clock.move(30_000);
    bed.line.delaySeconds = 0;

    await bed.work(sent(bed));

    expect(bed.metrics.total('MessageAgeSeconds')).toBe(30);
  });
});
