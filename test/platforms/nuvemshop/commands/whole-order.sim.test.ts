import { describe, expect, it } from 'vitest';
import { sentBody } from '../fake-api.ts';
import { startOrder } from './bench.ts';

describe('cancel', () => {
  const HOW = { reason: 'inventory', restock: true, notify: true };
  const unitsOf = ({ order }: Awaited<ReturnType<typeof startOrder>>) => order.lines.length;

  it('says reason, mail and stock, and has each effect once, however often it is given', async () => {
    const shop = await startOrder();

    const first = await shop.do('cancel', HOW);
    await shop.do('cancel', HOW);

    expect(first.steps).toEqual(['cancel']);
    expect(sentBody(shop.requests.find(({ method }) => method === 'POST'))).toEqual({
      reason: 'inventory',
      email: true,
      restock: true,
    });
    expect(shop.effects('status')).toEqual(['cancelled: inventory']);
    expect(shop.effects('stock')).toHaveLength(unitsOf(shop));
    expect(shop.effects('mail')).toEqual(['cancelled']);
  });

  it('mails nobody and gives nothing back unless told to', async () => {
    const shop = await startOrder();

    await shop.do('cancel', { reason: 'fraud', restock: false });

    expect([shop.effects('stock'), shop.effects('mail')]).toEqual([[], []]);
  });

  it('after the panel cancelled gives nothing back a second time, and names what was not confirmed', async () => {
    const shop = await startOrder();
    shop.world.cancel(shop.orderId, 'customer', { restock: false, email: false });

    const outcome = await shop.do('cancel', HOW);

    expect(outcome).toEqual({ state: 'there', steps: [], unconfirmed: ['restock', 'notify', 'reason'] });
    expect([shop.effects('stock'), shop.effects('mail')]).toEqual([[], []]);
  });

  it('of an order that the panel cancelled and archived gives nothing back a second time', async () => {
    const shop = await startOrder();
    shop.world.cancel(shop.orderId, 'inventory', { restock: true, email: true });
    const effects = [shop.effects('stock').length, shop.effects('mail').length];
    shop.order.status = 'closed';

    const outcome = await shop.do('cancel', HOW);

    expect(outcome).toMatchObject({ state: 'there', steps: [] });
    expect([shop.effects('stock').length, shop.effects('mail').length]).toEqual(effects);
  });

  it('whose answer was lost is seen, and gives back once; what cannot be seen is named', async () => {
    const shop = await startOrder();
    shop.sim.faults.add({ kind: 'reset-after', match: { method: 'POST' }, times: 1 });

    await expect(shop.do('cancel', HOW)).rejects.toMatchObject({ outcomeUnknown: true });
    const again = await shop.do('cancel', HOW);

    expect(again).toEqual({ state: 'there', steps: [], unconfirmed: ['restock', 'notify'] });
    expect(shop.effects('stock')).toHaveLength(unitsOf(shop));
  });

  it('leaves unlimited stock unlimited', async () => {
    const shop = await startOrder();
    const { variantId } = shop.order.lines[0]!;
    shop.world.setStock(variantId, null);

    await shop.do('cancel', HOW);

    expect(shop.world.stockOf(variantId)).toBeNull();
  });

  it.each([
    ['address', 'other'],
    ['closed', 'other'],
    ['busy', 'other'],
    ['customer', 'customer'],
  ])('for %s is cancelled as %s', async (reason, word) => {
    const shop = await startOrder();

    const { state } = await shop.do('cancel', { reason, restock: false });

    expect([state, shop.order.cancelReason]).toEqual(['there', word]);
  });

  it('twice does harm where it mails or gives back, and only there', async () => {
    const { table } = await startOrder();
    const { cancel, dispatch } = table;
    if ('refused' in cancel || 'refused' in dispatch) throw new Error('no commands');
    const how = { reason: 'other', restock: false, notify: false } as const;

    expect(cancel.twice(how)).toBe('harmless');
    expect(cancel.twice({ ...how, restock: true })).toBe('harmful');
    expect(cancel.twice({ ...how, notify: true })).toBe('harmful');
    expect([dispatch.twice({ notify: false }), dispatch.twice({ notify: true })]).toEqual([
      'harmless',
      'harmful',
    ]);
  });
});

describe('note, close and reopen', () => {
  it('the note is set, and found the second time', async () => {
    const shop = await startOrder();

    await shop.do('note', { text: 'Envolver' });
    const again = await shop.do('note', { text: 'Envolver' });

    expect(shop.order.ownerNote).toBe('Envolver');
    expect(again.steps).toEqual([]);
    expect(shop.effects('note')).toEqual(['Envolver']);
  });

  it('an empty note takes the note off', async () => {
    const shop = await startOrder();
    await shop.do('note', { text: 'x' });

    await shop.do('note', { text: '' });

    expect(shop.order.ownerNote).toBe('');
    expect((await shop.do('note', { text: '' })).steps).toEqual([]);
  });

  it('an order is archived, taken out again, and found so the second time', async () => {
    const shop = await startOrder();

    for (const name of ['close', 'close', 'reopen', 'reopen'] as const) await shop.do(name);

    expect(shop.effects('status')).toEqual(['closed', 'open']);
    expect(shop.writes()).toBe(2);
  });

  it('a cancelled order is never opened again: known at once, and by a look', async () => {
    const shop = await startOrder();
    shop.world.cancel(shop.orderId);
    const looked = await shop.do('reopen');
    shop.know(shop.rowNow());
    const reads = shop.reads();

    const known = await shop.do('reopen');

    for (const outcome of [looked, known]) expect(outcome).toMatchObject({ state: 'refused', steps: [] });
    expect(shop.reads()).toBe(reads);
  });
});

describe('what no call does', () => {
  it('pay: refuses status paid without a call, and says what to do (documented)', async () => {
    const shop = await startOrder();

    const { state, reason } = await shop.do('pay');

    expect([state, shop.sim.calls]).toEqual(['refused', []]);
    expect(reason).toContain('payment provider');
  });

  it('items: the lines of an order are edited in the panel', async () => {
    const shop = await startOrder();

    expect(await shop.do('items')).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('panel'),
    });
  });
});
