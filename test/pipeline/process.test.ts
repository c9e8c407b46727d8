import { randomBytes } from 'node:crypto';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { FOREIGN_BYTES_DAYS } from '../../functions/pipeline/order-writer.ts';
import { createRecorder } from '../../functions/pipeline/recorder.ts';
import { pack } from '../../functions/runtime/queue.ts';
import { catalogueJobKey } from '../../functions/storage/control-keys.ts';
import { orderPk } from '../../functions/storage/keys.ts';
import { changed, openBazaar, received, refresh } from '../support/bazaar/bench.ts';
import { deliver } from '../support/deployment-bench.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();

/** A merchant of a platform that sends whole orders, with a processor. */
function open(...stores: [string, ...string[]]) {
  const bed = openBazaar(tables, { stores, truth: 'pushed' });
  const processor = bed.processor();
  return { ...bed, processor, work: deliver.bind(undefined, processor) };
}
type Bench = ReturnType<typeof open>;
const pageOf = (bed: Bench, ...orders: unknown[]) =>
  received(bed, { orders, left: 0 }, { via: 'poll', topic: 'page', storeId: bed.storeId });
const pushed = (bed: Bench, shop: string, ...orders: unknown[]) =>
  received(bed, { shop, event: 'orders', orders });

describe('what came in', () => {
  it.each([
    ['webhook', {}],
    ['poll', { via: 'poll', topic: 'page' }],
  ] as const)('by %s and holds orders makes a row of each', async (via, rest) => {
    const storeId = `by-${via}`;
    const bed = open(storeId);
    const orders = [bed.shop.place(storeId), bed.shop.place(storeId)];
    bed.clock.move(4000);
    const message =
      via === 'poll'
        ? received(bed, { orders, left: 0 }, { ...rest, storeId })
        : pushed(bed, storeId, ...orders);

    const back = await bed.work(message);

    expect(back).toEqual([]);
    for (const { id } of orders)
      expect(await bed.row(id)).toMatchObject({
        state: 'ok',
        observedAt: message.receivedAt,
        origin: { first: { via } },
        correlationId: message.correlationId,
      });
    expect(bed.shop.calls).toEqual([]);
  });

  it('keeps of each order of a page its own bytes', async () => {
    const bed = open('own-bytes');
    const [one, other] = [bed.shop.place('own-bytes'), bed.shop.place('own-bytes')];

    await bed.work(pageOf(bed, one, other));

    const row = await bed.row(one.id);
    const bytes = await bed.context().raws.get(bed.key(one.id), row!.raw!);
    expect(JSON.parse(Buffer.from(bytes!).toString())).toEqual(one);
  });

  it('shows an order of a page that nobody understands, and keeps the others', async () => {
    const bed = open('odd-one');
    const good = bed.shop.place('odd-one');

    const back = await bed.work(pageOf(bed, { id: 'o-odd', total: 'much' }, good, { no: 'id' }));

    expect(back).toEqual([]);
    expect(await bed.row(good.id)).toMatchObject({ state: 'ok' });
    expect(await bed.row('o-odd')).toMatchObject({ review: { reason: 'schema-mismatch' } });
    expect(await bed.row('record-2')).toMatchObject({ review: { reason: 'missing-id' } });
  });

  it('comes back when one of its orders could not be written; the others are there, and once more changes nothing', async () => {
    // Arrange: the table refuses one order, once.
    const bed = open('half');
    const [bad, good] = [bed.shop.place('half'), bed.shop.place('half')];
    const page = pageOf(bed, bad, good);
    const store = bed.processor.store('half');
    let refusals = 1;
    const orders: typeof store.orders = {
      ...store.orders,
      async put(row, expected) {
        if (row.platformOrderId === bad.id && refusals-- > 0) throw new Error('the table is not available');
        return store.orders.put(row, expected);
      },
    };
    const broken = { ...bed.processor, store: () => ({ ...store, orders }) };

    // Act
    const first = await deliver(broken, page);
    const goodAfterFirst = await bed.row(good.id);
    const second = await deliver(broken, page);

    // Assert
    expect([first, second]).toEqual([[0], []]);
    expect(goodAfterFirst).toMatchObject({ state: 'ok', version: 1 });
    expect(await bed.row(good.id)).toEqual(goodAfterFirst);
    expect(await bed.row(bad.id)).toMatchObject({ state: 'ok' });
    const failure = bed.log.lines.find(({ level }) => level === 'error');
    expect(failure?.fields.error).toMatch(/1 of 2 records failed: record 0: \w+/);
  });

  it('keeps of another store’s order whose it is, without the person, and for a week', async () => {
    const bed = open('foreign-order');
    const order = { ...bed.shop.place('foreign-order'), shop: 'somebody-else' };

    await bed.work(pageOf(bed, order));

    const [row] = await bed.reviews('foreign-store');
    const [copy] = await bed.copies(order.id);
    const bytes = await bed.context().raws.get(row!, row!.raw!);
    expect(JSON.parse(Buffer.from(bytes!).toString())).toEqual({
      storeId: 'somebody-else',
      platformOrderId: order.id,
    });
    expect(copy?.expiresAt).toBe(bed.clock.now() / 1000 + FOREIGN_BYTES_DAYS * 86_400);
  });

  it('says what was odd and did not stop it, by names only', async () => {
    const bed = open('warns');

    await bed.work(received(bed, { orders: [], left: 5 }, { topic: 'page', storeId: 'warns' }));

    expect(bed.log.lines).toContainEqual({
      level: 'warn',
      message: 'what came in is odd',
      fields: expect.objectContaining({ warnings: ['orders are left and none was handed out'] }) as object,
    });
  });

  it.each([
    [
      'of a store that is not ours',
      { shop: 'somebody-else', event: 'order.changed', order: 'o-1' },
      'foreign-store',
    ],
    ['that names no order', { shop: 'odd', event: 'order.changed' }, 'schema-mismatch'],
    ['without an event', { shop: 'odd', order: 'o-1' }, 'schema-mismatch'],
    ['with a prototype key', { shop: 'odd', event: { __proto__: 1 } }, 'schema-mismatch'],
    ['that is no object', [1, 2], 'schema-mismatch'],
  ] as const)('makes one visible row of an event %s, with its bytes', async (what, body, reason) => {
    const storeId = `odd-${what.replaceAll(' ', '-')}`;
    const bed = open(storeId);
    const message = received(bed, body);

    const back = [...(await bed.work(message)), ...(await bed.work(message))];

    expect(back).toEqual([]);
    const rows = await bed.reviews(reason);
    expect(rows).toHaveLength(1);
    const bytes = await bed.context().raws.get(rows[0]!, rows[0]!.raw!);
    expect(Buffer.from(bytes!).toString()).toBe(JSON.stringify(body));
    expect(bed.metrics.total('OrderNeedsReview')).toBe(2);
    expect(bed.log.lines.find(({ level }) => level === 'warn')?.fields).toMatchObject({ reason });
  });

  it('that is no page makes a visible row of the whole', async () => {
    const bed = open('no-page');

    await bed.work(received(bed, Buffer.from('<html>'), { via: 'poll', topic: 'page', storeId: 'no-page' }));

    expect(await bed.reviews('broken-envelope')).toMatchObject([{ origin: { first: { via: 'poll' } } }]);
  });

  it('tells how long it waited, where the bytes are the news', async () => {
    const bed = open('pushed-age');
    const message = pushed(bed, 'pushed-age', bed.shop.place('pushed-age'));
    bed.clock.move(7000);

    await bed.work(message);

    expect(bed.metrics.total('MessageAgeSeconds')).toBe(7);
  });

  it('is whole before anyone reads it, in whatever order its chunks are delivered', async () => {
    // Arrange
    const bed = open('chunks');
    const last = bed.shop.place('chunks');
    const page = pageOf(bed);
    const filler = randomBytes(300_000).toString('base64');
    const chunks = pack(Buffer.from(JSON.stringify({ orders: [last], left: 0, filler })));
    const messages = chunks.map((payload) => ({ ...page, payload })).reverse();
    expect(messages.length).toBeGreaterThan(1);

    // Act
    const early = await bed.work(...messages.slice(1));
    const before = await bed.row(last.id);
    const back = await bed.work(messages[0]!);

    // Assert
    expect([...early, ...back]).toEqual([]);
    expect(before).toBeUndefined();
    expect(await bed.row(last.id)).toMatchObject({ state: 'ok' });
  });

  it('that is not one of our messages comes back, and stops no other', async () => {
    const bed = open('foreign-message');
    const good = pushed(bed, 'foreign-message', bed.shop.place('foreign-message'));

    const back = await bed.work({ ...good, v: 7 } as never, good, { ...good, kind: 'of-old' } as never);

    expect(back).toEqual([0, 2]);
  });
});

