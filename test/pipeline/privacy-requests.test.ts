import { describe, expect, it } from 'vitest';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import type { QueueMessage } from '../../functions/pipeline/batch.ts';
import { consumeNuvemshop } from '../../functions/pipeline/old/nuvemshop-consumer.ts';
import type { NuvemshopWebhookMessage } from '../../functions/runtime/messages.ts';
import { type Bench, bench, notice, redelivered, refetch, rowOf, STORE } from './fetched-bench.ts';

const CUSTOMER = { id: 77, email: 'invented@example.com', phone: '+540000', identification: '30111222' };
const PERSON = /invented@example|\+540000|30111222/;

type Topic = NuvemshopWebhookMessage['topic'];
function request(bed: Bench, topic: Topic, body: object): QueueMessage<NuvemshopWebhookMessage> {
  const queued = notice(bed, 1, { event: undefined, id: undefined, ...body });
  return { ...queued, message: { ...queued.message, topic } };
}
const redact = (bed: Bench, orders: number[], rest: object = {}) =>
  request(bed, 'customers/redact', { customer: CUSTOMER, orders_to_redact: orders, ...rest });
const dataRequest = (bed: Bench, orders: number[]) =>
  request(bed, 'customers/data_request', {
    customer: CUSTOMER,
    orders_requested: orders,
    checkouts_requested: [214],
    drafts_orders_requested: [10],
    data_request: { id: 456 },
  });
const copiesOf = (bed: Bench, orderId: number) =>
  bed.raws.list({ platform: 'nuvemshop', storeId: STORE, platformOrderId: String(orderId) });
const expectErased = (row: OrderRow | undefined) => {
  expect(row).toMatchObject({ state: 'ok', erased: { request: expect.stringMatching(/^c-/) as string } });
  expect(row).not.toHaveProperty('personal');
  expect(row).not.toHaveProperty('raw');
};

describe('customers/redact', () => {
  it('erases the named orders, whatever comes of them later, and leaves the others', async () => {
    // Prepare
    const bed = bench('redact');
    await consumeNuvemshop(bed, [notice(bed, 2001), notice(bed, 2002)]);

    // Act
    const failures = await consumeNuvemshop(bed, [redact(bed, [2001, 2003])]);
    bed.clock.move(60_000);
    bed.levers.changes = 1;
    failures.push(...(await consumeNuvemshop(bed, [notice(bed, 2001), refetch(bed, 2003)])));

    // Assess
    expect(failures).toEqual([]);
    for (const id of [2001, 2003]) {
      expectErased(await rowOf(bed, id));
      expect(await copiesOf(bed, id)).toEqual([]);
    }
    expect((await rowOf(bed, 2001))?.order).toBeDefined();
    expect((await rowOf(bed, 2002))?.personal).toBeDefined();
    expect(bed.metrics.total('PersonalDataErased')).toBe(1);
  });

  it('works when the platform lets nobody in', async () => {
    const bed = bench('redact-dead');
    await consumeNuvemshop(bed, [notice(bed, 2010)]);
    await bed.pause.trip('401', 'Renew the token.');

    await consumeNuvemshop(bed, [redact(bed, [2010])]);

    expectErased(await rowOf(bed, 2010));
  });

  it('leaves the person in no log line and not in the audit trail', async () => {
    const bed = bench('redact-quiet');
    const queued = redact(bed, [2020]);

    await consumeNuvemshop(bed, [queued]);

    const trail = await bed.privacy.trail.latest(50);
    expect(trail.find(({ id }) => id === queued.message.correlationId)).toMatchObject({
      who: 'nuvemshop',
      what: 'customers/redact',
      state: 'done',
      details: { orders: 1, 'not-held': 1 },
    });
    expect(JSON.stringify([bed.log.lines, trail])).not.toMatch(PERSON);
  });

  it('comes back when it fails half-way, and ends what it began', async () => {
    // Prepare
    const bed = bench('redact-half');
    await consumeNuvemshop(bed, [notice(bed, 2031), notice(bed, 2032)]);
    const failing = { failures: 1 };
    const forget: typeof bed.raws.forget = async (key) => {
      if (failing.failures-- > 0) throw new Error('the table is not available');
      await bed.raws.forget(key);
    };
    const broken = { ...bed, privacy: { ...bed.privacy, raws: { ...bed.raws, forget } } };
    const queued = redact(bed, [2031, 2032]);

    // Act
    const failures = await consumeNuvemshop(broken, [queued]);
    bed.clock.move(1000);
    const again = await consumeNuvemshop(broken, [queued]);

    // Assess
    expect(failures).toHaveLength(1);
    expect(again).toEqual([]);
    for (const id of [2031, 2032]) expect(await copiesOf(bed, id)).toEqual([]);
    const entries = (await bed.privacy.trail.latest(50)).filter(
      ({ id }) => id === queued.message.correlationId,
    );
    expect(entries.map(({ state }) => state)).toEqual(['done', 'failed']);
  });

  it('of another store erases nothing and is shown without the person', async () => {
    const bed = bench('redact-foreign');
    await consumeNuvemshop(bed, [notice(bed, 2040)]);

    await consumeNuvemshop(bed, [redact(bed, [2040], { store_id: 999 })]);

    expect((await rowOf(bed, 2040))?.personal).toBeDefined();
    const [row] = await attentionRows(bed, 'foreign-store');
    const bytes = await bed.raws.get(row!, row!.raw!);
    expect(Buffer.from(bytes!).toString()).toBe(
      '{"topic":"customers/redact","storeId":"999","orderIds":["2040"]}',
    );
  });

  it('that does not say what it is about waits for a person, with its bytes', async () => {
    const bed = bench('redact-odd');

    await consumeNuvemshop(bed, [redact(bed, [], { orders_to_redact: 'all' })]);

    const [row] = await attentionRows(bed, 'privacy-request');
    expect(row?.review?.problem).toContain('orders_to_redact');
    expect(row?.raw?.bytes).toBeGreaterThan(0);
  });
});

