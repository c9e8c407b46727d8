import { describe, expect, it } from 'vitest';
import type { Order } from '../../functions/domain/order.ts';
import { at, NOON, observed, play, seen } from './observations.ts';

describe('what we asked for ourselves', () => {
  it('beats a final status that was pushed before we asked: a forged cancellation does not stick', () => {
    const forged = observed({ status: 'cancelled', updatedAt: at(5) }, { observedAt: NOON + 5000 });
    const answer = observed(
      { status: 'ready', updatedAt: at(3) },
      { observedAt: NOON + 60_000, origin: 'reconcile', asked: true },
    );

    expect(play([forged, answer])?.order?.status).toBe('ready');
    expect(play([answer, forged])?.order?.status).toBe('ready');
  });

  it('beats a later stated time, which one wrong push would otherwise keep for ever', () => {
    const wrong = observed({ status: 'ready', updatedAt: '2099-01-01T00:00:00.000Z' });
    const answer = observed(
      { status: 'confirmed', updatedAt: at(1) },
      { observedAt: NOON + 60_000, asked: true },
    );

    const row = play([wrong, answer]);

    expect(row).toMatchObject({ order: { status: 'confirmed' }, sourceTime: NOON + 1000 });
  });

  it('is not undone by a push that reached us before we asked, whatever it claims', () => {
    const answer = observed({ status: 'ready' }, { observedAt: NOON + 60_000, asked: true });
    const late = observed({ status: 'cancelled', updatedAt: at(3600) }, { observedAt: NOON + 58_000 });

    expect(seen(play([answer]), late).outcome).toBe('stale');
  });

  it('is followed by what is pushed a moment later, though it reached an instance whose clock is behind', () => {
    const answer = observed(
      { status: 'received', updatedAt: at(60) },
      { observedAt: NOON + 60_300, asked: true },
    );
    const next = observed({ status: 'ready', updatedAt: at(60.5) }, { observedAt: NOON + 59_800 });

    expect(seen(play([answer]), next).outcome).toBe('updated');
  });

  it('is followed by what is pushed after it', () => {
    const answer = observed(
      { status: 'ready', updatedAt: at(1) },
      { observedAt: NOON + 60_000, asked: true },
    );
    const next = observed({ status: 'dispatched', updatedAt: at(90) }, { observedAt: NOON + 91_000 });

    expect(play([answer, next])?.order?.status).toBe('dispatched');
  });

  it('does not undo what reached us after we had asked', () => {
    const pushed = observed({ status: 'dispatched', updatedAt: at(90) }, { observedAt: NOON + 91_000 });
    const answer = observed(
      { status: 'ready', updatedAt: at(1) },
      { observedAt: NOON + 60_000, asked: true },
    );

    expect(play([pushed, answer])?.order?.status).toBe('dispatched');
  });

  it.each([
    ['delivered', 'cancelled'],
    ['ready', 'dispatched'],
  ] as const)('is not undone by the answer to an earlier question: %s, after %s', (last, before) => {
    const answer = observed({ status: last }, { observedAt: NOON + 60_000, asked: true });
    const earlier = observed({ status: before }, { observedAt: NOON + 30_000, asked: true });

    expect(play([answer, earlier])?.order?.status).toBe(last);
    expect(play([earlier, answer])?.order?.status).toBe(last);
  });

  it('makes no exception for a platform that is asked anyway', () => {
    const cancelled = observed({ platform: 'fetching', status: 'cancelled' });
    const answer = observed(
      { platform: 'fetching', status: 'ready', updatedAt: at(60) },
      { observedAt: NOON + 120_000, asked: true },
    );

    expect(play([cancelled, answer])?.order?.status).toBe('cancelled');
  });
});

describe('a time of change in the future', () => {
  it('is bounded by the receipt, so that the next change is newer', () => {
    const wrong = observed({ status: 'ready', updatedAt: '2099-01-01T00:00:00.000Z' });
    const next = observed({ status: 'dispatched', updatedAt: at(300) }, { observedAt: NOON + 301_000 });

    expect(play([wrong])?.sourceTime).toBe(NOON);
    expect(play([wrong, next])?.order?.status).toBe('dispatched');
  });

  it("is taken as it is while the platform's clock may be that far ahead of ours", () => {
    expect(play([observed({ updatedAt: at(59) })])?.sourceTime).toBe(NOON + 59_000);
  });
});