describe('what needs no order', () => {
  it('is counted, and nothing else happens', async () => {
    const bed = open('ignored');
    const before = await bed.items();

    const back = await bed.work(received(bed, { shop: 'ignored', event: 'product.changed' }));

    expect(back).toEqual([]);
    expect(bed.metrics.total('EventIgnored')).toBe(1);
    expect(await bed.items()).toEqual(before);
  });

  it('is kept when it tells how a job ended', async () => {
    const bed = open('job');

    await bed.work(received(bed, { shop: 'job', event: 'job.ended', job: 'j-1', status: 'done' }));

    const { Item } = await tables.client.send(
      new GetCommand({ TableName: tables.table, Key: catalogueJobKey('bazaar', 'j-1') }),
    );
    expect(Item).toMatchObject({ status: 'done' });
    expect(bed.metrics.total('EventIgnored')).toBe(1);
    expect(bed.metrics.total('CatalogueJobFailed')).toBe(0);
  });

  it('is counted and logged when it tells that a job failed, as often as it is told', async () => {
    const bed = open('failed-job');
    const event = { shop: 'failed-job', event: 'job.ended', job: 'j-2', status: 'failed' };

    await bed.work(received(bed, event));
    await bed.work(received(bed, event));

    expect(bed.metrics.total('CatalogueJobFailed')).toBe(2);
    expect(bed.log.lines.filter(({ message }) => message === 'a catalogue job failed')).toMatchObject([
      { level: 'error', fields: { jobId: 'j-2' } },
      { level: 'error', fields: { jobId: 'j-2' } },
    ]);
  });
});

