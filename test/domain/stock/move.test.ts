import { describe, expect, it } from 'vitest';
import { channelKey, type StockChannel } from '../../../functions/domain/stock/channel.ts';
import type { Claim } from '../../../functions/domain/stock/claim.ts';
import { catalogueKey } from '../../../functions/domain/stock/links.ts';
import {
  withCounted,
  withMove,
  withOwnSale,
  withSoldElsewhere,
} from '../../../functions/domain/stock/mastered.ts';
import {
  begun,
  changeOf,
  foundMade,
  type Move,
  type MoveCall,
  made,
  notMade,
  openOf,
  verdictOf,
} from '../../../functions/domain/stock/move.ts';
import { withClaim } from '../../../functions/domain/stock/sale.ts';
import {
  claimedByPlaces,
  displaysOf,
  NOTHING_KNOWN,
  type Sku,
  type StockRules,
  withLinks,
} from '../../../functions/domain/stock/sku.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const MINUTE = 60_000;
const web: StockChannel = {
  platform: 'web',
  storeId: 's',
  sells: ['main'],
  buffer: 0,
  shows: 'number',
  isMaster: true,
};
const mall: StockChannel = { platform: 'mall', storeId: 's', sells: ['main'], buffer: 2, shows: 'number' };
const RULES: StockRules = {
  channels: [web, mall],
  baseMeans: 'available',
  settle: { quietSeconds: 10, atMostSeconds: 60 },
};
const [WEB, MALL] = [channelKey(web), channelKey(mall)];
const linked = RULES.channels.reduce(
  (sku, channel) => withLinks(sku, catalogueKey(channel), [{ productId: 'p', variantId: 'v' }], RULES, NOW),
  NOTHING_KNOWN,
);
/** The platform that counts has ten. */
const ten = withCounted(linked, 'main', { units: 10 }, NOW, RULES, NOW);

const LINE = 'mall:s:1#l|A';
const claim = (units: number, version = 1): Claim => ({
  order: 'mall:s:1',
  line: 'l|A',
  places: ['main'],
  history: [{ version, taken: units * 1000, gone: 0, since: NOW }],
  bookings: [],
});
const sold = (sku: Sku, units: number, version = 1): Sku =>
  withSoldElsewhere(
    sku,
    claim(units, version),
    { platform: 'mall', storeId: 's', placedAt: NOW, before: undefined },
    RULES,
    NOW,
  );
const moveIn = (sku: Sku): Move => sku.moves[LINE]!;
const left = (sku: Sku) => displaysOf(sku, RULES)[MALL];
/** The call was made, and its platform had so many before and has so many now. */
function applied(sku: Sku, before: number, after: number): Sku {
  const running = withMove(sku, begun(moveIn(sku), { units: before }, NOW), RULES, NOW);
  const done = withMove(running, made(moveIn(running), after), RULES, NOW + 1);
  return withCounted(done, 'main', { units: after }, NOW + 1, RULES, NOW + 1);
}

describe('a channel whose platform counts', () => {
  it('is told nothing, and the others follow its number', () => {
    expect(displaysOf(ten, RULES)).toEqual({ [MALL]: { units: 8 } });
    expect(Object.keys(ten.marks)).toEqual([MALL]);
  });

  it('has its own sales in its number: they claim nothing', () => {
    const after = withOwnSale(ten, ['main'], { from: NOW + 1, to: NOW + 1 }, RULES, NOW + 1);

    expect(claimedByPlaces(after, RULES)).toEqual({});
    expect(left(after)).toEqual({ units: 8 });
  });

  it('is asked for its number where that is older than a sale of its own, once it had the time to tell', () => {
    const after = withOwnSale(ten, ['main'], { from: NOW + 1, to: NOW + 1 }, RULES, NOW + 1);
    const asked = withCounted(after, 'main', { units: 9 }, NOW + MINUTE, RULES, NOW + MINUTE);

    expect(after.marks[WEB]).toEqual({ since: NOW + 1, dueAt: NOW + 20_001 });
    expect(asked.marks[WEB]).toBeUndefined();
    expect(left(asked)).toEqual({ units: 7 });
  });

  it('never lets an older number count', () => {
    const late = withCounted(ten, 'main', { units: 99 }, NOW - 1, RULES, NOW);

    expect(left(late)).toEqual({ units: 8 });
  });

  it('frees the claims of the time before it counted: nobody acknowledges them', () => {
    const before = { ...RULES, channels: [{ ...web, isMaster: undefined }, mall] };
    const sale = { platform: 'mall', storeId: 's', placedAt: NOW, before: undefined };
    const claiming = withClaim(ten, claim(4), sale, before, NOW);

    const after = withCounted(claiming, 'main', { units: 10 }, NOW + 1, RULES, NOW + 1);

    expect(Object.keys(claiming.claims)).toHaveLength(1);
    expect([after.claims, left(after)]).toEqual([{}, { units: 8 }]);
  });
});

