import { type Clock, createBucket, type SchedulingBucket } from '../../../functions/rate-limit/bucket.ts';
import { createGate, type Gate } from '../../../functions/rate-limit/gate.ts';
import type { Container } from '../queue.ts';
import type { Body, Design, Hands } from '../simulate.ts';

/** This project's own: the bucket and the gate as the functions run them. */
export const twoPhase: Design = {
  name: 'two-phase',
  start(hands) {
    const gates = new WeakMap<Container, { bucket: SchedulingBucket; gate: Gate }>();
    const gateOf = (container: Container) => {
      const known = gates.get(container);
      if (known) return known;
      const clock: Clock = { now: () => hands.time.now() + container.skewMs };
      const bucket = createBucket({
        store: hands.database.store,
        key: 'platform#scope',
        ...(hands.scenario.configured ?? hands.scenario.plan),
        clock,
      });
      const made = { bucket, gate: createGate({ bucket, clock, sleep: hands.time.sleep }) };
      gates.set(container, made);
      return made;
    };

    return async (batch, container) => {
      const { bucket, gate } = gateOf(container);
      const bodies = batch.map(({ body }) => body);
      const verdicts = await gate.admit(
        bodies.map(({ id, priority, scheduledAt }) => ({
          id,
          priority,
          ...(scheduledAt !== undefined && { scheduledAt }),
        })),
      );
      const waiting = verdicts.flatMap((verdict, index) => {
        const body = bodies[index];
        if (verdict.go || body === undefined) return [];
        return [
          { body: { ...body, scheduledAt: verdict.scheduledAt }, delayMs: verdict.delaySeconds * 1000 },
        ];
      });
      const calls = bodies.filter((_, index) => verdicts[index]?.go);
      await Promise.all([
        hands.send(waiting, container),
        ...calls.map((body) => callOnce(hands, bucket, body, container)),
      ]);
      return [];
    };
  },
};

async function callOnce(
  hands: Hands,
  bucket: SchedulingBucket,
  body: Body,
  container: Container,
): Promise<void> {
  const reply = await hands.call(body, container);
  const { status, limit, remaining, resetMs } = reply;
  await bucket.observe({ limit, remaining, resetMs, throttled: status === 429 });
  // A refused call waits like any other: a failure of the limit is not one of the message.
  if (status === 429) {
    await hands.send([{ body: { ...body, attempts: body.attempts + 1 }, delayMs: 2000 }], container);
  }
}
