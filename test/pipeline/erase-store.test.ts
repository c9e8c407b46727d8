import { describe, expect, it } from 'vitest';
import { goOnWithErasures } from '../../functions/pipeline/privacy/erase-store.ts';
import { personalKinds } from '../../functions/pipeline/privacy/personal-kinds.ts';
import type { Processor } from '../../functions/pipeline/process.ts';
import type { StoreProcessor } from '../../functions/pipeline/processor.ts';
import { STORE_ERASURE_DELAY_MS } from '../../functions/storage/store-erasure.ts';
import { changed, openBazaar, received, sent } from '../support/bazaar/bench.ts';
import { deliver } from '../support/deployment-bench.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const HOUR = 3_600_000;

function open(...stores: [string, ...string[]]) {
  const bed = openBazaar(tables, { stores });
  const processor = bed.processor();
  const [shop] = stores;
  const contexts = stores.map((id) => bed.privacy(id));
  const { erasure, ledger, reports } = bed.privacy(shop);
  return {
    ...bed,
    circuit: bed.circuit,
    processor,
    erasure,
    reports,
    work: deliver.bind(undefined, processor),
    /** The platform's notice, as it comes once a merchant removed the app. */
    redact: (rest: object = {}) => received(bed, { shop, ...rest }, { topic: 'erase-store' }),
    /** The merchant removes the app: no token is good any more. */
    remove: () => bed.shop.revoke(shop),
    /** The merchant installs it again, with the means of the installation. */
    async install() {
      bed.clock.move(1000);
      bed.setSecret(bed.shop.grant(shop));
      await bed.circuit.resume('token', bed.clock.now());
    },
    /** What every reconciliation does beside its work. */
    tick: () => goOnWithErasures(contexts),
    async place(count: number): Promise<string[]> {
      const ids = Array.from({ length: count }, () => bed.shop.place(shop).id);
      for (const id of ids) {
        bed.clock.move(1000);
        await deliver(processor, changed(bed, id, shop));
      }
      return ids;
    },
    persons: async (ids: string[], storeId = shop) => {
      const rows = await Promise.all(ids.map((id) => bed.row(id, storeId)));
      return rows.filter((row) => row?.personal !== undefined).length;
    },
    async entries() {
      const found = [];
      for await (const page of ledger.pages()) found.push(...page);
      return found;
    },
  };
}
type Bench = ReturnType<typeof open>;

/** The time to stop it is over, and a reconciliation runs. */
async function goOn(bed: Bench, processor: Processor<StoreProcessor> = bed.processor): Promise<number[]> {
  bed.clock.move(STORE_ERASURE_DELAY_MS);
  const before = bed.queue.sent.length;
  await bed.tick();
  const back: number[] = [];
  for (let at = before; at < bed.queue.sent.length; at += 1)
    back.push(...(await deliver(processor, sent(bed, at))));
  return back;
}