describe('an order whose first news is a bare status', () => {
  const bare = observed(
    {
      status: 'ready',
      updatedAt: at(10),
      totals: {},
      lines: undefined,
      payment: { status: 'unknown' },
      personal: {},
    },
    { omitted: ['payment', 'placedAt'] },
  );
  const whole = observed({ status: 'received', updatedAt: at(5), placedAt: at(0) });

  it('has no totals and no lines, rather than zeros', () => {
    const { order } = play([bare])!;

    expect(order?.totals).toEqual({});
    expect(order?.lines).toBeUndefined();
  });

  it('is filled by an older message without moving its status or times', () => {
    const row = play([bare, whole]);

    expect(row).toMatchObject({
      order: {
        status: 'ready',
        updatedAt: at(10),
        totals: { total: 1000 },
        payment: { status: 'paid' },
        placedAt: at(0),
      },
      personal: { name: 'Invented Person' },
      sourceTime: NOON + 10_000,
      version: 2,
    });
    expect(row?.order?.lines).toEqual(whole.order.lines);
  });

  it('ends the same whichever came first', () => {
    const later = observed({ status: 'confirmed', updatedAt: at(7), totals: { total: 1200, goods: 1200 } });
    const orders = [
      [bare, whole, later],
      [bare, later, whole],
      [whole, bare, later],
      [later, bare, whole],
      [whole, later, bare],
    ].map((list) => play(list)?.order);

    expect(new Set(orders.map((order) => JSON.stringify(sorted(order))))).toHaveProperty('size', 1);
    expect(orders[0]).toMatchObject({ status: 'ready', totals: { total: 1200 } });
  });

  it('takes from an older message no more than the newer one left out', () => {
    const noted = observed(
      { status: 'ready', updatedAt: at(10), personal: { note: 'ring' } },
      { omitted: ['personal'] },
    );

    expect(play([noted, whole])?.personal).toEqual({ name: 'Invented Person', note: 'ring' });
    expect(play([noted, whole])?.order?.totals).toEqual(noted.order.totals);
  });

  it('is filled name by name, also by an older message that hides a part itself', () => {
    const masked = observed(
      { updatedAt: at(5), personal: { phone: '099', note: 'old' } },
      { omitted: ['personal'] },
    );
    const noted = observed({ updatedAt: at(10), personal: { note: 'new' } }, { omitted: ['personal'] });
    const named = observed({ updatedAt: at(1), personal: { name: 'Invented Person', phone: '011' } });
    const expected = { name: 'Invented Person', phone: '099', note: 'new' };

    for (const news of [
      [noted, masked, named],
      [named, noted, masked],
      [masked, named, noted],
    ])
      expect(play(news)?.personal).toEqual(expected);
  });

  it('is not filled with what a newer message told whole without it', () => {
    const bareOne = observed({ updatedAt: at(10), personal: {} });
    const whole = observed({ updatedAt: at(5), personal: { name: 'Invented Person' } });
    const masked = observed({ updatedAt: at(1), personal: { phone: '099' } }, { omitted: ['personal'] });

    for (const news of [
      [bareOne, whole, masked],
      [bareOne, masked, whole],
      [masked, bareOne, whole],
    ])
      expect(play(news)?.personal).toEqual({ name: 'Invented Person' });
  });

  it('has no zeros among totals that are not told whole', () => {
    const partly = observed({ totals: { goods: 1000, discount: 0, tax: 0 } }, { omitted: ['totals'] });

    expect(play([partly])?.order?.totals).toEqual({ goods: 1000 });
  });

  it('fills a line from the older one of the same id', () => {
    const line = { lineId: 'a', name: 'Taza', unit: 'unit' as const };
    const sparse = observed({ updatedAt: at(10), lines: [{ ...line, quantity: 1 }] }, { omitted: ['lines'] });
    const older = observed({ updatedAt: at(5), lines: [{ ...line, quantity: 2, unitPrice: 500, sku: 'T' }] });

    expect(play([sparse, older])?.order?.lines).toEqual([{ ...line, quantity: 1, unitPrice: 500, sku: 'T' }]);
  });

  it('says nothing of an older message that says nothing more', () => {
    const row = play([bare]);

    expect(
      seen(row, observed({ ...bare.order, status: 'received', updatedAt: at(1) }, { omitted: ['payment'] }))
        .outcome,
    ).toBe('stale');
  });

  it('is left as it is where the platform is asked: an answer is whole', () => {
    const answer = observed(
      { platform: 'fetching', updatedAt: at(10), personal: {} },
      { observedAt: NOON + 10_000 },
    );
    const older = observed({ platform: 'fetching', updatedAt: at(5) });

    expect(play([answer, older])?.personal).toEqual({});
  });
});

const sorted = (order: Omit<Order, 'personal'> | undefined) =>
  Object.fromEntries(Object.entries(order ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