describe('customers/data_request', () => {
  it('makes a report of all that is held, which somebody is told of', async () => {
    // Prepare
    const bed = bench('report');
    await consumeNuvemshop(bed, [notice(bed, 2101)]);
    const row = await rowOf(bed, 2101);

    // Act
    await consumeNuvemshop(bed, [dataRequest(bed, [2101, 2102])]);

    // Assess
    const report = await bed.privacy.reports.get('456');
    expect(report).toMatchObject({
      storeId: STORE,
      customerId: '77',
      orders: [{ orderId: '2101', order: { personal: row?.personal } }],
      notHeld: { orders: ['2102'], checkouts: ['214'], drafts: ['10'] },
    });
    expect(report?.orders[0]?.platformCopies[0]?.content).toMatchObject({ id: 2101, note: 'change 0' });
    expect(bed.metrics.total('PrivacyReportReady')).toBe(1);
    expect(JSON.stringify(await bed.privacy.trail.latest(50))).not.toMatch(PERSON);
  });

  it('is forgotten with the customer it is about', async () => {
    const bed = bench('report-erased');
    await consumeNuvemshop(bed, [notice(bed, 2111)]);
    await consumeNuvemshop(bed, [dataRequest(bed, [2111])]);

    await consumeNuvemshop(bed, [redact(bed, [2111])]);

    expect(await bed.privacy.reports.list()).toEqual([]);
    expect(await bed.privacy.reports.get('456')).toBeUndefined();
  });
});

describe('store/redact', () => {
  it('erases every order of the store, over as many runs as it takes', async () => {
    // Prepare
    const bed = bench('store');
    const ids = Array.from({ length: 12 }, (_, index) => 2201 + index);
    for (const id of ids) {
      bed.clock.move(1000);
      await consumeNuvemshop(bed, [notice(bed, id)]);
    }
    const impatient = {
      ...bed,
      privacy: {
        ...bed.privacy,
        index: {
          ...bed.privacy.index,
          changes: async (query: Parameters<typeof bed.privacy.index.changes>[0]) => {
            bed.clock.move(30_000);
            return bed.privacy.index.changes({ ...query, limit: 5 });
          },
        },
      },
    };

    // Act
    await consumeNuvemshop(impatient, [request(bed, 'store/redact', {})]);
    let runs = 0;
    while (bed.queue.sent.length > runs) {
      await consumeNuvemshop(impatient, [redelivered(bed, runs)]);
      runs += 1;
    }

    // Assess
    expect(runs).toBeGreaterThan(2);
    for (const id of ids) expectErased(await rowOf(bed, id));
    const entries = (await bed.privacy.trail.latest(50)).filter(({ what }) => what === 'store/redact');
    expect(entries[0]).toMatchObject({ state: 'done', details: { finished: true } });
    expect(bed.queue.sent.every(({ message }) => !JSON.stringify(message).match(PERSON))).toBe(true);
  });
});

async function attentionRows(bed: Bench, reason: string): Promise<OrderRow[]> {
  const keys = await bed.privacy.index.needsReview('nuvemshop');
  const rows = await Promise.all(keys.map((key) => bed.orders.get(key)));
  return rows.filter((row) => row !== undefined).filter((row) => row.review?.reason === reason);
}