describe('a request to erase a store', () => {
  it('erases nobody while the app is in the store, whoever signed it, and is shown', async () => {
    // Arrange
    const bed = open('replayed');
    const ids = await bed.place(2);

    // Act
    const back = await bed.work(bed.redact());
    await goOn(bed);

    // Assert
    expect(back).toEqual([]);
    expect(await bed.persons(ids)).toBe(2);
    expect(await bed.erasure.read()).toBeUndefined();
    const [row] = await bed.reviews('privacy-request');
    expect(row?.review?.problem).toContain('the app is in the store');
  });

  it.each([
    ['an ordinary order notice', { event: 'order.changed', order: 'o-1' }],
    ['a request about a customer', { orders: ['o-1'], customer: { id: '7' } }],
  ])('that is %s is none, also when the app is gone', async (name, body) => {
    const bed = open(`no-request-${name.split(' ').at(-1)}`);
    const ids = await bed.place(1);
    bed.remove();

    await bed.work(bed.redact(body));
    await goOn(bed);

    expect(await bed.persons(ids)).toBe(1);
    expect(await bed.reviews('privacy-request')).toHaveLength(1);
  });

  it('waits two days once the app is gone, while an alarm says so', async () => {
    // Arrange
    const bed = open('waits');
    const ids = await bed.place(2);
    bed.remove();
    const request = bed.redact();

    // Act
    await bed.work(request);
    const told = bed.metrics.total('StoreErasureWaiting');
    bed.clock.move(47 * HOUR);
    await bed.tick();
    const sentBefore = bed.queue.sent.length;

    // Assert
    expect(told).toBe(1);
    expect(bed.metrics.total('StoreErasureWaiting')).toBe(2);
    expect(sentBefore).toBe(0);
    expect(await bed.persons(ids)).toBe(2);
    expect(await bed.erasure.read()).toMatchObject({ request: request.correlationId, state: 'waiting' });
    expect(bed.log.lines.filter(({ level }) => level === 'error')).toMatchObject([
      { message: expect.stringContaining('privacy stop') as string, fields: { storeId: 'waits' } },
    ]);
  });

  it('begins to wait before a probe is due that an order could take, where calls are refused already', async () => {
    const bed = open('ahead');
    bed.remove();
    await bed.circuit.trip('orders.get was answered 401', 'Wait.');

    await bed.work(bed.redact());

    expect(bed.queue.sent).toEqual([]);
    expect(await bed.erasure.read()).toMatchObject({ state: 'waiting' });
  });

  it('erases nobody before its time, whatever message comes', async () => {
    const bed = open('early');
    const ids = await bed.place(1);
    bed.remove();
    const request = bed.redact();
    await bed.work(request);
    const { correlationId } = request;
    bed.clock.move(STORE_ERASURE_DELAY_MS - 1);

    const about = { correlationId, receivedAt: bed.clock.now(), attempts: 0, storeId: 'early' };
    await bed.work({ v: 1, kind: 'erase-store', ...about });

    expect(await bed.persons(ids)).toBe(1);
    expect(await bed.erasure.read()).toMatchObject({ state: 'waiting' });
  });

  it('erases every order of it then, over as many runs as it takes, and remembers it', async () => {
    // Arrange
    const bed = open('erase-all');
    const ids = await bed.place(12);
    bed.remove();
    const request = bed.redact();
    await bed.work(request);

    // Act
    const back = await goOn(bed, slowly(bed));

    // Assert
    expect(back).toEqual([]);
    expect(bed.queue.sent.length).toBeGreaterThan(2);
    for (const id of ids) {
      expect(await bed.row(id)).toMatchObject({ state: 'ok', erased: { because: 'store-request' } });
      expect(await bed.copies(id)).toEqual([]);
    }
    expect(await bed.persons(ids)).toBe(0);
    expect(await bed.erasure.read()).toBeUndefined();
    const entries = await bed.entries();
    expect(entries.filter(({ kind }) => kind === 'order').map(({ id }) => id)).toEqual([...ids].sort());
    expect(entries.filter(({ kind }) => kind === 'store')).toHaveLength(1);
    expect(JSON.stringify([entries, bed.queue.sent])).not.toContain('Invented');
    const [last] = (await bed.trail.latest(50)).filter(({ id }) => id === request.correlationId);
    expect(last).toMatchObject({ what: 'erase-store', state: 'done', details: { finished: true } });
    await bed.tick();
    expect(bed.metrics.total('StoreErasureWaiting')).toBe(2);
  });

  it('goes on from where a run failed, and leaves the merchant’s other store alone', async () => {
    // Arrange
    const bed = open('erase-one', 'erase-other');
    const ids = await bed.place(2);
    const other = bed.shop.place('erase-other');
    await bed.work(changed(bed, other.id, 'erase-other'));
    bed.remove();
    await bed.work(bed.redact());
    const store = bed.processor.store('erase-one');
    const orders = { ...store.orders, put: () => Promise.reject(new Error('the table is not available')) };
    const kinds = personalKinds({ ...store, orders }, { client: tables.client, table: tables.table });
    const privacy = async () => ({ ...bed.privacy(), kinds });
    const broken = { ...bed.processor, store: () => ({ ...store, privacy }) };

    // Act
    const failed = await goOn(bed, broken);
    const again = await bed.work(sent(bed));

    // Assert
    expect([failed, again]).toEqual([[0], []]);
    expect(await bed.persons(ids)).toBe(0);
    expect(await bed.persons([other.id], 'erase-other')).toBe(1);
  });

  it('goes on by itself when a message is lost, and not twice while one is under way', async () => {
    const bed = open('lost');
    const ids = await bed.place(1);
    bed.remove();
    await bed.work(bed.redact());
    bed.clock.move(STORE_ERASURE_DELAY_MS);
    await bed.erasure.working((await bed.erasure.read())!.request);

    await bed.tick();
    const whileUnderWay = bed.queue.sent.length;
    bed.clock.move(HOUR);
    await bed.tick();
    await bed.work(sent(bed));

    expect(whileUnderWay).toBe(0);
    expect(await bed.persons(ids)).toBe(0);
  });

  it('that a person stopped erases nobody, whatever comes after it', async () => {
    // Arrange
    const bed = open('stopped');
    const ids = await bed.place(1);
    bed.remove();
    const request = bed.redact();
    await bed.work(request);
    bed.clock.move(STORE_ERASURE_DELAY_MS);
    await bed.tick();

    // Act: the message is on its way, and the platform's notice is repeated.
    const stopped = await bed.erasure.stop(request.correlationId, 'me');
    await bed.work(sent(bed), request, bed.redact());
    await goOn(bed);

    // Assert
    expect(stopped).toBe(true);
    expect(await bed.persons(ids)).toBe(1);
    expect(await bed.erasure.read()).toMatchObject({ state: 'stopped', stopped: { by: 'me' } });
    const [row] = await bed.reviews('privacy-request');
    expect(row?.review?.problem).toContain('a person stopped');
    expect(await bed.reviews('privacy-request')).toHaveLength(1);
  });

  it('that a person lets go on after all waits the whole time once more', async () => {
    const bed = open('resumed');
    const ids = await bed.place(1);
    bed.remove();
    const { correlationId } = bed.redact();
    await bed.work(bed.redact());
    const { request } = (await bed.erasure.read())!;
    await bed.erasure.stop(request, 'me');
    bed.clock.move(STORE_ERASURE_DELAY_MS);

    const wrong = await bed.erasure.letGoOn(correlationId);
    const right = await bed.erasure.letGoOn(request);
    await bed.tick();
    const immediately = bed.queue.sent.length;
    await goOn(bed);

    expect([wrong, right, immediately]).toEqual([false, true, 0]);
    expect(await bed.persons(ids)).toBe(0);
  });

  it('is called off and shown when the app is installed again meanwhile', async () => {
    const bed = open('back');
    const ids = await bed.place(1);
    bed.remove();
    await bed.work(bed.redact());
    await bed.install();

    await bed.tick();
    await bed.work(sent(bed));
    await goOn(bed);

    expect(await bed.persons(ids)).toBe(1);
    expect(await bed.erasure.read()).toBeUndefined();
    const [row] = await bed.reviews('privacy-request');
    expect(row?.review?.problem).toContain('came back');
  });

  it('is called off when the app was back and gone again: that is for a request of its own', async () => {
    const bed = open('twice');
    const ids = await bed.place(1);
    bed.remove();
    await bed.work(bed.redact());
    await bed.install();
    bed.clock.move(1000);
    bed.remove();
    await bed.work(received(bed, { shop: 'twice', event: 'app.removed' }));

    await goOn(bed);
    const afterFirst = await bed.persons(ids);
    await bed.work(bed.redact());
    await goOn(bed);

    expect(afterFirst).toBe(1);
    expect(await bed.persons(ids)).toBe(0);
  });

  it('is called off when the platform takes calls after all, whatever the circuit says', async () => {
    const bed = open('alive');
    const ids = await bed.place(1);
    bed.remove();
    await bed.work(bed.redact());
    bed.setSecret(bed.shop.grant('alive'));
    bed.clock.move(HOUR);

    await goOn(bed);

    expect(await bed.persons(ids)).toBe(1);
    expect(await bed.reviews('privacy-request')).toHaveLength(1);
  });

  it('waits while the platform does not say whether the app is gone', async () => {
    // Arrange
    const bed = open('silent');
    const ids = await bed.place(1);
    const check = /^\/order-ids$/;
    bed.shop.trouble(check, { status: 503 });
    await bed.work(bed.redact());
    const asked = sent(bed);
    const whileSilent = await bed.erasure.read();
    bed.remove();
    bed.clock.move(HOUR);
    await bed.work(asked);

    // Act: the last question before the erasure is not answered either, and the next one is.
    bed.shop.trouble(check, { status: 503 });
    const back = await goOn(bed);
    const stillThere = await bed.persons(ids);
    await goOn(bed);

    // Assert
    expect(whileSilent).toBeUndefined();
    expect(back).toEqual([]);
    expect(stillThere).toBe(1);
    expect(await bed.persons(ids)).toBe(0);
  });

  it('is told of when its message comes again, where the function ended before it told', async () => {
    // Arrange
    const bed = open('cut-off');
    bed.remove();
    const request = bed.redact();
    const { trail } = await bed.processor.store('cut-off').privacy();
    const { during } = trail;
    trail.during = () => Promise.reject(new Error('the function is ended'));
    await bed.work(request);
    trail.during = during;

    // Act
    await bed.work(request);

    // Assert
    const told = (await bed.trail.latest(50)).filter(({ id }) => id === request.correlationId);
    expect(told).toMatchObject([{ what: 'erase-store requested', state: 'done' }]);
    expect(JSON.stringify(bed.log.lines)).toContain('npx acopio privacy stop');
  });

  it('that comes again while one waits changes nothing', async () => {
    const bed = open('again');
    bed.remove();
    const first = bed.redact();
    await bed.work(first);
    const before = await bed.erasure.read();
    bed.clock.move(HOUR);

    await bed.work(bed.redact());

    expect(await bed.erasure.read()).toEqual(before);
  });

  it('needs no notice that the app was removed: one refused call says so, and stops the others', async () => {
    const bed = open('unannounced');
    bed.remove();

    await bed.work(bed.redact());

    expect(await bed.circuit.check()).toMatchObject({ allowed: false, state: { closedBy: 'token' } });
  });
});

/** Reads the store's orders five at a time, and is so slow that a run has time for one page only. */
function slowly(bed: Bench): Processor<StoreProcessor> {
  return {
    ...bed.processor,
    store(id) {
      const store = bed.processor.store(id);
      const kinds = bed.privacy(id).kinds.map((kind) => ({
        ...kind,
        async page(after: Parameters<typeof kind.page>[0]) {
          bed.clock.move(30_000);
          const { ids, next } = await bed.index
            .changes({
              platform: 'bazaar',
              storeId: id,
              limit: 5,
              ...(after === undefined ? {} : { after: { pk: after.pk!, changedAt: after.changedAt! } }),
            })
            .then((page) => ({
              ids: page.keys.map(({ platformOrderId }) => platformOrderId),
              next: page.next,
            }));
          return { ids, ...(next === undefined ? {} : { next: { ...next } }) };
        },
      }));
      return { ...store, privacy: async () => ({ ...bed.privacy(id), kinds }) };
    },
  };
}
