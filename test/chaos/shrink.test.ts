import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describe as describePlan, partsOf, thinOut } from '../../chaos/campaign/parts.ts';
import { shrink } from '../../chaos/campaign/shrink.ts';
import { drawPlan } from '../../chaos/plan/plan.ts';

describe('the shortening of a schedule', () => {
  it('finds exactly the parts that are needed', async () => {
    const parts = Array.from({ length: 40 }, (_, index) => `p${index}`);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.constantFrom(...parts), { minLength: 1, maxLength: 4 }),
        async (needed) => {
          const short = await shrink(
            parts,
            async (kept) => needed.every((part) => kept.includes(part)),
            1000,
          );
          expect(short.toSorted()).toEqual(needed.toSorted());
        },
      ),
      { numRuns: 50 },
    );
  });

  it('spends no more trials than it is given, and still gives a schedule that fails', async () => {
    let trials = 0;
    const parts = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const short = await shrink(
      parts,
      async (kept) => {
        trials += 1;
        return kept.includes('d');
      },
      3,
    );
    expect(trials).toBe(3);
    expect(short).toContain('d');
  });
});

describe('the parts of a plan', () => {
  it('make the same plan when all are kept, and name what is left when some are', () => {
    // Arrange
    const whole = drawPlan('7', 6);

    // Act
    const all = partsOf(whole, whole);
    const some = thinOut(whole, ['o1', 'o1.0', 'f0']);

    // Assert
    expect(thinOut(whole, all)).toEqual(whole);
    expect(some.orders).toHaveLength(1);
    expect(some.faults).toEqual(whole.faults.slice(0, 1));
    expect(describePlan(whole, ['o1', 'f0'])).toHaveLength(2);
  });

  it('are the same for the same seed', () => {
    expect(drawPlan('3', 6)).toEqual(drawPlan('3', 6));
    expect(drawPlan('3', 6)).not.toEqual(drawPlan('4', 6));
  });
});