describe('two stores of one platform', () => {
  it('share a queue and nothing else: each event ends at its own store', async () => {
    // Arrange
    const bed = openBazaar(tables, { stores: ['north', 'south'] });
    const [north, south] = [bed.shop.place('north'), bed.shop.place('south')];
    const processor = bed.processor();

    // Act
    const back = await deliver(processor, changed(bed, north.id, 'north'), changed(bed, south.id, 'south'));

    // Assert
    expect(back).toEqual([]);
    expect((await bed.row(north.id, 'north'))?.storeId).toBe('north');
    expect((await bed.row(south.id, 'south'))?.storeId).toBe('south');
    expect(await bed.row(south.id, 'north')).toBeUndefined();
    expect(new Set(bed.shop.calls.map(({ token }) => token))).toHaveProperty('size', 2);
    expect(orderPk(bed.key(north.id, 'north'))).toBe(`bazaar#north#order#${north.id}`);
  });

  it('have a circuit each: one that lets nobody in does not stop the other', async () => {
    const bed = openBazaar(tables, { stores: ['shut', 'fine'] });
    const [shut, fine] = [bed.shop.place('shut'), bed.shop.place('fine')];
    bed.shop.revoke('shut');
    const processor = bed.processor();

    const back = await deliver(processor, changed(bed, shut.id, 'shut'), changed(bed, fine.id, 'fine'));

    expect(back).toEqual([]);
    expect(await bed.row(fine.id, 'fine')).toMatchObject({ state: 'ok' });
    expect(await bed.context('shut').connection.circuit.check()).toMatchObject({ allowed: false });
    expect(await bed.context('fine').connection.circuit.check()).toEqual({ allowed: true, probe: false });
  });

  it('are all there are: a message for another comes back, and stops no other', async () => {
    const bed = openBazaar(tables, { stores: ['only'] });

    const { id } = bed.shop.place('only');

    const gone = refresh(bed, 'o-1', { storeId: 'gone' });
    const back = await deliver(bed.processor(), gone, changed(bed, id));

    expect(back).toEqual([0]);
    expect(await bed.row(id)).toMatchObject({ state: 'ok' });
  });
});

describe('a consumer that only records', () => {
  /** As a consumer is bundled whose platform pushes orders and asks for nothing else. */
  function openRecorder(storeId: string) {
    const bed = open(storeId);
    return { ...bed, work: deliver.bind(undefined, createRecorder(bed.deployed, bed.runtime)) };
  }

  it('makes rows of what it understands and of what it does not, with their bytes', async () => {
    const bed = openRecorder('records');
    const { id } = bed.shop.place('records');

    const back = await bed.work(pushed(bed, 'records', { id, total: 'much' }, bed.shop.place('records')));

    expect(back).toEqual([]);
    expect(await bed.row(id)).toMatchObject({ review: { reason: 'schema-mismatch' } });
    expect(await bed.context().raws.list(bed.key(id))).toHaveLength(1);
    expect(bed.queue.sent).toEqual([]);
  });

  it.each([
    ['that an order changed', (bed: Bench) => changed(bed, 'o-1')],
    ['for a fetch', (bed: Bench) => refresh(bed, 'o-1')],
    [
      'to erase a customer',
      (bed: Bench) => received(bed, { shop: 'asks', orders: [] }, { topic: 'erase-customer' }),
    ],
  ])('gives back a message that asks for more, such as %s, and works on the others', async (_, message) => {
    const bed = openRecorder('asks');
    const order = bed.shop.place('asks');

    const back = await bed.work(message(bed), pushed(bed, 'asks', order));

    expect(back).toEqual([0]);
    expect(await bed.row(order.id)).toMatchObject({ state: 'ok' });
    expect(bed.queue.sent).toEqual([]);
  });

  it('gives back a message of a store that is not in the configuration', async () => {
    const bed = openRecorder('known');

    const back = await bed.work({ ...refresh(bed, 'o-1'), storeId: 'unknown' } as ReturnType<typeof refresh>);

    expect(back).toEqual([0]);
  });
});
