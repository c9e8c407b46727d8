import { describe, expect, it } from 'vitest';
import { changed, sent } from '../support/bazaar/bench.ts';
import { FETCHES, openFetcher } from '../support/bazaar/job-benches.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const open = (store: string) => openFetcher(tables, store);
type Bed = ReturnType<typeof open>;

/** Works off the message that was sent last, when its delay is over; answers the delay in seconds. */
async function takeLast(bed: Bed): Promise<number> {
  const { delaySeconds = 0 } = bed.queue.sent.at(-1)!;
  const message = sent(bed);
  bed.clock.move(delaySeconds * 1000);
  await bed.work(message);
  return delaySeconds;
}

describe('an order that is not complete when it is fetched', () => {
  it('is looked at again, and no more once it is complete', async () => {
    const bed = open('later');
    const { id } = bed.shop.place('later', { packing: 'later' });
    await bed.work(changed(bed, id));
    const incomplete = await bed.row(id);
    bed.shop.change(id, { packing: 'known', total: 99 });

    const delay = await takeLast(bed);

    expect(delay).toBe(10);
    expect(incomplete).toMatchObject({ state: 'ok', incomplete: true });
    expect(await bed.row(id)).toMatchObject({ order: { totals: { total: 99 } } });
    expect(await bed.row(id)).not.toHaveProperty('incomplete');
    expect(bed.queue.sent).toHaveLength(1);
  });

  it('is looked at a bounded number of times, each after twice as long', async () => {
    const bed = open('never');
    const { id } = bed.shop.place('never', { packing: 'later' });
    await bed.work(changed(bed, id));

    const delays: number[] = [];
    while (bed.queue.sent.length > delays.length && delays.length < 20) delays.push(await takeLast(bed));

    expect(delays).toEqual([10, 20, 40, 80, 160, 320, 640, 900]);
    expect(await bed.row(id)).toMatchObject({ state: 'ok', incomplete: true });
  });

  it('makes one look serve it when it is fetched again meanwhile', async () => {
    const bed = open('meanwhile');
    const { id } = bed.shop.place('meanwhile', { packing: 'later' });
    await bed.work(changed(bed, id));
    const look = sent(bed);
    bed.clock.move(5000);
    bed.shop.change(id, { packing: 'known' });
    await bed.work(changed(bed, id));
    bed.clock.move(5000);

    await bed.work(look);

    expect(bed.fetches()).toHaveLength(2);
  });
});

describe('a look at an order again', () => {
  it('is made when it could not be sent at first, for an answer that does not fit the one before', async () => {
    // Arrange: two fetches less than two seconds apart, two contents of one platform time.
    const bed = open('unsent');
    const { id, updated } = bed.shop.place('unsent');
    await bed.work(changed(bed, id));
    const event = changed(bed, id);
    bed.shop.change(id, { total: 99, updated });
    bed.clock.move(1500);
    bed.queue.refusing = 1;
    const back = await bed.work(event);
    bed.shop.change(id, { total: 100, updated });
    bed.clock.move(60_000);

    // Act
    await bed.work(event);

    // Assert
    expect(back).toEqual([0]);
    expect((await bed.row(id))?.order?.totals.total).toBe(100);
  });
});

describe('an answer about another order', () => {
  it('is no answer: the row stays, and the order is asked for again', async () => {
    const bed = open('other');
    const { id } = bed.shop.place('other');
    const another = bed.shop.place('other', { total: 7 });
    bed.shop.trouble(FETCHES, { status: 200, body: JSON.stringify(another) });

    const back = await bed.work(changed(bed, id));

    expect(back).toEqual([]);
    expect(await bed.row(id)).toBeUndefined();
    expect(await bed.row(another.id)).toBeUndefined();
    expect(bed.queue.sent).toMatchObject([{ message: { attempts: 1 } }]);
  });
});
