import { describe, expect, it } from 'vitest';
import { nuvemshop } from '../../../functions/platforms/nuvemshop/platform.ts';
import { outcomeOf } from '../merge-outcome.ts';

const { order } = nuvemshop.resources;

describe('an order of Nuvemshop that is fetched again', () => {
  it.each([
    ['closed', 'confirmed', 'updated'],
    ['delivered', 'closed', 'updated'],
    ['cancelled', 'confirmed', 'stale'],
  ] as const)('after %s with a later %s is %s', (status, later, outcome) => {
    const first = { status, changed: 1, seen: 1 };

    expect(outcomeOf(order, first, { status: later, changed: 2, seen: 2 })).toBe(outcome);
  });

  it.each([
    [5, 'stale'],
    [60, 'updated'],
  ] as const)('and goes back in its own time %i s later is %s', (seen, outcome) => {
    const first = { status: 'ready', changed: 10, seen: 0 } as const;

    expect(outcomeOf(order, first, { status: 'confirmed', changed: 5, seen })).toBe(outcome);
  });
});
