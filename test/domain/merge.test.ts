import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { merge, type Sighting } from '../../functions/domain/merge.ts';
import type { Order } from '../../functions/domain/order.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { sampleOrder } from '../support/sample-order.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

function sighting(
  change: Partial<Order>,
  rest: Partial<Sighting> & { omitted?: readonly (keyof Order)[] } = {},
): Sighting {
  const { omitted = [], ...others } = rest;
  const said = sampleOrder(change);
  return {
    key: { platform: said.platform, storeId: said.storeId, platformOrderId: said.platformOrderId },
    said: { order: said, omitted },
    asOf: NOW,
    origin: 'webhook',
    correlationId: 'c-1',
    raw: { sha256: 'aa', bytes: 2, parts: 1 },
    ...others,
  };
}

const problem = (asOf: number): Sighting => ({
  ...sighting({}),
  said: { attention: { reason: 'schema-mismatch', problem: 'items: expected array' } },
  asOf,
});

/** Applies sightings one after the other, as the table would. */
function play(sightings: Sighting[]): OrderRow | undefined {
  return sightings.reduce<OrderRow | undefined>(
    (row, next) => merge(row, next, NOW + 60_000).row ?? row,
    undefined,
  );
}

describe('merge', () => {
  it('creates the row of an order seen for the first time', () => {
    const { outcome, row } = merge(undefined, sighting({}), NOW);

    expect(outcome).toBe('created');
    expect(row).toMatchObject({
      pk: 'pedidosya#chain#o-1',
      version: 1,
      revision: 1,
      state: 'ok',
      personal: { name: 'Invented Person' },
    });
    expect(row?.order).not.toHaveProperty('personal');
  });

  it('leaves the row as it is for the same sighting again', () => {
    const row = play([sighting({})]);

    expect(merge(row, sighting({}), NOW)).toEqual({ outcome: 'unchanged' });
  });

  it('never lets an older sighting overwrite a newer one', () => {
    const row = play([sighting({ status: 'ready', updatedAt: at(10) })]);

    expect(
      merge(row, sighting({ status: 'confirmed', updatedAt: at(5) }, { asOf: NOW + 99_000 }), NOW),
    ).toEqual({ outcome: 'stale' });
  });

  it('never leaves a final status', () => {
    const row = play([sighting({ status: 'cancelled', updatedAt: at(10) })]);

    expect(merge(row, sighting({ status: 'ready', updatedAt: at(20) }), NOW).outcome).toBe('stale');
  });

  it('lets a closed Nuvemshop order be opened again, but not a cancelled one', () => {
    const closed = play([sighting({ platform: 'nuvemshop', status: 'closed', updatedAt: at(1) })]);
    const cancelled = play([sighting({ platform: 'nuvemshop', status: 'cancelled', updatedAt: at(1) })]);
    const opened = sighting({ platform: 'nuvemshop', status: 'confirmed', updatedAt: at(2) });

    expect(merge(closed, opened, NOW).outcome).toBe('updated');
    expect(merge(cancelled, opened, NOW).outcome).toBe('stale');
  });

  it('keeps what a later event leaves out', () => {
    const row = play([
      sighting({}),
      sighting(
        {
          status: 'cancelled',
          updatedAt: at(5),
          personal: {},
          totals: { goods: 0, discount: 0, shipping: 0, fees: 0, tax: 0, total: 0 },
        },
        { omitted: ['personal', 'totals'] },
      ),
    ]);

    expect(row).toMatchObject({
      order: { status: 'cancelled', totals: { total: 1000 } },
      personal: { name: 'Invented Person' },
    });
  });

  it('keeps a name that is masked later, and takes the note that came with the mask', () => {
    const masked = sighting(
      { personal: { note: 'ring twice' }, updatedAt: at(5) },
      { omitted: ['personal'] },
    );

    expect(play([sighting({}), masked])?.personal).toEqual({ name: 'Invented Person', note: 'ring twice' });
  });

  it('decides by progress, then by arrival, when a push names no newer time', () => {
    const row = play([sighting({ status: 'ready' })]);

    expect(merge(row, sighting({ status: 'received' }, { asOf: NOW + 5000 }), NOW).outcome).toBe('stale');
    expect(merge(row, sighting({ status: 'dispatched' }, { asOf: NOW - 5000 }), NOW).outcome).toBe('updated');
    expect(merge(row, sighting({ status: 'ready', warnings: ['x'] }, { asOf: NOW + 1 }), NOW).outcome).toBe(
      'updated',
    );
  });

  it('asks for another look when two fetches of one second disagree', () => {
    const row = play([sighting({ platform: 'nuvemshop', status: 'received' })]);
    const other = sighting({ platform: 'nuvemshop', status: 'confirmed' }, { asOf: NOW + 300 });

    expect(merge(row, other, NOW)).toMatchObject({ outcome: 'updated', lookAgainInSeconds: 3 });
    expect(merge(row, { ...other, asOf: NOW + 5000 }, NOW)).not.toHaveProperty('lookAgainInSeconds');
  });

  it('believes a fetch that goes back in platform time only when it is still so a minute later', () => {
    const row = play([sighting({ platform: 'nuvemshop', status: 'ready', updatedAt: at(10) })]);
    const back = (asOf: number) =>
      merge(row, sighting({ platform: 'nuvemshop', status: 'confirmed', updatedAt: at(5) }, { asOf }), NOW);

    expect(back(NOW - 1)).toEqual({ outcome: 'stale' });
    expect(back(NOW + 5000)).toEqual({ outcome: 'stale', lookAgainInSeconds: 60 });
    expect(back(NOW + 60_000)).toMatchObject({ outcome: 'updated', row: { order: { status: 'confirmed' } } });
  });

  it('shows what cannot be understood without losing the order that was', () => {
    const row = play([sighting({}), problem(NOW + 1000)]);

    expect(row).toMatchObject({
      state: 'attention',
      attention: { reason: 'schema-mismatch' },
      attentionOf: 'pedidosya',
      order: { status: 'received' },
      version: 1,
    });
  });

  it('settles attention when a newer sighting is understood, even an unchanged one', () => {
    const row = play([sighting({}), problem(NOW + 1000), sighting({}, { asOf: NOW + 2000 })]);

    expect(row?.state).toBe('ok');
    expect(row).not.toHaveProperty('attention');
    expect(row).not.toHaveProperty('attentionOf');
  });

  it('ignores a late problem that something newer has overtaken', () => {
    const row = play([sighting({}, { asOf: NOW + 5000 })]);

    expect(merge(row, problem(NOW), NOW).outcome).toBe('stale');
  });

  it('ends in the same content for every order and repetition of the same sightings', () => {
    const step = fc.record({
      second: fc.integer({ min: 0, max: 30 }),
      word: fc.constantFrom('received', 'confirmed', 'ready', 'dispatched'),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(step, { minLength: 1, maxLength: 8, selector: ({ second }) => second }),
        fc.infiniteStream(fc.nat()),
        (steps, dice) => {
          // Prepare
          const events = steps.map(({ second, word }) =>
            sighting({ status: word as Order['status'], updatedAt: at(second) }),
          );
          const shuffled = [...events, ...events]
            .map((event) => ({ event, key: dice.next().value as number }))
            .sort((a, b) => a.key - b.key);

          // Act
          const row = play(shuffled.map(({ event }) => event));

          // Assess
          const last = steps.reduce((a, b) => (b.second > a.second ? b : a));
          expect(row?.order).toMatchObject({ status: last.word, updatedAt: at(last.second) });
        },
      ),
    );
  });

  it('raises the version with every change of content and the revision with every write', () => {
    const row = play([
      sighting({}),
      sighting({ status: 'ready', updatedAt: at(5) }),
      sighting({ status: 'ready', updatedAt: at(5) }, { asOf: NOW + 1 }),
    ]);

    expect(row).toMatchObject({ version: 2, revision: 3 });
  });
});
