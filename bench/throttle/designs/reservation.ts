import { createBucket, type SchedulingBucket } from '../../../functions/rate-limit/bucket.ts';
import type { Container } from '../queue.ts';
import type { Design } from '../simulate.ts';

/** Reservation alone: every message buys its slot at once, however far away, and comes back for it. */
export const reservation: Design = {
  name: 'GCRA reservation alone',
  start(hands) {
    const buckets = new WeakMap<Container, SchedulingBucket>();
    return async (batch, container) => {
      const clock = { now: () => hands.time.now() + container.skewMs };
      const bucket =
        buckets.get(container) ??
        createBucket({ store: hands.database.store, key: 'platform#scope', ...hands.scenario.plan, clock });
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
