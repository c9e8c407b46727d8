import { describe, expect, it } from 'vitest';
import { fetchedAt, startOrder } from './bench.ts';

describe('ready', () => {
  it('packs each parcel with a call of its own, and finds them packed the second time', async () => {
    const shop = await startOrder({ parcels: 2 });

    const first = await shop.do('ready');
    const second = await shop.do('ready');

    expect(first).toMatchObject({ state: 'there', steps: { length: 2 } });
    expect(second).toEqual({ state: 'there', steps: [] });
    expect(shop.effects('status')).toEqual(shop.ids.map((id) => `${id} PACKED`));
  });

  it('takes the parcel that is named and leaves the others', async () => {
    const shop = await startOrder({ parcels: 3 });

    await shop.do('ready', { parcel: shop.ids[1] });

    expect(shop.parcels.map(({ status }) => status)).toEqual(['UNPACKED', 'PACKED', 'UNPACKED']);
  });

  it('lets the buyer fetch what is fetched, packed before or not', async () => {
    const shop = await startOrder({ parcels: 2 });
    for (const parcel of shop.parcels) fetchedAt('locale', parcel);
    shop.parcels[0]!.status = 'PACKED';

    await shop.do('ready');

    expect(shop.parcels.map(({ status }) => status)).toEqual(['READY_FOR_PICKUP', 'READY_FOR_PICKUP']);
  });

  it.each([null, undefined, 'custom', 'locals'])(
    'lets the buyer fetch it where the carrier is %j',
    async (code) => {
      const shop = await startOrder();
      fetchedAt('locale', shop.parcels[0]);
      Object.assign(shop.parcels[0]!.shipping.carrier, { code });

      await shop.do('ready');

      expect(shop.effects('status')).toEqual([`${shop.ids[0]} READY_FOR_PICKUP`]);
    },
  );

  it('finds what is further along than packed', async () => {
    const shop = await startOrder();
    shop.world.ship(shop.orderId);

    expect(await shop.do('ready')).toEqual({ state: 'there', steps: [] });
  });

  it('refuses what is never packed, with what to do instead', async () => {
    const shop = await startOrder();
    shop.parcels[0]!.shipping.type = 'non-shippable';

    expect(await shop.do('ready')).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('Use deliver'),
    });
  });
});

describe('dispatch', () => {
  const CODE = { code: 'BR1', url: 'https://tracking.example/BR1' };

  it('sends state, code and address in one call, and mails the buyer only when asked', async () => {
    const shop = await startOrder();

    const silent = await shop.do('dispatch', CODE);

    expect(silent).toEqual({ state: 'there', steps: [expect.stringContaining('DISPATCHED')] });
    expect(shop.parcels[0]).toMatchObject({ status: 'DISPATCHED', tracking_info: CODE });
    expect(shop.effects('mail')).toEqual([]);
  });

  it('given twice with a mail, mails once, and says that the mail cannot be seen', async () => {
    const shop = await startOrder();

    await shop.do('dispatch', { ...CODE, notify: true });
    const again = await shop.do('dispatch', { ...CODE, notify: true });

    expect(again).toEqual({ state: 'there', steps: [], unconfirmed: ['notify'] });
    expect(shop.effects('mail')).toEqual([shop.ids[0]]);
  });

  it('whose code the platform writes in its own way mails once: only a person knows that it is the same', async () => {
    const shop = await startOrder();
    const { fulfilmentOrders } = shop.client;
    const api = {
      ...shop.client,
      fulfilmentOrders: {
        ...fulfilmentOrders,
        patch: async (...given: Parameters<typeof fulfilmentOrders.patch>) => {
          const patched = await fulfilmentOrders.patch(...given);
          shop.parcels[0]!.tracking_info.code = 'BR 1';
          return patched;
        },
      },
    };

    const done = shop.do('dispatch', { ...CODE, notify: true }, api);

    await expect(done).rejects.toThrow('not seen');
    expect(shop.effects('mail')).toEqual([shop.ids[0]]);
  });

  it('before its code is known, and the code later: two effects, one mail', async () => {
    const shop = await startOrder();

    await shop.do('dispatch');
    await shop.do('dispatch', { ...CODE, notify: true });
    await shop.do('dispatch');
    await shop.do('dispatch', { ...CODE, notify: true });

    expect(shop.effects('status')).toEqual([`${shop.ids[0]} DISPATCHED`]);
    expect(shop.effects('tracking')).toEqual([`${shop.ids[0]} BR1 https://tracking.example/BR1`]);
    expect(shop.effects('mail')).toEqual([shop.ids[0]]);
    expect(shop.writes()).toBe(2);
  });

  it('gives three parcels three codes, and overwrites none', async () => {
    const shop = await startOrder({ parcels: 3 });

    for (const [index, parcel] of shop.ids.entries())
      await shop.do('dispatch', { parcel, code: `C${index}` });
    for (const [index, parcel] of shop.ids.entries())
      await shop.do('dispatch', { parcel, code: `C${index}` });

    expect(shop.parcels.map(({ tracking_info }) => tracking_info.code)).toEqual(['C0', 'C1', 'C2']);
    expect(shop.effects('tracking')).toHaveLength(3);
  });

  it('refuses a code that names none of several parcels, at once and from what the platform shows', async () => {
    const shop = await startOrder({ parcels: 2 });
    const known = await shop.do('dispatch', { code: 'C' });
    shop.know({ ...shop.rowNow(), order: undefined });

    const looked = await shop.do('dispatch', { code: 'C' });

    for (const { state, reason } of [known, looked]) {
      expect(state).toBe('refused');
      for (const id of shop.ids) expect(reason).toContain(id);
    }
    expect(shop.writes()).toBe(0);
  });

  it('sends all parcels of several places, a call each', async () => {
    const shop = await startOrder({ parcels: 3 });

    const { steps } = await shop.do('dispatch', { notify: true });

    expect(steps).toHaveLength(3);
    expect(shop.effects('mail')).toEqual(shop.ids);
  });

  it('interrupted between two parcels, goes on with the second', async () => {
    const shop = await startOrder({ parcels: 2 });
    shop.sim.faults.add({
      kind: 'status',
      status: 503,
      match: { method: 'PATCH', path: new RegExp(shop.ids[1]!) },
      times: 1,
    });

    await expect(shop.do('dispatch', { notify: true })).rejects.toMatchObject({ kind: 'retry-later' });
    await shop.do('dispatch', { notify: true });

    expect(shop.effects('mail')).toEqual(shop.ids);
  });

  it('puts a corrected code in the place of the wrong one, without the address of that one', async () => {
    const shop = await startOrder();
    await shop.do('dispatch', CODE);

    await shop.do('dispatch', { code: 'BR2' });

    expect(shop.parcels[0]?.tracking_info).toEqual({ code: 'BR2', url: null });
  });

  it('gives a code to what is delivered already, and leaves it delivered', async () => {
    const shop = await startOrder();
    await shop.do('deliver');

    await shop.do('dispatch', { code: 'BR1' });

    expect(shop.parcels[0]).toMatchObject({ status: 'DELIVERED', tracking_info: { code: 'BR1' } });
  });

  it('keeps the code when only the address is new', async () => {
    const shop = await startOrder();
    await shop.do('dispatch', { code: 'BR1' });

    await shop.do('dispatch', { url: CODE.url });

    expect(shop.parcels[0]?.tracking_info).toEqual(CODE);
  });

  it('whose answer was lost after the effect is seen by the next look, and mails once', async () => {
    const shop = await startOrder();
    shop.sim.faults.add({ kind: 'reset-after', match: { method: 'PATCH' }, times: 1 });

    await expect(shop.do('dispatch', { notify: true })).rejects.toMatchObject({ outcomeUnknown: true });
    const again = await shop.do('dispatch', { notify: true });

    expect(again).toMatchObject({ state: 'there', steps: [] });
    expect(shop.effects('mail')).toHaveLength(1);
  });

  it('is refused for what the buyer fetches from the merchant, with what to do instead', async () => {
    const shop = await startOrder();
    fetchedAt('locale', shop.parcels[0]);

    expect(await shop.do('dispatch')).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('Use ready'),
    });
    expect(shop.writes()).toBe(0);
  });
});

