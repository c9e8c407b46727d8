import { describe, expect, it } from 'vitest';
import { carryOut } from '../../carry-out.ts';
import { fetchedAt, startOrder } from './bench.ts';

describe('track', () => {
  it('of a parcel that was not sent yet sends it first, silently (documented)', async () => {
    const shop = await startOrder();

    const { steps } = await shop.do('track', { status: 'received_by_carrier' });

    expect(steps).toEqual([
      `${shop.ids[0]} DISPATCHED`,
      expect.stringContaining('event received_by_post_office'),
    ]);
    expect(shop.effects('event')).toEqual([`${shop.ids[0]} received_by_post_office`]);
    expect(shop.effects('mail')).toEqual([]);
  });

  it('is refused for what the buyer fetches from the merchant', async () => {
    const shop = await startOrder();
    fetchedAt('locale', shop.parcels[0]);

    const tracked = await shop.do('track', { status: 'ready_for_pickup' });

    expect(tracked).toMatchObject({ state: 'refused', reason: expect.stringContaining('from the merchant') });
    expect(shop.writes()).toBe(0);
  });

  it('keeps the code that the parcel has', async () => {
    const shop = await startOrder();
    shop.parcels[0]!.tracking_info = { code: 'BR1', url: null };

    await shop.do('track', { status: 'in_transit' });

    expect(shop.parcels[0]?.tracking_info.code).toBe('BR1');
  });

  it('given again finds its event, by the time at which it was given', async () => {
    const shop = await startOrder();
    await shop.do('track', { status: 'in_transit', description: 'Hub' });

    const again = await shop.do('track', { status: 'in_transit', description: 'Hub' });

    expect(again).toEqual({ state: 'there', steps: [] });
    expect(shop.effects('event')).toHaveLength(1);
  });

  it('tried again an hour later says the same moment, and is one event', async () => {
    const shop = await startOrder();
    const target = { orderId: shop.orderId, row: shop.rowNow(), givenAt: shop.clock.now() };
    const give = () => carryOut(shop.table, shop.client, target, 'track', { status: 'in_transit' });
    await give();
    await shop.clock.sleep(3_600_000);

    await give();

    expect(shop.effects('event')).toHaveLength(1);
    expect(shop.parcels[0]?.tracking_events[0]?.happened_at).toBe(new Date(target.givenAt).toISOString());
  });

  it('of another moment is another event', async () => {
    const shop = await startOrder();

    await shop.do('track', { status: 'in_transit', happenedAt: '2026-11-22T08:00:00-03:00' });
    await shop.do('track', { status: 'in_transit', happenedAt: '2026-11-22T09:00:00-03:00' });

    expect(shop.effects('event')).toHaveLength(2);
  });

  it('refused as identical by the platform is done (documented)', async () => {
    const shop = await startOrder();
    shop.world.ship(shop.orderId);
    const { track } = shop.table;
    if ('refused' in track) throw new Error(track.refused);
    const target = { orderId: shop.orderId, row: shop.rowNow(), givenAt: shop.clock.now() };
    const look = await track.look(shop.client, target, { status: 'lost' });
    if (look.state !== 'absent') throw new Error(look.state);

    await track.run(shop.client, target, { status: 'lost' }, look.fresh);
    await track.run(shop.client, target, { status: 'lost' }, look.fresh);

    expect(shop.sim.calls.filter(({ method }) => method === 'POST').map(({ status }) => status)).toEqual([
      201, 400,
    ]);
    expect(shop.effects('event')).toHaveLength(1);
  });

  it('needs the parcel named where there are several', async () => {
    const shop = await startOrder({ parcels: 2 });

    const unnamed = await shop.do('track', { status: 'in_transit' });
    await shop.do('track', { status: 'in_transit', parcel: shop.ids[1] });

    expect(unnamed).toMatchObject({
      state: 'refused',
      steps: [],
      reason: expect.stringContaining(shop.ids[0]!),
    });
    expect(shop.effects('event')).toEqual([`${shop.ids[1]} in_transit`]);
  });

  it('is refused beyond the hundredth event', async () => {
    const shop = await startOrder();
    await shop.do('track', { status: 'in_transit' });
    const [event] = shop.parcels[0]!.tracking_events;
    for (let n = 1; n < 100; n += 1)
      shop.parcels[0]!.tracking_events.push({ ...event!, description: `${n}` });

    expect(await shop.do('track', { status: 'lost' })).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('100'),
    });
  });

  it('asks for the events where the list of parcels leaves them out', async () => {
    const shop = await startOrder();
    const client = shop.connect({
      transport: async (request) => {
        const response = await shop.transport(request);
        if (!request.url.endsWith('/fulfillment-orders')) return response;
        const bare = JSON.parse(Buffer.from(response.body).toString()).map((one: object) => ({
          ...one,
          tracking_events: undefined,
        }));
        return { ...response, body: Buffer.from(JSON.stringify(bare)) };
      },
    });
    await shop.do('track', { status: 'in_transit' });

    expect(await shop.do('track', { status: 'in_transit' }, client)).toEqual({ state: 'there', steps: [] });
    expect(shop.count('GET', '/orders/{id}/fulfillment-orders/{fulfillment_id}/tracking-events')).toBe(1);
  });
});

describe('deliver', () => {
  it('of what is shipped is an event, after it was sent (documented)', async () => {
    const shop = await startOrder();

    await shop.do('deliver');
    const again = await shop.do('deliver');

    expect(shop.effects('status')).toEqual([`${shop.ids[0]} DISPATCHED`, `${shop.ids[0]} DELIVERED`]);
    expect(shop.effects('event')).toEqual([`${shop.ids[0]} delivered`]);
    expect(again).toEqual({ state: 'there', steps: [] });
  });

  it.each(['pickup', 'non-shippable'] as const)('of %s sets the state: it has no carrier', async (type) => {
    const shop = await startOrder();
    if (type === 'pickup') fetchedAt('locale', shop.parcels[0]);
    else shop.parcels[0]!.shipping.type = type;

    await shop.do('deliver');

    expect(shop.effects('status')).toEqual([`${shop.ids[0]} DELIVERED`]);
    expect(shop.effects('event')).toEqual([]);
  });

  it('without a name delivers every parcel', async () => {
    const shop = await startOrder({ parcels: 3 });

    await shop.do('deliver');

    expect(shop.parcels.map(({ status }) => status)).toEqual(['DELIVERED', 'DELIVERED', 'DELIVERED']);
  });

  it('sets the state where the event is there and delivered nothing', async () => {
    const shop = await startOrder();
    await shop.do('deliver');
    shop.parcels[0]!.status = 'DISPATCHED';

    const { steps } = await shop.do('deliver');

    expect(steps).toEqual([`${shop.ids[0]} DELIVERED`]);
    expect(shop.effects('event')).toHaveLength(1);
  });
});
