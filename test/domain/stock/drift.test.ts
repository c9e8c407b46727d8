import { describe, expect, it } from 'vitest';
import type { ProductVariant } from '../../../functions/domain/product.ts';
import type { StockChannel } from '../../../functions/domain/stock/channel.ts';
import { type Compared, hasDrifted, seenDisplay } from '../../../functions/domain/stock/drift.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const MINUTE = 60_000;
const web: StockChannel = { platform: 'web', storeId: 's', sells: ['main'], buffer: 0, shows: 'number' };
const app: StockChannel = { ...web, platform: 'app', shows: 'on-off' };

const compared = (change: Partial<Compared> = {}): Compared => ({
  channel: web,
  wanted: { units: 5 },
  shown: { display: { units: 5 }, from: NOW - 61 * MINUTE, to: NOW - 60 * MINUTE },
  mark: undefined,
  lastOrderAt: NOW - 16 * MINUTE,
  seen: { units: 9 },
  seenAt: NOW - MINUTE,
  ...change,
});

describe('a channel that shows another number', () => {
  it('has drifted where nothing of ours can be the reason', () => {
    expect(hasDrifted(compared(), NOW)).toBe(true);
  });

  it.each<[string, Partial<Compared>]>([
    ['it shows what it should', { seen: { units: 5 } }],
    ['an order of the last 15 minutes may be the reason', { lastOrderAt: NOW - 14 * MINUTE }],
    ['somebody is about to tell it', { mark: { since: NOW, dueAt: NOW } }],
    ['it was seen before it was told', { seenAt: NOW - 62 * MINUTE }],
    ['nothing is known of what it should show', { wanted: undefined }],
  ])('has not drifted where %s', (_, change) => {
    expect(hasDrifted(compared(change), NOW)).toBe(false);
  });
});

describe('a channel whose platform took a number and does not show it', () => {
  const longAgo = (hours: number): Partial<Compared> => {
    const to = NOW - hours * 60 * MINUTE;
    return { shown: { display: { units: 5 }, from: to, to }, seenAt: to - MINUTE };
  };

  it('has drifted once the daily comparison had the time to find what is shown', () => {
    expect(hasDrifted(compared(longAgo(25)), NOW)).toBe(false);
    expect(hasDrifted(compared(longAgo(27)), NOW)).toBe(true);
  });
});

describe('a channel that shows on and off', () => {
  const toldAt = { display: { on: false }, from: NOW - 40 * MINUTE, to: NOW - 40 * MINUTE };
  const onOff = (change: Partial<Compared>) =>
    compared({ channel: app, wanted: { on: false }, seen: { on: true }, shown: toldAt, ...change });

  it('has half an hour to show what it was told', () => {
    expect(hasDrifted(onOff({ seenAt: NOW - 11 * MINUTE }), NOW)).toBe(false);
    expect(hasDrifted(onOff({ seenAt: NOW - 9 * MINUTE }), NOW)).toBe(true);
  });

  it('is compared by the most of an order only where somebody limits it', () => {
    const seen = { on: true, most: 9 };

    expect(hasDrifted(onOff({ wanted: { on: true }, seen, seenAt: NOW }), NOW)).toBe(false);
    expect(hasDrifted(onOff({ wanted: { on: true, most: 5 }, seen, seenAt: NOW }), NOW)).toBe(true);
  });

  it('is seen by the product’s status, and not at all where that is not known', () => {
    const variant: ProductVariant = { platformVariantId: 'v', mostPerOrder: 4 };

    expect(
      (['active', 'inactive', 'unknown'] as const).map((status) => seenDisplay({ status }, variant, app)),
    ).toEqual([{ on: true, most: 4 }, { on: false }, undefined]);
  });
});
