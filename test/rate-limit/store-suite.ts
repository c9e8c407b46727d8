import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBucket } from '../../functions/rate-limit/bucket.ts';
import type { BucketStore } from '../../functions/rate-limit/store.ts';

/** What every bucket store must do, whatever it keeps its rows in. */
export function describeStore(
  name: string,
  open: () => Promise<{ store: BucketStore; close: () => Promise<void> }>,
) {
  describe(`a bucket store on ${name}`, () => {
    let store: BucketStore;
    let close = async () => {};
    let keys = 0;
    const newKey = () => `suite#${keys++}`;

    beforeAll(async () => {
      ({ store, close } = await open());
    });
    afterAll(() => close());

    it('creates a row that is not there, and returns an empty one as what was before', async () => {
      const outcome = await store.update(newKey(), {
        steps: [{ field: 'tat', to: 1000 }],
        guards: [{ field: 'tat', absent: true, atMost: 500 }],
      });

      expect(outcome).toEqual({ applied: true, before: {} });
    });

    it('adds to a field and returns the row as it was', async () => {
      const key = newKey();
      await store.update(key, { steps: [{ field: 'tat', to: 1000 }], guards: [] });

      const first = await store.update(key, { steps: [{ field: 'tat', by: 500.125 }], guards: [] });
      const second = await store.update(key, { steps: [{ field: 'tat', by: 1 }], guards: [] });

      expect(first).toEqual({ applied: true, before: { tat: 1000 } });
      expect(second).toEqual({ applied: true, before: { tat: 1500.125 } });
    });

    it('refuses a change as a whole and tells the row that refused it', async () => {
      const key = newKey();
      await store.update(key, { steps: [{ field: 'tat', to: 1000 }], guards: [] });

      const outcome = await store.update(key, {
        steps: [
          { field: 'tat', by: 1 },
          { field: 'bulkQueue', to: 5 },
        ],
        guards: [{ field: 'tat', absent: false, above: 1000 }],
      });
      const after = await store.update(key, { steps: [{ field: 'skew', to: 0 }], guards: [] });

      expect(outcome).toEqual({ applied: false, before: { tat: 1000 } });
      expect(after.before).toEqual({ tat: 1000 });
    });

    it.each([
      [{ absent: false, above: 999 }, true],
      [{ absent: false, above: 1000 }, false],
      [{ absent: false, atMost: 1000 }, true],
      [{ absent: false, atMost: 999 }, false],
      [{ absent: true, above: 10, atMost: 2000 }, true],
      [{ absent: true, above: 10, atMost: 20 }, false],
      [{ absent: false, equals: 1000 }, true],
      [{ absent: true, equals: 1001 }, false],
      [{ absent: true }, false],
      [{ absent: false }, true],
    ])('judges %j on 1000 as %s', async (guard, applied) => {
      const key = newKey();
      await store.update(key, { steps: [{ field: 'tat', to: 1000 }], guards: [] });

      const outcome = await store.update(key, {
        steps: [{ field: 'tat', to: 2 }],
        guards: [{ field: 'tat', ...guard }],
      });

      expect(outcome.applied).toBe(applied);
    });

    it.each([
      [{ absent: true }, true],
      [{ absent: false }, false],
      [{ absent: true, equals: 40 }, true],
      [{ absent: false, equals: 40 }, false],
    ])('judges %j on a missing field as %s', async (guard, applied) => {
      const key = newKey();
      await store.update(key, { steps: [{ field: 'tat', to: 1000 }], guards: [] });

      const outcome = await store.update(key, {
        steps: [{ field: 'tat', to: 2 }],
        guards: [{ field: 'limit', ...guard }],
      });

      expect(outcome.applied).toBe(applied);
    });

    it('loses no update of twenty writers at once', async () => {
      const key = newKey();
      await store.update(key, { steps: [{ field: 'tat', to: 0 }], guards: [] });

      const before = await Promise.all(
        Array.from({ length: 20 }, async () => {
          const outcome = await store.update(key, { steps: [{ field: 'tat', by: 1 }], guards: [] });
          return outcome.before.tat;
        }),
      );

      expect([...before].sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual(
        Array.from({ length: 20 }, (_, i) => i),
      );
    });

    it('never sells twenty consumers more than the bucket holds', async () => {
      const key = newKey();
      const clock = { now: () => 1_800_000_000_000 };
      const consumers = Array.from({ length: 20 }, () =>
        createBucket({ store, key, rate: 2, burst: 40, clock }),
      );

      const grants = await Promise.all(consumers.map((bucket) => bucket.take(5, 'urgent')));

      // The clock stands still, so only the burst less its margin can be sold; some may be left after lost races, none invented.
      const granted = grants.reduce((sum, grant) => sum + grant.granted, 0);
      expect(granted).toBeLessThanOrEqual(37);
      expect(granted).toBeGreaterThan(25);
    });
  });
}
