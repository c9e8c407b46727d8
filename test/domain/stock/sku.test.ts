import { describe, expect, it } from 'vitest';
import { channelKey, type StockChannel } from '../../../functions/domain/stock/channel.ts';
import type { Claim } from '../../../functions/domain/stock/claim.ts';
import type { Shown } from '../../../functions/domain/stock/display.ts';
import { catalogueKey } from '../../../functions/domain/stock/links.ts';
import { withClaim } from '../../../functions/domain/stock/sale.ts';
import {
  displaysOf,
  marked,
  NOTHING_KNOWN,
  type Sku,
  type StockRules,
  withBase,
  withLinks,
  withObserved,
  withRejected,
  withShown,
  withUnsure,
} from '../../../functions/domain/stock/sku.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const SECOND = 1000;
const web: StockChannel = { platform: 'web', storeId: 's', sells: ['main'], buffer: 0, shows: 'number' };
const app: StockChannel = {
  platform: 'app',
  storeId: 's',
  sells: ['main'],
  buffer: 2,
  most: 5,
  shows: 'on-off',
};
const RULES: StockRules = {
  channels: [web, app],
  baseMeans: 'available',
  settle: { quietSeconds: 10, atMostSeconds: 60 },
};
const [WEB, APP] = [channelKey(web), channelKey(app)];

const linked = RULES.channels.reduce(
  (sku, channel) => withLinks(sku, catalogueKey(channel), [{ productId: 'p', variantId: 'v' }], RULES, NOW),
  NOTHING_KNOWN,
);
const counted = (sku: Sku, quantity: number | null, at = NOW) =>
  withBase(sku, 'main', { quantity: quantity === null ? null : quantity * 1000, asOf: at }, RULES, at).sku;
const shows = (units: number, at = NOW): Shown => ({ display: { units }, from: at, to: at });
/** Ten there are, and the shop shows ten. */
const ten = withShown(counted(linked, 10), WEB, shows(10), RULES, NOW);

const claim = (units: number, order = '1', version = 1): Claim => ({
  order,
  line: 'l|A',
  places: ['main'],
  history: [{ version, taken: units * 1000, gone: 0, since: NOW }],
  bookings: [],
});
const sold = (
  sku: Sku,
  units: number,
  platform: string,
  { placedAt = NOW + 60 * SECOND, order = '1' } = {},
) =>
  withClaim(
    sku,
    claim(units, order),
    { platform, storeId: 's', placedAt, before: undefined },
    RULES,
    placedAt + SECOND,
  );

describe('what a channel is to show', () => {
  it('is what there is less what is claimed and kept back, and never less than nothing', () => {
    const left = (units: number) => displaysOf(sold(counted(linked, 10), units, 'other'), RULES);

    expect([left(3)[WEB], left(3)[APP]]).toEqual([{ units: 7 }, { on: true, most: 5 }]);
    expect([left(12)[WEB], left(8)[APP]]).toEqual([{ units: 0 }, { on: false }]);
  });

  it('of what is sold by weight is whole units, rounded down', () => {
    expect(displaysOf(counted(linked, 4.999), RULES)[WEB]).toEqual({ units: 4 });
  });

  it('stays unlimited, whatever is sold', () => {
    expect(displaysOf(sold(counted(linked, null), 3, 'other'), RULES)[WEB]).toEqual({ units: null });
  });

  it('is not known before somebody said how many there are: absent is not zero', () => {
    expect(displaysOf(sold(linked, 1, 'other'), RULES)).toEqual({});
  });

  it('is left alone where two products of a store have the SKU', () => {
    const two = [
      { productId: 'p', variantId: 'v' },
      { productId: 'p', variantId: 'w' },
    ];

    const ambiguous = withLinks(ten, catalogueKey(web), two, RULES, NOW);

    expect(Object.keys(displaysOf(ambiguous, RULES))).toEqual([APP]);
  });
});

