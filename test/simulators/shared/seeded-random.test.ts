import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSeededRandom } from '../../../local/platforms/shared/seeded-random.ts';

describe('seeded random', () => {
  it('gives the same sequence for the same seed and another one for another', () => {
    const draw = (seed: string) => {
      const random = createSeededRandom(seed);
      return [random.next(), random.int(1, 6), random.hex(8), random.ulid(0), random.uuid()];
    };
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('a')).not.toEqual(draw('b'));
  });

  it('stays inside its bounds whatever the seed', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer(), fc.nat(1000), (seed, min, span) => {
        const random = createSeededRandom(seed);
        for (let i = 0; i < 20; i += 1) {
          const value = random.int(min, min + span);
          expect(value).toBeGreaterThanOrEqual(min);
          expect(value).toBeLessThanOrEqual(min + span);
          const unit = random.next();
          expect(unit).toBeGreaterThanOrEqual(0);
          expect(unit).toBeLessThan(1);
        }
      }),
    );
  });

  it('meets a probability about as often as it says', () => {
    const random = createSeededRandom(7);
    const hits = Array.from({ length: 10_000 }, () => random.chance(0.3)).filter(Boolean).length;
    expect(hits).toBeGreaterThan(2_800);
    expect(hits).toBeLessThan(3_200);
  });

  it('forks into a generator that does not shift the first one', () => {
    const alone = createSeededRandom(1);
    const forked = createSeededRandom(1);
    forked.fork('other').next();
    expect(forked.next()).toBe(alone.next());
  });

  it('writes the time of a ULID into its first ten characters, and refuses to pick from nothing', () => {
    const random = createSeededRandom(1);
    expect(random.ulid(1_469_918_176_385)).toMatch(/^01ARYZ6S41[0-9A-HJKMNP-TV-Z]{16}$/);
    expect(() => random.pick([])).toThrow(RangeError);
  });
});