describe('parcels', () => {
  it.each(['ready', 'dispatch', 'deliver'] as const)(
    '%s is refused for one that the order has not',
    async (name) => {
      const shop = await startOrder();
      const known = await shop.do(name, { parcel: 'NOBODY' });
      shop.know({ ...shop.rowNow(), order: undefined });

      const looked = await shop.do(name, { parcel: 'NOBODY' });

      for (const outcome of [known, looked]) {
        expect(outcome).toMatchObject({ state: 'refused', reason: expect.stringContaining(shop.ids[0]!) });
      }
    },
  );

  it.each(['ready', 'dispatch', 'deliver'] as const)(
    '%s is refused for a cancelled order, without a call',
    async (name) => {
      const shop = await startOrder();
      shop.world.cancel(shop.orderId);
      shop.know(shop.rowNow());

      expect(await shop.do(name)).toMatchObject({
        state: 'refused',
        reason: expect.stringContaining('cancelled'),
      });
      expect(shop.reads()).toBe(0);
    },
  );

  it('that the platform has not made yet are waited for', async () => {
    const shop = await startOrder();
    shop.order.fulfilmentOrders = [];
    shop.know({ ...shop.rowNow(), incomplete: true });

    await expect(shop.do('ready')).rejects.toMatchObject({ kind: 'retry-later' });
  });

  it('that an order never gets make it refused', async () => {
    const shop = await startOrder();
    shop.order.fulfilmentOrders = [];

    expect(await shop.do('ready')).toMatchObject({ state: 'refused' });
  });

  it('in a state that nobody documents are left to a person', async () => {
    const shop = await startOrder();
    Object.assign(shop.parcels[0]!, { status: 'NOT_DELIVERED' });

    expect(await shop.do('dispatch')).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('NOT_DELIVERED'),
    });
  });

  it('that were called off hold nothing up', async () => {
    const shop = await startOrder({ parcels: 2 });
    Object.assign(shop.parcels[0]!, { status: 'CANCELLED' });
    shop.know(shop.rowNow());

    await shop.do('dispatch', { code: 'C' });

    expect(shop.parcels[1]).toMatchObject({ status: 'DISPATCHED', tracking_info: { code: 'C' } });
  });

  it('cannot be moved by what the platform refuses: its own words come back', async () => {
    const shop = await startOrder();
    shop.world.cancel(shop.orderId);

    await expect(shop.do('ready')).rejects.toMatchObject({
      kind: 'refused',
      status: 400,
      said: 'The order is cancelled',
    });
  });
});
