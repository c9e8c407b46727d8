import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLoop } from '../../chaos/time/loop.ts';

describe('the virtual time line', () => {
  it('runs timers in order of their time, and of their making where that is the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 20 }), { maxLength: 60 }), async (waits) => {
        const loop = createLoop(1000);
        const seen: { at: number; order: number }[] = [];
        waits.forEach(
          (wait, order) => void loop.setTimeout(() => seen.push({ at: loop.now(), order }), wait),
        );
        await loop.run({ until: 2000 });
        const wanted = waits
          .map((wait, order) => ({ at: 1000 + wait, order }))
          .sort((a, b) => a.at - b.at || a.order - b.order);
        expect(seen).toEqual(wanted);
        expect(loop.now()).toBe(2000);
      }),
      { numRuns: 50 },
    );
  });

  it('lets promises run before the next timer', async () => {
    // Arrange
    const loop = createLoop(0);
    const seen: string[] = [];
    const sleep = (ms: number) => new Promise<void>((resolve) => void loop.setTimeout(resolve, ms));
    const walk = async (name: string) => {
      for (const step of [1, 2]) {
        await sleep(10);
        seen.push(`${name}${step} at ${loop.now()}`);
      }
    };

    // Act
    void walk('a');
    void walk('b');
    await loop.run({ until: 100 });

    // Assert
    expect(seen).toEqual(['a1 at 10', 'b1 at 10', 'a2 at 20', 'b2 at 20']);
  });

  it('forgets a cancelled timer, and stops where it is told to', async () => {
    // Arrange
    const loop = createLoop(0);
    const seen: number[] = [];
    const cancel = loop.at(5, () => seen.push(5));
    loop.at(6, () => seen.push(6));
    loop.at(7, () => seen.push(7));
    cancel();

    // Act
    await loop.run({ until: 100, done: () => seen.length > 0 });

    // Assert
    expect(seen).toEqual([6]);
    expect(loop.now()).toBe(6);
  });
});