describe('a line that was sold elsewhere', () => {
  it('is a claim until the number has it, and then none', () => {
    const wanted = sold(ten, 3);
    const done = applied(wanted, 10, 7);

    expect([left(wanted), left(done)]).toEqual([{ units: 5 }, { units: 5 }]);
    expect([moveIn(wanted).state, moveIn(done).state]).toEqual(['wanted', 'applied']);
    expect([wanted.marks[WEB]?.dueAt, done.marks[WEB]]).toEqual([NOW, undefined]);
    expect([openOf(moveIn(wanted)), openOf(moveIn(done))]).toEqual([3000, 0]);
  });

  it('is a claim also while nobody knows whether the call was made', () => {
    const wanted = sold(ten, 3);
    const running = withMove(wanted, begun(moveIn(wanted), { units: 10 }, NOW), RULES, NOW);

    expect(left(running)).toEqual({ units: 5 });
    expect(running.marks[WEB]?.dueAt).toBe(NOW + 2 * MINUTE);
  });

  it('changes nothing when it comes again, and neither does an older version', () => {
    const done = applied(sold(ten, 3, 2), 10, 7);

    expect(sold(done, 3, 2)).toBe(done);
    expect(sold(done, 1, 1)).toBe(done);
  });

  it('gives back what was really taken when it is cancelled: a platform stops at 0 without a word', () => {
    const two = withCounted(linked, 'main', { units: 2 }, NOW, RULES, NOW);
    const done = applied(sold(two, 3), 2, 0);

    const cancelled = sold(done, 0, 2);

    expect(moveIn(done)).toMatchObject({ settled: 3, taken: 2 });
    expect(changeOf(moveIn(cancelled))).toBe(2);
    expect(openOf(moveIn(cancelled))).toBe(0);
  });

  it('gives back nothing where it was cancelled before anything was taken', () => {
    const cancelled = sold(sold(ten, 3), 0, 2);

    expect(moveIn(cancelled)).toMatchObject({ state: 'applied', taken: 0 });
    expect(moveIn(sold(ten, 0) as Sku)).toBeUndefined();
  });

  it('that is edited while its call runs is changed by the difference afterwards', () => {
    const wanted = sold(ten, 3);
    const running = withMove(wanted, begun(moveIn(wanted), { units: 10 }, NOW), RULES, NOW);

    const edited = sold(running, 1, 2);
    const done = withMove(edited, made(moveIn(edited), 7), RULES, NOW);

    expect([moveIn(edited).state, openOf(moveIn(edited))]).toEqual(['running', 3000]);
    expect([moveIn(done).state, changeOf(moveIn(done))]).toEqual(['wanted', 2]);
  });

  it('takes a whole unit for one that was begun', () => {
    expect(moveIn(sold(ten, 0.375)).wanted).toBe(1);
  });

  it('is taken from where most is', () => {
    const channels: StockChannel[] = [
      { ...web, locationId: 'north', sells: ['north'] },
      { ...web, locationId: 'south', sells: ['south'] },
      { ...mall, sells: ['north', 'south'] },
    ];
    const rules = { ...RULES, channels };
    const counted = withCounted(linked, 'north', { units: 1 }, NOW, rules, NOW);
    const both = withCounted(counted, 'south', { units: 5 }, NOW, rules, NOW);
    const sale = { platform: 'mall', storeId: 's', placedAt: NOW, before: undefined };

    const after = withSoldElsewhere(both, { ...claim(1), places: ['north', 'south'] }, sale, rules, NOW);

    expect(moveIn(after).place).toBe('south');
  });
});

