import { limitsOf } from '../../../functions/rate-limit/limits.ts';
import { applyChange, type BucketRow, type BucketStore } from '../../../functions/rate-limit/store.ts';
import type { Plan } from '../platform.ts';
import type { Container } from '../queue.ts';
import type { Design } from '../simulate.ts';

/** Reservation alone: every message buys its slot at once, however far away, and comes back for it. */
export const reservation: Design = {
  name: 'GCRA reservation alone',
  start(hands) {
    const buckets = new WeakMap<Container, Reserver>();
    return async (batch, container) => {
      const clock = { now: () => hands.time.now() + container.skewMs };
      const bucket =
        buckets.get(container) ?? createReserver(hands.database.store, hands.scenario.plan, clock);
      buckets.set(container, bucket);
      const unreserved = batch.filter(({ body }) => body.scheduledAt === undefined);
      const slots = unreserved.length === 0 ? [] : await bucket.reserve(unreserved.length);
      const scheduledTimes = new Map(unreserved.map(({ body }, index) => [body.id, slots[index] ?? 0]));
      const placed = batch.map(({ body }) => ({
        ...body,
        scheduledAt: body.scheduledAt ?? scheduledTimes.get(body.id) ?? 0,
      }));
      const now = clock.now();
      const due = placed.filter(({ scheduledAt }) => scheduledAt <= now);
      const waiting = placed
        .filter(({ scheduledAt }) => scheduledAt > now)
        .map((body) => ({
          body,
          delayMs: Math.min(900, Math.max(1, Math.ceil((body.scheduledAt - now) / 1000))) * 1000,
        }));
      const refused = await Promise.all(
        due.map(async (body) => ((await hands.call(body, container)).status === 200 ? [] : [body])),
      );
      await hands.send([...waiting, ...refused.flat().map((body) => ({ body, delayMs: 20_000 }))], container);
      return [];
    };
  },
};

interface Reserver {
  /** Takes `calls` slots however far away they are, and says when each starts. They cannot be given back. */
  reserve(calls: number): Promise<number[]>;
}

function createReserver(store: BucketStore, plan: Plan, clock: { now(): number }): Reserver {
  const { intervalMs, ceilings, hysteresisMs } = limitsOf(plan);
  let row: BucketRow = {};
  return {
    async reserve(calls) {
      for (;;) {
        const now = clock.now();
        const busy = row.tat !== undefined && row.tat > now - hysteresisMs;
        const length = calls * intervalMs;
        const change = busy
          ? {
              steps: [{ field: 'tat' as const, by: length }],
              guards: [{ field: 'tat' as const, absent: false, above: now - hysteresisMs }],
            }
          : {
              steps: [{ field: 'tat' as const, to: now + length }],
              guards: [{ field: 'tat' as const, absent: true, atMost: now }],
            };
        const { applied, before } = await store.update('platform#scope', change);
        row = applied ? applyChange(before, change) : before;
        if (!applied) continue;
        const start = busy ? (before.tat ?? now) : now;
        return Array.from({ length: calls }, (_, i) =>
          Math.max(now, start + (i + 1 - ceilings.urgent) * intervalMs),
        );
      }
    },
  };
}
