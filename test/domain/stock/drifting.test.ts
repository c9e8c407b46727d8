import { describe, expect, it } from 'vitest';
import { channelKey, type StockChannel } from '../../../functions/domain/stock/channel.ts';
import type { Display } from '../../../functions/domain/stock/display.ts';
import { type DriftPolicy, needsPerson } from '../../../functions/domain/stock/drift.ts';
import { withRepair, withSeen } from '../../../functions/domain/stock/drifting.ts';
import { catalogueKey } from '../../../functions/domain/stock/links.ts';
import { withClaim } from '../../../functions/domain/stock/sale.ts';
import {
  displaysOf,
  NOTHING_KNOWN,
  type Sku,
  type StockRules,
  withBase,
  withLinks,
  withShown,
} from '../../../functions/domain/stock/sku.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-11-22T07:30:00.000Z');
const web: StockChannel = { platform: 'web', storeId: 's', sells: ['main'], buffer: 2, shows: 'number' };
const both: StockChannel = { ...web, platform: 'both', sells: ['main', 'shop'] };
const app: StockChannel = { ...web, platform: 'app', shows: 'on-off' };
const RULES: StockRules = {
  channels: [web, both, app],
  baseMeans: 'available',
  settle: { quietSeconds: 10, atMostSeconds: 60 },
};
const WEB = channelKey(web);

/** Ten there are, one is claimed, and every channel shows what it was told a day ago. */
function shop(): Sku {
  const since = START - 24 * HOUR;
  let sku = withBase(NOTHING_KNOWN, 'main', { quantity: 10_000, asOf: since }, RULES, since).sku;
  for (const channel of RULES.channels)
    sku = withLinks(sku, catalogueKey(channel), [{ productId: 'p', variantId: 'v' }], RULES, since);
  const claim = {
    order: 'other:s:1',
    line: 'l|A',
    places: ['main'],
    history: [{ version: 1, taken: 1000, gone: 0, since }],
    bookings: [],
  };
  const sale = { platform: 'other', storeId: 's', placedAt: since, before: undefined };
  return allTold(withClaim(sku, claim, sale, RULES, since), since);
}

/** Every channel takes what it should show. */
const allTold = (sku: Sku, at: number): Sku =>
  Object.entries(displaysOf(sku, RULES)).reduce(
    (known, [key, display]) => withShown(known, key, { display, from: at, to: at }, RULES, at),
    sku,
  );

/** Nights in which the channel is seen to show this, and what it is told is taken. */
function nights(sku: Sku, seen: readonly Display[], policy: DriftPolicy, channel = web): Sku[] {
  const after: Sku[] = [];
  let known = sku;
  for (const [night, display] of seen.entries()) {
    const now = START + night * 24 * HOUR;
    const look = { display, observedAt: now - HOUR, comparedAt: now - HOUR };
    known = withSeen(known, channel, { seen: look, policy }, RULES, now);
    after.push(known);
    known = allTold(known, now + 60_000);
  }
  return after;
}

describe('a channel that shows something else than it was told', () => {
  it('is reported, and nothing else', () => {
    const [found] = nights(shop(), [{ units: 50 }], 'report');

    expect(found?.drifted).toEqual({ [WEB]: { seen: { units: 50 }, at: START, repairs: 0 } });
    expect([found?.marks, found?.bases]).toEqual([{}, shop().bases]);
    expect(needsPerson(found!.drifted![WEB]!)).toBe(true);
  });

  it('is told again where that is configured', () => {
    const [found] = nights(shop(), [{ units: 50 }], 'repair');

    expect(found?.drifted).toEqual({ [WEB]: { seen: { units: 50 }, at: START, repairs: 1 } });
    expect(found?.marks).toEqual({ [WEB]: { since: START, dueAt: START } });
    expect(needsPerson(found!.drifted![WEB]!)).toBe(false);
  });

  it('is told twice and then left to a person, for good', () => {
    const wrong = { units: 50 };

    const after = nights(shop(), [wrong, wrong, wrong, wrong, wrong], 'repair');

    expect(after.map(({ marks }) => Object.keys(marks).length)).toEqual([1, 1, 0, 0, 0]);
    expect(after.map(({ drifted }) => drifted?.[WEB]?.review ?? false)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  it('is forgotten once it shows what it should', () => {
    const after = nights(shop(), [{ units: 50 }, { units: 7 }, { units: 50 }], 'repair');

    expect(after.map(({ drifted }) => drifted?.[WEB]?.repairs)).toEqual([1, undefined, 1]);
  });

  it('is told again after all where a person wants that', () => {
    const wrong = { units: 50 };
    const last = nights(shop(), [wrong, wrong, wrong], 'repair').at(-1)!;
    const now = START + 72 * HOUR;

    const told = withRepair(last, web, { display: wrong, observedAt: now - HOUR }, RULES, now);

    expect(told.drifted?.[WEB]).toMatchObject({ repairs: 1 });
    expect(told.marks[WEB]).toBeDefined();
  });

  it('says what there is where its number is adopted: buffer and claims are added, the time stays', () => {
    const [found] = nights(shop(), [{ units: 50 }], 'adopt');

    expect(found?.bases.main).toEqual({ quantity: 53_000, asOf: START - 24 * HOUR });
    expect(displaysOf(found!, RULES)[WEB]).toEqual({ units: 50 });
    expect([found?.marks[WEB], found?.drifted?.[WEB]?.adopted]).toEqual([undefined, true]);
    // The other channels of the place come to show more, too.
    expect(displaysOf(found!, RULES)[channelKey(both)]).toEqual({ units: 50 });
  });

  it('gives way to the next number of the merchant’s system', () => {
    const [found] = nights(shop(), [{ units: 50 }], 'adopt');
    const later = START + HOUR;

    const { sku, outcome } = withBase(found!, 'main', { quantity: 6000, asOf: later }, RULES, later);

    expect([outcome, displaysOf(sku, RULES)[WEB]]).toEqual(['set', { units: 3 }]);
  });

  it.each<[string, StockChannel, Display]>([
    ['sells from several places', both, { units: 50 }],
    ['shows no number', app, { on: false }],
  ])('is only reported where it %s', (_, channel, display) => {
    const [found] = nights(shop(), [display], 'adopt', channel);

    expect(found?.bases).toEqual(shop().bases);
    expect(found?.drifted?.[channelKey(channel)]).toMatchObject({ repairs: 0 });
  });

  it('is left alone once two products have its SKU', () => {
    const links = ['p', 'q'].map((productId) => ({ productId, variantId: 'v' }));
    const ambiguous = withLinks(shop(), catalogueKey(web), links, RULES, START);

    const [found] = nights(ambiguous, [{ units: 50 }], 'repair');

    expect([found?.drifted?.[WEB], found?.marks[WEB]]).toEqual([undefined, undefined]);
  });

  it('is forgotten with its product', () => {
    const [found] = nights(shop(), [{ units: 50 }], 'report');

    expect(withLinks(found!, catalogueKey(web), [], RULES, START).drifted).toBeUndefined();
  });
});
