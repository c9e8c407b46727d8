import { describe, expect, it } from 'vitest';
import type { OrderRow } from '../../../functions/domain/order-row.ts';
import { countOverdueAcknowledgements } from '../../../functions/erp/overdue-acknowledgements.ts';
import { rowOf } from '../../storage/samples.ts';
import { localTables } from '../../support/local-tables.ts';
import { sampleOrder } from '../../support/sample-order.ts';
import { apiBench } from './api-bench.ts';

const tables = localTables();
const api = apiBench(tables);
const token = api.token(['orders:read']);
const warehouse = api.token(['orders:read'], 'warehouse');

const write = (id: string, change: Partial<OrderRow> = {}) => api.orders.put(rowOf(id, change), 0);
const acknowledge = (id: string, body: object, as = token) =>
  api.call('POST', `/v1/orders/shop:s:${id}/acknowledge`, { token: as, body });
const stored = (id: string) => api.orders.get(rowOf(id));

describe('an acknowledgement', () => {
  it('stands on the order, and changes nothing else that readers see', async () => {
    await write('plain');

    const { status, body } = await acknowledge('plain', {
      erpId: 'SO-17',
      version: 1,
      stockBookedAt: '2026-11-22T09:00:00-03:00',
    });

    const acknowledgement = {
      erpId: 'SO-17',
      version: 1,
      stockBookedAt: '2026-11-22T12:00:00.000Z',
      at: new Date(api.clock.now()).toISOString(),
    };
    expect([status, body]).toEqual([200, { id: 'shop:s:plain', acknowledgement, currentVersion: 1 }]);
    expect(await stored('plain')).toEqual({
      ...rowOf('plain'),
      revision: 2,
      acknowledgements: { erp: acknowledgement },
    });
  });

  it.each(['2126-11-22T12:00:00Z', '0001-01-01T00:00:00Z', '1970-01-01T00:00:00Z'])(
    'that says %s as the time of the booking is refused: nothing could correct it afterwards',
    async (stockBookedAt) => {
      await write(`odd-${stockBookedAt}`);

      const { status, body } = await acknowledge(`odd-${stockBookedAt}`, {
        erpId: 'SO-1',
        version: 1,
        stockBookedAt,
      });

      expect([status, body.code, body.errors?.[0].pointer]).toEqual([
        422,
        'request-invalid',
        '/body/stockBookedAt',
      ]);
      expect((await stored(`odd-${stockBookedAt}`))?.acknowledgements).toBeUndefined();
    },
  );

  it('sent again is answered as the first time, and writes nothing', async () => {
    await write('again');
    const first = await acknowledge('again', { erpId: 'SO-1', version: 1 });
    api.clock.move(1000);

    const second = await acknowledge('again', { erpId: 'SO-1', version: 1 });

    expect(second.body).toEqual(first.body);
    expect(await stored('again')).toMatchObject({ revision: 2 });
  });

  it('of an older version is taken, and told the one there is', async () => {
    await write('older', { version: 5 });

    const { status, body } = await acknowledge('older', { erpId: 'SO-1', version: 3 });

    expect([status, body.currentVersion, body.acknowledgement.version]).toEqual([200, 5, 3]);
  });

  it('of a version before one that was acknowledged changes nothing', async () => {
    await write('overtaken', { version: 5 });
    await acknowledge('overtaken', { erpId: 'SO-1', version: 4 });

    const { status, body } = await acknowledge('overtaken', { erpId: 'SO-0', version: 3 });

    expect([status, body.acknowledgement.version, body.acknowledgement.erpId]).toEqual([200, 4, 'SO-1']);
  });

  it.each([
    ['an earlier booking', { stockBookedAt: '2026-11-22T11:00:00.000Z' }],
    ['no booking', {}],
  ])('of the same version that comes late and names %s takes nothing back', async (what, late) => {
    await write(`late-${what}`);
    const said = { erpId: 'SO-1', version: 1, stockBookedAt: '2026-11-22T12:00:00.000Z' };
    await acknowledge(`late-${what}`, said);

    const { body } = await acknowledge(`late-${what}`, { erpId: 'SO-1', version: 1, ...late });

    expect(body.acknowledgement).toMatchObject(said);
    expect(await stored(`late-${what}`)).toMatchObject({ revision: 2 });
  });

  it('of a version that the order has not reached is answered 409 with the one there is', async () => {
    await write('ahead', { version: 2 });

    const { status, body } = await acknowledge('ahead', { erpId: 'SO-1', version: 3 });

    expect([status, body.code, body.currentVersion]).toEqual([409, 'version-ahead', 2]);
    expect(await stored('ahead')).not.toHaveProperty('acknowledgements');
  });

  it("is the client's own", async () => {
    await write('two');
    await acknowledge('two', { erpId: 'SO-1', version: 1 });
    await acknowledge('two', { erpId: 'W-1', version: 1 }, warehouse);

    const { body } = await api.call('GET', '/v1/orders/shop:s:two', { token: warehouse });

    expect(body.acknowledgement.erpId).toBe('W-1');
    expect(Object.keys((await stored('two'))?.acknowledgements ?? {})).toEqual(['erp', 'warehouse']);
  });

  it('is not lost to one that is written at the same time', async () => {
    await write('crowded');

    const answers = await Promise.all([
      acknowledge('crowded', { erpId: 'SO-1', version: 1 }),
      acknowledge('crowded', { erpId: 'W-1', version: 1 }, warehouse),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await stored('crowded'))?.acknowledgements).toMatchObject({ erp: {}, warehouse: {} });
  });
});