describe('a channel', () => {
  it('is told of less at once, and of more when the SKU was quiet for ten seconds, within a minute', () => {
    const less = sold(ten, 1, 'other');
    const more = counted(ten, 12, NOW + SECOND);
    const disturbed = sold(more, 1, 'other', { placedAt: NOW + 5 * SECOND });

    expect(less.marks[WEB]?.dueAt).toBe(NOW + 61 * SECOND);
    expect(more.marks[WEB]?.dueAt).toBe(NOW + 11 * SECOND);
    expect(disturbed.marks[WEB]?.dueAt).toBe(NOW + 16 * SECOND);
  });

  it('is told nothing of its own sale, which it took off by itself', () => {
    const after = sold(ten, 2, 'web');

    expect(after.marks[WEB]).toBeUndefined();
    expect(after.shown[WEB]?.display).toEqual({ units: 8 });
  });

  it('is told of its own sale where our number overwrote it, or nobody can tell', () => {
    const overwritten = sold(ten, 2, 'web', { placedAt: NOW - 60 * SECOND });
    const unsure = sold(ten, 2, 'web', { placedAt: NOW + SECOND });

    expect([overwritten.marks[WEB], unsure.marks[WEB]].map((mark) => mark !== undefined)).toEqual([
      true,
      true,
    ]);
    expect(unsure.shown[WEB]?.unsure).toBe(true);
  });

  it('is told at once of an own sale by a way that may leave its number as it is', () => {
    const rules = { ...RULES, channels: [{ ...web, bypassedBy: ['api'] }, app] };
    const at = NOW + 60 * SECOND;
    const sale = { platform: 'web', storeId: 's', placedAt: at, before: undefined };
    const by = (through: string) => withClaim(ten, claim(3), { ...sale, through }, rules, at);

    expect([by('api').marks[WEB]?.dueAt, by('store').marks[WEB]]).toEqual([at, undefined]);
  });

  it('is told again where nobody knows whether it took what it was told', () => {
    expect(withUnsure(ten, WEB, undefined, RULES, NOW).marks[WEB]).toBeDefined();
  });

  it('is told of less at once where it may show the more that it was told without an answer', () => {
    const more = counted(ten, 12, NOW + SECOND);
    const unanswered = withUnsure(more, WEB, { units: 12 }, RULES, NOW + SECOND);

    const less = sold(unanswered, 2, 'other', { placedAt: NOW + 4 * SECOND });

    expect(displaysOf(less, RULES)[WEB]).toEqual({ units: 10 });
    expect(less.marks[WEB]?.dueAt).toBe(NOW + 5 * SECOND);
    expect(unanswered.marks[WEB]?.dueAt).toBe(NOW + 11 * SECOND);
  });

  it('has no refusal any more of what is wanted no more', () => {
    const three = counted(ten, 3, NOW + SECOND);
    const no = { display: { units: 3 }, at: NOW + 2 * SECOND, reason: 'No.' };
    const refused = withRejected(three, WEB, no, RULES, NOW + 2 * SECOND);

    const back = counted(refused, 10, NOW + 3 * SECOND);

    expect([Object.keys(refused.rejected), back.rejected]).toEqual([[WEB], {}]);
  });

  it('is not told that it shows what it shows: 5, 6, 5 within a minute is no call', () => {
    const there = counted(ten, 11, NOW + SECOND);
    const andBack = counted(there, 10, NOW + 2 * SECOND);

    expect([there.marks[WEB] === undefined, andBack.marks[WEB]]).toEqual([false, undefined]);
  });

  it('keeps a sale of its own that we see before its order: what is seen then is not overwritten', () => {
    const seen = shows(9, NOW + 30 * SECOND);

    const after = withObserved(ten, WEB, seen, RULES, NOW + 31 * SECOND);

    expect(after.marks[WEB]).toBeUndefined();
    expect(sold(after, 1, 'web').shown[WEB]?.display).toEqual({ units: 9 });
  });

  it('that was seen to show what it should is sure again', () => {
    const unsure = withUnsure(ten, WEB, undefined, RULES, NOW);

    const after = withObserved(unsure, WEB, shows(10, NOW + SECOND), RULES, NOW + SECOND);

    expect([after.marks[WEB], after.shown[WEB]?.unsure]).toEqual([undefined, undefined]);
  });

  it('is told of less also where it was seen to show it before a call that nobody knows the end of', () => {
    const more = counted(ten, 12, NOW + SECOND);
    const unanswered = withUnsure(more, WEB, { units: 12 }, RULES, NOW + 12 * SECOND);
    const less = sold(unanswered, 2, 'other', { placedAt: NOW + 13 * SECOND });

    const after = withObserved(less, WEB, shows(10, NOW + 5 * SECOND), RULES, NOW + 14 * SECOND);

    expect(displaysOf(after, RULES)[WEB]).toEqual({ units: 10 });
    expect(after.marks[WEB]).toBeDefined();
  });
});

it('of a channel that is configured no more nothing is known', () => {
  const refused = withRejected(ten, WEB, { display: { units: 10 }, at: NOW, reason: 'No.' }, RULES, NOW);

  const after = marked(refused, { ...RULES, channels: [app] }, NOW);

  expect([after.shown, after.rejected, Object.keys(after.marks)]).toEqual([{}, {}, [APP]]);
});

describe('a number of the merchant’s system', () => {
  it('that is older than the known one is stale, and the same one again changes nothing', () => {
    const of = (quantity: number, asOf: number) =>
      withBase(ten, 'main', { quantity, asOf }, RULES, NOW).outcome;

    expect([of(1000, NOW - 1), of(10_000, NOW), of(9000, NOW), of(9000, NOW + 1)]).toEqual([
      'stale',
      'unchanged',
      'stale',
      'set',
    ]);
  });

  it('sent before a sale was booked leaves the channels at what is left', () => {
    const oneLess = sold(ten, 1, 'web');

    const after = counted(oneLess, 10, NOW + 120 * SECOND);

    expect(displaysOf(after, RULES)[WEB]).toEqual({ units: 9 });
  });
});
