import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { orderRowKey } from '../../../functions/storage/keys.ts';
import { localTables } from '../../support/local-tables.ts';
import { deliveryBench, EPOCH, event } from './bench.ts';

const tables = localTables();
let made = 0;
const bench = (types?: string[]) => {
  made += 1;
  return deliveryBench(tables, `endpoint-${made}`, types);
};

describe('an event that an endpoint refuses', () => {
  it.each([400, 409, 413, 422])('by %s is set aside when it takes the next one', async (status) => {
    const b = await bench();
    b.feed.events = [event(1, 'a'), event(2, 'b'), event(3, 'a')];
    b.erp.answer = ({ event: { seq } }) => (seq === 1 ? status : 200);

    await b.run();

    expect(await b.endpoint()).toMatchObject({ seq: 3, failures: 0 });
    expect(await b.aside.list(b.id)).toEqual([
      { epoch: EPOCH, event: b.feed.events[0], status, setAsideAt: b.clock.now() },
    ]);
    expect(b.metrics.total('EventsSetAside')).toBe(1);
  });

  it('waits when it refuses the next one too: then the endpoint fails', async () => {
    const b = await bench();
    b.feed.events = Array.from({ length: 20 }, (_, index) => event(index + 1, `order-${index}`));
    b.erp.answer = () => 422;

    await b.run();
    const first = b.calls.length;
    for (let probe = 0; probe < 10; probe += 1) {
      b.clock.move(300_000);
      await b.run();
    }

    expect(first).toBeLessThanOrEqual(9);
    expect(b.calls.length).toBe(first + 10);
    expect(await b.aside.list(b.id)).toEqual([]);
    expect(await b.endpoint()).toMatchObject({ seq: 0, failures: 11 });
  });

  it('waits for a next one when it is the last: one call each time', async () => {
    const b = await bench();
    b.feed.events = [event(1, 'a')];
    b.erp.answer = ({ event: { seq } }) => (seq === 1 ? 422 : 200);

    await b.run();
    b.clock.move(300_000);
    await b.run();
    expect(b.seen()).toEqual([1, 1]);
    b.feed.events.push(event(2, 'a'));
    b.clock.move(300_000);
    await b.run();

    expect(b.seen()).toEqual([1, 1, 2, 1]);
    expect(await b.aside.list(b.id)).toHaveLength(1);
    expect(await b.endpoint()).toMatchObject({ seq: 2, failures: 0 });
  });

  it('is set aside although the ones after it are refused too, once it takes another: one call each time', async () => {
    const b = await bench();
    b.feed.events = Array.from({ length: 14 }, (_, index) => event(index + 1, `order-${index}`));
    b.erp.answer = ({ event: { seq } }) => (seq < 14 ? 422 : 200);

    await b.run();
    const first = b.calls.length;
    for (let probe = 0; probe < 14 - first; probe += 1) {
      b.clock.move(300_000);
      await b.run();
    }

    const bad = b.seen().slice(0, 13);
    expect(b.seen()).toEqual([...bad, 14, ...bad]);
    expect((await b.aside.list(b.id)).map((one) => one.event.seq)).toEqual(bad);
    expect(await b.endpoint()).toMatchObject({ seq: 14, failures: 0 });
  });

  it.each([3, 30])(
    'is sent again once the endpoint is repaired, which refused everything %i times',
    async (probes) => {
      const b = await bench();
      b.feed.events = Array.from({ length: 40 }, (_, index) => event(index + 1, `order-${index}`));
      b.erp.answer = () => 422;
      for (let probe = 0; probe < probes; probe += 1) {
        await b.run();
        b.clock.move(300_000);
      }
      b.erp.answer = () => 200;
      const before = b.calls.length;

      await b.run();

      expect(new Set(b.seen().slice(before)).size).toBe(40);
      expect(await b.aside.list(b.id)).toEqual([]);
      expect(await b.endpoint()).toMatchObject({ seq: 40, failures: 0 });
      expect(await b.endpoint()).not.toHaveProperty('doubted');
    },
  );

  it('is passed over although everything else within reach was answered: the next one is looked for behind', async () => {
    const b = await bench(['order.updated']);
    const unwanted = Array.from({ length: 150 }, (_, index) =>
      event(index + 2, 'x', { type: 'order.created' }),
    );
    b.feed.events = [event(1, 'a'), ...unwanted, event(152, 'b')];
    b.erp.answer = ({ event: { seq } }) => (seq === 1 ? 400 : 200);

    await b.run();

    expect(b.seen()).toEqual([1, 152]);
    expect((await b.endpoint()).seq).toBe(152);
  });

  it('is sent again when a person wants it, as its key stands now, and forgotten once it is taken', async () => {
    const b = await bench();
    b.feed.events = [event(1, 'a', { changed: ['lines'], from: 'received' }), event(2, 'b')];
    b.erp.answer = ({ event: { seq } }) => (seq === 1 ? 422 : 200);
    await b.run();
    const key = { platform: 'shop', storeId: 'store', platformOrderId: 'a' };
    const Item = { ...orderRowKey(key), version: 7, order: { status: 'cancelled' } };
    await tables.client.send(new PutCommand({ TableName: tables.table, Item }));
    b.erp.answer = () => 200;

    await b.admin.redeliver(b.id, [`${EPOCH}-000000000000001`]);
    await b.run();

    const { changed: _, from: __, ...first } = b.feed.events[0]!;
    expect(b.calls.at(-1)!.event).toEqual({ ...first, version: 7, to: 'cancelled', caughtUp: true });
    expect(await b.aside.list(b.id)).toEqual([]);
    expect((await b.endpoint()).redeliver.size).toBe(0);
  });

  it.each([422, 503, 'timeout'])(
    'stays aside when it is answered %s again, and nothing else waits for it',
    async (answer) => {
      const b = await bench();
      b.feed.events = [event(1, 'c'), event(2, 'd')];
      b.erp.answer = ({ event: { seq } }) => (seq === 1 ? 422 : 200);
      await b.run();
      b.erp.answer = () => answer;

      await b.admin.redeliver(b.id, [`${EPOCH}-000000000000001`]);
      await b.run();

      expect(await b.aside.list(b.id)).toHaveLength(1);
      expect(await b.endpoint()).toMatchObject({ seq: 2, failures: 0, status: 'active' });
    },
  );
});
