import { describe, expect, it } from 'vitest';
import { BudgetExhausted, createCallBudget } from '../../../functions/pipeline/reconcile/call-budget.ts';
import type { Bucket, Grant } from '../../../functions/rate-limit/bucket.ts';
import { movedClock } from '../../support/fakes.ts';

/** A budget on a bucket that answers `waits`: the milliseconds until there is a slot, 0 for one now. */
function open(waits: (number | undefined)[], remainingMs = () => 300_000) {
  const clock = movedClock();
  const priorities: string[] = [];
  const bucket: Bucket = {
    observe: async () => {},
    async take(_calls, priority): Promise<Grant> {
      priorities.push(priority);
      const wait = waits.length > 0 ? waits.shift() : 0;
      if (wait === 0) return { granted: 1 };
      return { granted: 0, ...(wait === undefined ? {} : { retryAt: clock.now() + wait }) };
    },
  };
  const began = clock.now();
  return {
    priorities,
    waited: () => clock.now() - began,
    budget: createCallBudget({ bucket, clock, remainingMs, slowestCallMs: 45_000 }),
  };
}
const reasonOf = (taking: Promise<void>) =>
  taking.then(
    () => undefined,
    (error: unknown) => (error instanceof BudgetExhausted ? error.reason : error),
  );

describe('a call budget', () => {
  it('takes what live traffic leaves, without waiting while there is some', async () => {
    const { budget, priorities, waited } = open([]);

    await budget.take();

    expect(priorities).toEqual(['bulk']);
    expect(waited()).toBe(0);
  });

  it('waits for a slot that is near, and asks again for it', async () => {
    const { budget, priorities, waited } = open([4000, 3000, 0]);

    await budget.take();

    expect(priorities).toHaveLength(3);
    expect(waited()).toBe(7000);
  });

  it.each([
    ['is far away', 5001],
    ['nobody can name', undefined],
  ])('ends the run at once when the next slot %s', async (_what, wait) => {
    const { budget, waited } = open([wait]);

    expect(await reasonOf(budget.take())).toBe('slots');
    expect(waited()).toBe(0);
  });

  it('waits no longer in all than two minutes, over all calls of a run', async () => {
    const { budget, waited } = open(Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? 5000 : 0)));

    let reason: unknown;
    for (let calls = 0; calls < 100 && reason === undefined; calls += 1)
      reason = await reasonOf(budget.take());

    expect(reason).toBe('slots');
    expect(waited()).toBe(120_000);
  });

  it('begins no call for which the time of the run might be too short, and takes no slot for it', async () => {
    let left = 46_000;
    const { budget, priorities } = open([], () => left);

    await budget.take();
    left = 44_999;

    expect(await reasonOf(budget.take())).toBe('time');
    expect(priorities).toHaveLength(1);
  });

  it('looks at the time again after it waited', async () => {
    let left = 46_000;
    const { budget, priorities } = open([2000], () => {
      left -= 1000;
      return left;
    });

    expect(await reasonOf(budget.take())).toBe('time');
    expect(priorities).toHaveLength(1);
  });
});
