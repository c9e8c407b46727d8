import { describe, expect, it } from 'vitest';
import { nuvemshop } from '../../../functions/platforms/nuvemshop/platform.ts';
import { afterwards, backwards } from '../merge-outcome.ts';

const { order } = nuvemshop.resources;

describe('an order of Nuvemshop that is fetched again', () => {
  it.each([
    ['closed', 'confirmed', 'updated'],
    ['delivered', 'closed', 'updated'],
    ['cancelled', 'confirmed', 'stale'],
  ] as const)('after %s with a later %s is %s', (status, later, outcome) => {
    expect(afterwards(order, status, later)).toBe(outcome);
  });

  it.each([
    [5, 'stale'],
    [60, 'updated'],
  ] as const)('and goes back in its own time %i s later is %s', (seen, outcome) => {
    expect(backwards(order, seen)).toBe(outcome);
  });
});