describe('a call whose outcome is not known', () => {
  const call: MoveCall = { change: -2, wanted: 2, before: 10, changedAt: NOW - MINUTE, at: NOW };
  const [then, later] = [NOW + 1000, NOW + 3 * MINUTE];

  it.each([
    ['was made when the number is as it should be', { units: 8, changedAt: then }, undefined, 'made'],
    ['was not made when nothing has changed', { units: 10, changedAt: NOW - MINUTE }, undefined, 'not-made'],
    [
      'was not made when nothing has changed, whatever was said of sales',
      { units: 10, changedAt: NOW - MINUTE },
      then,
      'not-made',
    ],
    ['cannot be told when a hand in the panel hides it', { units: 9, changedAt: then }, undefined, 'hidden'],
    ['cannot be told when a sale looks like it', { units: 8, changedAt: then }, then, 'hidden'],
    [
      'cannot be told when the number changed long after',
      { units: 8, changedAt: later },
      undefined,
      'hidden',
    ],
    ['cannot be told when what came back hides it', { units: 10, changedAt: then }, undefined, 'hidden'],
    ['was made whatever was sold long before', { units: 8, changedAt: then }, NOW - MINUTE, 'made'],
  ])('%s', (_, counted, ownAt, verdict) => {
    expect(verdictOf(call, counted, ownAt)).toBe(verdict);
  });

  it.each([
    ['was made', 8, 'made'],
    ['was not made', 10, 'not-made'],
  ])(
    'of a platform that does not say when its number changed: it %s, by the number alone',
    (_, units, verdict) => {
      const { changedAt: __, ...silent } = call;

      expect(verdictOf(silent, { units }, undefined)).toBe(verdict);
    },
  );

  describe('that a look found made', () => {
    const DAY = 24 * 60 * MINUTE;
    const foundIn = (sku: Sku) => {
      const running = withMove(sku, begun(moveIn(sku), { units: 10 }, NOW), RULES, NOW);
      return withMove(running, foundMade(moveIn(running), 8), RULES, NOW + 2 * MINUTE);
    };
    const found = foundIn(sold(ten, 2));
    const ownSale = (sku: Sku, from: number, to = from) =>
      withOwnSale(sku, ['main'], { from, to }, RULES, NOW + 30 * MINUTE);

    it('is done, and no claim', () => {
      expect(moveIn(found)).toMatchObject({ state: 'applied', settled: 2, taken: 2 });
      expect(claimedByPlaces(found, RULES)).toEqual({});
    });

    it('is not known any more when a sale of that time is heard of later: it is looked at again', () => {
      const after = ownSale(found, NOW + 3000);

      expect(moveIn(after)).toMatchObject({ state: 'running', settled: 0, taken: 0, call: { change: -2 } });
      expect(moveIn(after).presumed).toBeUndefined();
      expect(claimedByPlaces(after, RULES)).toEqual({ main: 2000 });
      expect(after.marks[WEB]?.dueAt).toBe(NOW + 2 * MINUTE);
      expect(verdictOf(moveIn(after).call!, { units: 8 }, after.ownAt?.main)).toBe('hidden');
    });

    it.each([
      ['before it', NOW - MINUTE, NOW - MINUTE, 'applied'],
      ['long after it', NOW + 3 * MINUTE, NOW + 3 * MINUTE, 'applied'],
      ['before it, and changed after it', NOW - MINUTE, NOW + 3 * MINUTE, 'running'],
    ])('is doubted only for what changed the number then: a sale that was %s', (_, from, to, state) => {
      expect(moveIn(ownSale(found, from, to)).state).toBe(state);
    });

    it('is not changed once more for an hour: nobody gives back what may never have been taken', () => {
      const cancelled = sold(found, 0, 2);

      expect(moveIn(cancelled).state).toBe('wanted');
      expect(cancelled.marks[WEB]?.dueAt).toBe(NOW + 60 * MINUTE);
    });

    it('is taken back whole when its line was edited meanwhile', () => {
      const after = ownSale(sold(found, 1, 2), NOW + 3000);

      expect(moveIn(after)).toMatchObject({ state: 'running', wanted: 1, settled: 0, call: { wanted: 2 } });
    });

    it('is doubted for a day: then no sale of that time is on its way any more', () => {
      const counted = (at: number) =>
        moveIn(withCounted(found, 'main', { units: 8 }, at, RULES, at)).presumed !== undefined;

      expect([counted(NOW + DAY - 1), counted(NOW + DAY)]).toEqual([true, false]);
    });
  });

  it('is made again only where it was not made', () => {
    const wanted = moveIn(sold(ten, 2));
    const running = begun(wanted, { units: 10 }, NOW);

    expect(notMade(running)).toEqual(wanted);
    expect(made(running, undefined)).toMatchObject({ state: 'applied', taken: 2 });
  });
});