describe('an order that should be acknowledged', () => {
  const overdue = (bound: { most?: number } = {}) =>
    countOverdueAcknowledgements({
      ...bound,
      client: tables.client,
      ordersTable: tables.table,
      clock: api.clock,
      metrics: api.metrics,
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
  const until = () => ({ acknowledgeBy: new Date(api.clock.now() + 3_600_000).toISOString() });

  it('is counted once its time is over, until any client acknowledges it', async () => {
    await write('awaited', until());
    const early = await overdue();
    api.clock.move(3_600_001);

    const late = await overdue();
    await acknowledge('awaited', { erpId: 'SO-1', version: 1 });
    const after = await overdue();

    expect([early, late, after]).toEqual([0, 1, 0]);
    expect(api.metrics.seen('OrdersUnacknowledged')).toBe(true);
  });

  it('by one of the clients is counted until that one does: another one may have taken over something else', async () => {
    await write('awaited-of-erp', { ...until(), acknowledgeClient: 'erp' });
    api.clock.move(3_600_001);
    await acknowledge('awaited-of-erp', { erpId: 'W-1', version: 1 }, warehouse);
    await api.orders.put({ ...(await stored('awaited-of-erp'))!, version: 2, revision: 3 }, 2);

    const before = await overdue();
    await acknowledge('awaited-of-erp', { erpId: 'SO-1', version: 1 });

    expect([before, await overdue()]).toEqual([1, 0]);
  });

  it('is counted up to a bound, so that the count costs no more where nothing is acknowledged', async () => {
    for (const orderId of ['late-1', 'late-2', 'late-3']) await write(orderId, until());
    api.clock.move(3_600_001);

    const bounded = await overdue({ most: 2 });
    const all = await overdue();
    for (const orderId of ['late-1', 'late-2', 'late-3'])
      await acknowledge(orderId, { erpId: 'SO-1', version: 1 });

    expect([bounded, all]).toEqual([2, 3]);
  });

  it('is awaited no longer once it is cancelled', async () => {
    const { personal: _, ...order } = sampleOrder({ status: 'cancelled' });
    await write('cancelled', { ...until(), order });
    api.clock.move(3_600_001);

    expect(await overdue()).toBe(0);
  });

  it('stays acknowledged when the platform changes it', async () => {
    await write('changed', until());
    await acknowledge('changed', { erpId: 'SO-1', version: 1 });
    const row = await stored('changed');
    api.clock.move(3_600_001);

    await api.orders.put({ ...row!, version: 2, revision: 3 }, 2);

    expect(await overdue()).toBe(0);
  });
});
