import { describe, expect, it } from 'vitest';
import { callFromOneAddress } from '../../bench/throttle/one-address.ts';
import { createMemoryStore } from '../../functions/rate-limit/store.ts';

describe('two deployments behind one source address', () => {
  it('are refused calls, because each has a bucket of its own: each deployment needs its own address', async () => {
    const { refused } = await callFromOneAddress([createMemoryStore(), createMemoryStore()]);

    expect(refused).toBeGreaterThan(0);
  });

  it('would not be, with one table', async () => {
    const shared = createMemoryStore();

    const { calls, refused } = await callFromOneAddress([shared, shared]);

    expect(calls).toBeGreaterThan(200);
    expect(refused).toBe(0);
  });
});
