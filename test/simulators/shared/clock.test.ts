import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../support/virtual-clock.ts';

describe('virtual clock', () => {
  it('runs timers in order of their time, each at its own moment', async () => {
    // Arrange
    const clock = createVirtualClock(1000);
    const seen: [string, number][] = [];
    clock.setTimeout(() => seen.push(['late', clock.now()]), 30);
    clock.setTimeout(() => seen.push(['early', clock.now()]), 10);

    // Act
    await clock.advance(20);

    // Assert
    expect(seen).toEqual([['early', 1010]]);
    expect(clock.now()).toBe(1020);
    expect(clock.waiting).toBe(1);
  });

  it('runs a timer that another one added, inside the same advance', async () => {
    const clock = createVirtualClock(0);
    const seen: number[] = [];
    clock.setTimeout(() => clock.setTimeout(() => seen.push(clock.now()), 5), 5);
    await clock.advance(10);
    expect(seen).toEqual([10]);
  });

  it('forgets a cancelled timer', async () => {
    const clock = createVirtualClock(0);
    const seen: number[] = [];
    clock.setTimeout(() => seen.push(1), 5)();
    await clock.advance(10);
    expect(seen).toEqual([]);
  });
});
