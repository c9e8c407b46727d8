import { describe, expect, it } from 'vitest';
import type { ProductVariant } from '../../../functions/domain/product.ts';
import type { StockChannel } from '../../../functions/domain/stock/channel.ts';
import {
  type Compared,
  hasDrifted,
  hasHeld,
  type Seen,
  seenDisplay,
} from '../../../functions/domain/stock/drift.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const MINUTE = 60_000;
const web: StockChannel = { platform: 'web', storeId: 's', sells: ['main'], buffer: 0, shows: 'number' };
const app: StockChannel = { ...web, platform: 'app', shows: 'on-off' };

const seen = (units: number | null, minutesAgo = 30, comparedMinutesAgo = minutesAgo): Seen => ({
  display: { units },
  observedAt: NOW - minutesAgo * MINUTE,
  comparedAt: NOW - comparedMinutesAgo * MINUTE,
});
const moved = (minutesAgo: number, units: number) => ({
  at: NOW - minutesAgo * MINUTE,
  amount: units * 1000,
});
const compared = (change: Partial<Compared> = {}): Compared => ({
  channel: web,
  wanted: { units: 5 },
  shown: { display: { units: 5 }, from: NOW - 61 * MINUTE, to: NOW - 60 * MINUTE },
  mark: undefined,
  movements: [],
  seen: seen(9),
  ...change,
});

describe('a channel that shows another number', () => {
  it('has drifted where nothing of ours can be the reason', () => {
    expect(hasDrifted(compared(), NOW)).toBe(true);
  });

  it.each<[string, Partial<Compared>]>([
    ['it shows what it should, whoever told us of it', { seen: seen(5) }],
    ['orders of the last 15 minutes before the look moved as many', { movements: [moved(44, 4)] }],
    ['orders since the look moved as many', { movements: [moved(20, 3), moved(2, 1)] }],
    ['somebody is about to tell it', { mark: { since: NOW, dueAt: NOW } }],
    ['it was seen before it was told', { seen: seen(9, 62) }],
    ['nothing is known of what it should show', { wanted: undefined }],
    ['it shows less since some minutes, as after a sale that we do not know of', { seen: seen(4, 14) }],
    ['it is unlimited, and something was sold', { seen: seen(null), movements: [moved(1, 1)] }],
  ])('has not drifted where %s', (_, change) => {
    expect(hasDrifted(compared(change), NOW)).toBe(false);
  });

  it.each<[string, Partial<Compared>]>([
    ['those orders moved less than it is away', { movements: [moved(20, 3)] }],
    ['the orders are older than that', { movements: [moved(46, 4)] }],
    ['it has shown less for longer than an order is on its way', { seen: seen(4, 16) }],
    ['it is unlimited, and nothing was sold', { seen: seen(null) }],
  ])('has drifted although orders came, where %s', (_, change) => {
    expect(hasDrifted(compared(change), NOW)).toBe(true);
  });
});

describe('a channel whose platform took a number and does not show it', () => {
  const told = { display: { units: 5 }, from: NOW - 60 * MINUTE, to: NOW - 60 * MINUTE };
  const notWritten = (comparedAt?: number): Partial<Compared> => ({
    shown: told,
    seen: { display: { units: 9 }, observedAt: NOW - 600 * MINUTE, comparedAt },
  });

  it('has drifted as soon as the catalogue was compared since', () => {
    expect(hasDrifted(compared(notWritten(NOW - 61 * MINUTE)), NOW)).toBe(false);
    expect(hasDrifted(compared(notWritten(NOW - 59 * MINUTE)), NOW)).toBe(true);
  });

  it('has drifted after more than a day where nobody knows when it was compared', () => {
    const to = (hours: number) => NOW - hours * 60 * MINUTE;
    const longAgo = (hours: number): Partial<Compared> => ({
      shown: { ...told, from: to(hours), to: to(hours) },
      seen: { display: { units: 9 }, observedAt: to(hours + 1) },
    });

    expect(hasDrifted(compared(longAgo(25)), NOW)).toBe(false);
    expect(hasDrifted(compared(longAgo(27)), NOW)).toBe(true);
  });
});

describe('a channel that shows on and off', () => {
  const toldAt = { display: { on: false }, from: NOW - 40 * MINUTE, to: NOW - 40 * MINUTE };
  const onOff = (change: Partial<Compared>) =>
    compared({
      channel: app,
      wanted: { on: false },
      seen: { ...seen(0), display: { on: true } },
      shown: toldAt,
      ...change,
    });
  const on = (minutesAgo: number, most?: number): Seen => ({
    ...seen(0, minutesAgo),
    display: { on: true, ...(most === undefined ? {} : { most }) },
  });

  it('has half an hour to show what it was told', () => {
    expect(hasDrifted(onOff({ seen: on(11) }), NOW)).toBe(false);
    expect(hasDrifted(onOff({ seen: on(9) }), NOW)).toBe(true);
  });

  it('has drifted whatever was sold: single orders switch nothing', () => {
    expect(hasDrifted(onOff({ seen: on(9), movements: [moved(1, 99)] }), NOW)).toBe(true);
  });

  it('is compared by the most of an order only where somebody limits it', () => {
    expect(hasDrifted(onOff({ wanted: { on: true }, seen: on(0, 9) }), NOW)).toBe(false);
    expect(hasDrifted(onOff({ wanted: { on: true, most: 5 }, seen: on(0, 9) }), NOW)).toBe(true);
  });

  it('is seen by the product’s status, and not at all where that is not known', () => {
    const variant: ProductVariant = { platformVariantId: 'v', mostPerOrder: 4 };

    expect(
      (['active', 'inactive', 'unknown'] as const).map((status) => seenDisplay({ status }, variant, app)),
    ).toEqual([{ on: true, most: 4 }, { on: false }, undefined]);
  });
});

it('what a channel was told has held once it was seen after the call', () => {
  expect(hasHeld(compared({ seen: seen(5, 59) }), NOW)).toBe(true);
  expect(hasHeld(compared({ seen: seen(5, 61) }), NOW)).toBe(false);
  expect(hasHeld(compared({ seen: seen(9, 59) }), NOW)).toBe(false);
});
