import { describe, expect, it } from 'vitest';
import { fetchedAt, startOrder } from './bench.ts';

const CODE = { code: 'BR1', url: 'https://tracking.example/BR1' };

describe("a parcel for a carrier's branch", () => {
  it.each(['api', 'native'] as const)('ready packs it (%s)', async (code) => {
    const shop = await startOrder();
    fetchedAt(code, shop.parcels[0]);

    const first = await shop.do('ready');
    const second = await shop.do('ready');

    expect(first).toMatchObject({ state: 'there', steps: { length: 1 } });
    expect(second).toEqual({ state: 'there', steps: [] });
    expect(shop.effects('status')).toEqual([`${shop.ids[0]} PACKED`]);
  });

  it.each(['api', 'native'] as const)('dispatch sends it as to a door (%s)', async (code) => {
    const shop = await startOrder();
    fetchedAt(code, shop.parcels[0]);

    await shop.do('dispatch', CODE);
    const again = await shop.do('dispatch', CODE);

    expect(shop.parcels[0]).toMatchObject({ status: 'DISPATCHED', tracking_info: CODE });
    expect(again).toEqual({ state: 'there', steps: [] });
    expect(shop.writes()).toBe(1);
  });

  it('dispatch finds it waiting there, and sends it no second time', async () => {
    const shop = await startOrder();
    fetchedAt('native', shop.parcels[0]);
    shop.parcels[0]!.status = 'READY_FOR_PICKUP';

    await shop.do('dispatch', CODE);

    expect(shop.parcels[0]).toMatchObject({ status: 'READY_FOR_PICKUP', tracking_info: CODE });
  });

  it('track says that it arrived, after it was sent', async () => {
    const shop = await startOrder();
    fetchedAt('api', shop.parcels[0]);

    await shop.do('track', { status: 'ready_for_pickup' });

    expect(shop.effects('status')).toEqual([`${shop.ids[0]} DISPATCHED`]);
    expect(shop.effects('event')).toEqual([`${shop.ids[0]} ready_for_pickup`]);
  });

  it('deliver is an event, after it was sent', async () => {
    const shop = await startOrder();
    fetchedAt('native', shop.parcels[0]);

    await shop.do('deliver');

    expect(shop.effects('status')).toEqual([`${shop.ids[0]} DISPATCHED`, `${shop.ids[0]} DELIVERED`]);
    expect(shop.effects('event')).toEqual([`${shop.ids[0]} delivered`]);
  });

  it('deliver sets the state of what waits there: events are for what is DISPATCHED (documented)', async () => {
    const shop = await startOrder();
    fetchedAt('native', shop.parcels[0]);
    shop.parcels[0]!.status = 'READY_FOR_PICKUP';

    await shop.do('deliver');

    expect(shop.effects('status')).toEqual([`${shop.ids[0]} DELIVERED`]);
    expect(shop.effects('event')).toEqual([]);
  });
});
