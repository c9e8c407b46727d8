import { describe, expect, it } from 'vitest';
import { OversellWorld, STREAM_LAG_MS, type WorldOptions } from './oversell-world.ts';
import { repairDrift, settle, settleUntil } from './world-endings.ts';

/** `STOCK_SEED` draws another world, `STOCK_SALES` makes it longer or shorter. */
const SEED = Number(process.env.STOCK_SEED ?? 1);
const SALES = Number(process.env.STOCK_SALES ?? 2_000);
const START = Date.parse('2026-11-22T12:00:00.000Z');
const HOUR_MS = 3_600_000;

const BOOKS_LATE: WorldOptions = {
  seed: SEED,
  sales: SALES,
  skus: 200,
  hours: 24,
  repeats: true,
  erp: { baseMeans: 'available', acknowledges: true },
};
/** What is enough to see the other systems in. */
const SHORTER = { ...BOOKS_LATE, sales: Math.max(1_000, SALES / 10) };

/** Worlds that only looks were had at; each takes seconds. */
const worlds = new Map<WorldOptions, OversellWorld>();
const settled = (options: WorldOptions) => {
  const world = worlds.get(options) ?? new OversellWorld(options);
  if (!worlds.has(options)) settle(world, { books: true });
  worlds.set(options, world);
  return world;
};

describe.each<[string, WorldOptions]>([
  ['books late and sends what it read before', BOOKS_LATE],
  ['counts what lies in the house', { ...SHORTER, erp: { baseMeans: 'onHand', acknowledges: true } }],
  ['never acknowledges', { ...SHORTER, untilHours: 2, erp: { baseMeans: 'available', acknowledges: false } }],
  [
    'is down for three days',
    {
      ...SHORTER,
      hours: 120,
      erp: {
        baseMeans: 'available',
        acknowledges: true,
        down: { from: START + 24 * HOUR_MS, to: START + 96 * HOUR_MS },
      },
    },
  ],
])('a shop whose system %s', (_, options) => {
  it('shows on every channel exactly what there is, once all has settled', () => {
    const world = settled(options);

    expect(world.wronglyClaimed()).toEqual([]);
    expect(world.wrong()).toEqual([]);
    expect(world.longestDeficitMs).toBeLessThanOrEqual(STREAM_LAG_MS);
  });
});

describe('a shop', () => {
  it('claims exactly what is open while its system stands still, and shows what is left', () => {
    const erp = {
      baseMeans: 'available',
      acknowledges: true,
      down: { from: START + HOUR_MS, to: START + 30 * HOUR_MS },
    } as const;
    const world = new OversellWorld({ ...SHORTER, erp });

    settleUntil(world, START + 29 * HOUR_MS);

    expect(world.wronglyClaimed()).toEqual([]);
    expect(world.wrong()).toEqual([]);
  });

  it('knows what its channels show: without a hand in the panel there is nothing to repair at night', () => {
    const world = settled({ ...SHORTER });

    repairDrift(world);

    expect(world.counts.drifts).toBe(0);
  });

  it('repairs at night what somebody typed into a panel', () => {
    const world = settled({ ...SHORTER });
    for (let edits = 0; edits < 50; edits += 1) world.editInPanel();
    const before = world.wrong();

    repairDrift(world);

    expect(before).not.toEqual([]);
    expect(world.wrong()).toEqual([]);
  });

  it('does nothing twice: of all that comes again nothing changes anything', () => {
    const { repeats, repeatsThatChanged } = settled(BOOKS_LATE).counts;

    expect(repeats).toBeGreaterThan(SALES / 2);
    expect(repeatsThatChanged).toBe(0);
  });

  it('shows not a unit-second more where webhooks and records come again', () => {
    const [once, repeated] = [settled({ ...SHORTER, repeats: false }), settled({ ...SHORTER })];

    expect(repeated.counts.repeats).toBeGreaterThan(100);
    expect([...repeated.meter.unitSeconds]).toEqual([...once.meter.unitSeconds]);
    expect(repeated.stock.counts).toEqual(once.stock.counts);
  });

  it('frees nothing before it is booked where its system never acknowledges', () => {
    const erp = { baseMeans: 'available', acknowledges: false } as const;
    const world = new OversellWorld({ ...SHORTER, untilHours: 2, erp });

    settleUntil(world, START + 20 * HOUR_MS);

    expect(world.freedEarly()).toEqual([]);
  });

  it('of which nobody is the master is told nothing, whatever is sold', () => {
    const world = settled({ ...SHORTER, told: false });
    expect(world.counts.sales).toBeGreaterThan(SHORTER.sales / 2);
    expect(world.stock.counts).toMatchObject({ calls: 0, told: 0 });
    expect(Object.values(world.stock.skus).flatMap(({ marks }) => Object.keys(marks))).toEqual([]);
  });
});
