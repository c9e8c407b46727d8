import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BaseRules, type Claim, claimed, isSettled } from '../../../functions/domain/stock/claim.ts';

const AVAILABLE: BaseRules = { baseMeans: 'available' };
const T = Date.parse('2026-11-22T10:00:00.000Z');
const HOUR_MS = 3_600_000;

const claimOf = (change: Partial<Claim> = {}): Claim => ({
  order: 'shop:s:1',
  line: 'l|A',
  places: ['main'],
  history: [{ version: 1, taken: 2000, gone: 0, since: T }],
  bookings: [],
  ...change,
});

describe('a claim', () => {
  it('stands while no number knows of it: an order of a system that is down frees nothing', () => {
    expect([undefined, T + 1000 * HOUR_MS].map((asOf) => claimed(claimOf(), asOf, AVAILABLE))).toEqual([
      2000, 2000,
    ]);
  });

  it('outlives a number that was read before it was booked, however late that is sent', () => {
    const booked = claimOf({ bookings: [{ version: 1, at: T + 5000 }] });

    expect([T, T + 5000, T + 5001].map((asOf) => claimed(booked, asOf, AVAILABLE))).toEqual([2000, 2000, 0]);
  });

  it('is what was added since it was booked, and less than nothing where something was given back', () => {
    const bookings = [{ version: 1, at: T }];
    const since = (taken: number) => ({ version: 2, taken, gone: 0, since: T });
    const edited = (taken: number) => claimOf({ bookings, history: [...claimOf().history, since(taken)] });

    expect([3000, 0].map((taken) => claimed(edited(taken), T + 1, AVAILABLE))).toEqual([1000, -2000]);
  });

  it('of goods that lie in the house ends when they have left it and that was booked', () => {
    const onHand: BaseRules = { baseMeans: 'onHand' };
    const bookings = [
      { version: 1, at: T },
      { version: 2, at: T + 100 },
    ];
    const left = { version: 2, taken: 2000, gone: 2000, since: T };
    const claim = claimOf({ bookings, history: [...claimOf().history, left] });

    expect([T + 50, T + 101].map((asOf) => claimed(claim, asOf, onHand))).toEqual([2000, 0]);
  });

  it('ends by time where the system never acknowledges, and frees nothing that is only believed', () => {
    const believing: BaseRules = { baseMeans: 'available', untilHours: 2 };
    const cancelled = claimOf({
      history: [...claimOf().history, { version: 2, taken: 0, gone: 0, since: T + HOUR_MS }],
    });

    expect([T + 2 * HOUR_MS, T + 2 * HOUR_MS + 1].map((asOf) => claimed(claimOf(), asOf, believing))).toEqual(
      [2000, 0],
    );
    expect(claimed(cancelled, T + 2 * HOUR_MS + 1, believing)).toBe(0);
  });

  it('is settled only where no later number makes it another one', () => {
    const time = fc.integer({ min: 0, max: 20 });
    const histories = fc
      .array(fc.record({ taken: fc.integer({ min: 0, max: 3 }), gone: fc.constant(0), since: time }), {
        minLength: 1,
        maxLength: 4,
      })
      .map((all) => all.map((one, index) => ({ ...one, version: index + 1 })));
    const bookings = fc
      .array(fc.record({ version: fc.integer({ min: 1, max: 4 }), at: time }), { maxLength: 3 })
      .map((all) => [...new Map(all.map((one) => [one.version, one])).values()])
      .map((all) => all.sort((one, other) => one.version - other.version));

    fc.assert(
      fc.property(
        histories,
        bookings,
        time,
        fc.integer({ min: 0, max: 50 }),
        (history, booked, asOf, later) => {
          const claim = claimOf({ history, bookings: booked });

          fc.pre(isSettled(claim, asOf, AVAILABLE));

          expect(claimed(claim, asOf + later, AVAILABLE)).toBe(0);
        },
      ),
    );
  });
});
