import { describe, expect, it } from 'vitest';
import { type MasteredOptions, MasteredWorld } from './mastered-world.ts';

/** `STOCK_SEED` draws another world, `STOCK_SALES` makes it longer or shorter. */
const SEED = Number(process.env.STOCK_SEED ?? 4);
const SALES = Number(process.env.STOCK_SALES ?? 2_000);
const OPTIONS: MasteredOptions = { seed: SEED, sales: SALES, skus: 60, hours: 24, faults: true };

const settled = async (options: MasteredOptions) => {
  const world = new MasteredWorld(options);
  await world.settle();
  return world;
};

describe('a shop that counts for all channels', () => {
  it('has each sale of the others taken from its number once, whatever is lost, refused or dies', async () => {
    for (const seed of [SEED, SEED + 1]) {
      const world = await settled({ ...OPTIONS, seed });

      expect(world.wrong()).toEqual([]);
      expect(world.counts.absolute).toBe(0);
      expect(world.counts.elsewhere).toBeGreaterThan(SALES / 10);
      expect(Math.min(world.counts.deaths, world.counts.lost)).toBeGreaterThan(SALES / 200);
      expect(world.alike.size).toBeGreaterThan(0);
    }
  });

  it('needs no person where nothing goes wrong', async () => {
    const world = await settled({ ...OPTIONS, sales: SALES / 2, faults: false });

    expect(world.wrong()).toEqual([]);
    expect(world.counts.doubts).toBe(0);
  });
});
