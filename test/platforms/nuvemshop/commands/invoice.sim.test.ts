import { describe, expect, it } from 'vitest';
import { startOrder } from './bench.ts';

const OURS = { key: '5'.repeat(29), link: 'https://invoices.example/5' };
const THEIRS =
  '{ "key":"4", "link":"https:\\/\\/other.example\\/4", "total": 10.50, "number": 12345678901234567890 }';

type Shop = Awaited<ReturnType<typeof startOrder>>;

/** Another app writes the list of the order. */
function otherAppWrites({ store, order }: Shop, value: string): void {
  const known = [...store.metafields.values()][0];
  const at = { createdAt: 0, updatedAt: 0 };
  const owner = { ownerResource: 'Order', ownerId: order.id } as const;
  store.metafields.set(known?.id ?? 7, {
    ...{ id: known?.id ?? 7, namespace: 'nfe', key: 'list', description: null, value },
    ...owner,
    ...at,
  });
}
const textOfList = ({ store }: Shop) => [...store.metafields.values()][0]?.value;

describe('invoice', () => {
  it('is there once, given five times', async () => {
    const shop = await startOrder();

    for (let n = 0; n < 5; n += 1) await shop.do('invoice', OURS);

    expect(shop.world.invoices(shop.orderId)).toEqual([OURS]);
    expect(shop.effects('invoice')).toHaveLength(1);
    expect(shop.writes()).toBe(1);
  });

  it('never loses what another app wrote, byte for byte (documented)', async () => {
    const shop = await startOrder();
    otherAppWrites(shop, `[\n  ${THEIRS}\n]`);

    await shop.do('invoice', OURS);

    expect(textOfList(shop)).toBe(`[\n  ${THEIRS}, ${JSON.stringify(OURS)}\n]`);
  });

  it('begins a list that is empty or a text of spaces', async () => {
    for (const value of ['[]', '[ ]', ' ']) {
      const shop = await startOrder();
      otherAppWrites(shop, value);

      await shop.do('invoice', OURS);

      expect(shop.world.invoices(shop.orderId)).toEqual([OURS]);
    }
  });

  it('of a parcel names it (documented)', async () => {
    const shop = await startOrder({ parcels: 2 });

    await shop.do('invoice', { ...OURS, parcel: shop.ids[1] });

    expect(shop.world.invoices(shop.orderId)).toEqual([{ ...OURS, fulfillment_order_id: shop.ids[1] }]);
  });

  it('of a parcel that the order has not is refused', async () => {
    const shop = await startOrder();
    shop.know({ ...shop.rowNow(), order: undefined });

    expect(await shop.do('invoice', { ...OURS, parcel: 'NOBODY' })).toMatchObject({ state: 'refused' });
    expect(shop.writes()).toBe(0);
  });

  it('with another link under the same key is refused, and replaces it when told to', async () => {
    const shop = await startOrder();
    otherAppWrites(shop, `[${THEIRS}]`);
    await shop.do('invoice', OURS);
    const corrected = { ...OURS, link: 'https://invoices.example/corrected' };

    const refused = await shop.do('invoice', corrected);
    await shop.do('invoice', { ...corrected, replace: true });

    expect(refused).toMatchObject({ state: 'refused', reason: expect.stringContaining('Give replace') });
    expect(textOfList(shop)).toBe(`[${THEIRS}, ${JSON.stringify(corrected)}]`);
  });

  it('that is replaced keeps the other fields of its entry', async () => {
    const shop = await startOrder();
    otherAppWrites(shop, `[{"key":"${OURS.key}","link":"https://a.example","series":"B"}]`);

    await shop.do('invoice', { ...OURS, replace: true });

    expect(shop.world.invoices(shop.orderId)).toEqual([{ ...OURS, series: 'B' }]);
  });

  it('that another app wrote over is written again, into what that app left', async () => {
    const shop = await startOrder();
    otherAppWrites(shop, '[]');
    let raced = false;
    const client = shop.connect({
      transport: async (request) => {
        const response = await shop.transport(request);
        if (request.method === 'PUT' && !raced) {
          raced = true;
          otherAppWrites(shop, `[${THEIRS}]`);
        }
        return response;
      },
    });

    const { steps } = await shop.do('invoice', OURS, client);

    expect(steps).toHaveLength(2);
    expect(textOfList(shop)).toBe(`[${THEIRS}, ${JSON.stringify(OURS)}]`);
  });

  it('is not written over something that is no list', async () => {
    const shop = await startOrder();
    otherAppWrites(shop, 'see attachment');

    expect(await shop.do('invoice', OURS)).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('nfe/list'),
    });
    expect(textOfList(shop)).toBe('see attachment');
  });

  it('without a link is refused without a call', async () => {
    const shop = await startOrder();

    expect(await shop.do('invoice', { key: OURS.key })).toMatchObject({ state: 'refused', steps: [] });
    expect(shop.sim.calls).toEqual([]);
  });

  it('whose answer was lost is seen by the next look', async () => {
    const shop = await startOrder();
    shop.sim.faults.add({ kind: 'reset-after', match: { method: 'POST' }, times: 1 });

    await expect(shop.do('invoice', OURS)).rejects.toMatchObject({ outcomeUnknown: true });

    expect(await shop.do('invoice', OURS)).toEqual({ state: 'there', steps: [] });
    expect(shop.effects('invoice')).toHaveLength(1);
  });

  it('can be given of a cancelled order: its papers go on', async () => {
    const shop = await startOrder();
    shop.world.cancel(shop.orderId);
    shop.know(shop.rowNow());

    expect(await shop.do('invoice', OURS)).toMatchObject({ state: 'there' });
  });
});
