import { type Clock, createBucket, type SchedulingBucket } from '../../../functions/rate-limit/bucket.ts';
import { createGate, type Gate, type Verdict } from '../../../functions/rate-limit/gate.ts';
import { TableFault } from '../database.ts';
import type { Container } from '../queue.ts';
import type { Body, Design, Hands } from '../simulate.ts';

/** After the table failed, messages come back this soon (s). */
const AFTER_FAULT_SECONDS = 1;

/** Messages that travel in one. */
const MOST_TOGETHER = 50;

/** This project's own: the bucket and the gate as the functions run them. */
export const twoPhase: Design = {
  name: 'two-phase',
  start(hands) {
    const gates = new WeakMap<Container, { bucket: SchedulingBucket; gate: Gate; clock: Clock }>();
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
      const made = { bucket, clock, gate: createGate({ bucket, sleep: hands.time.sleep }) };
      gates.set(container, made);
      return made;
    };

    return async (batch, container) => {
      const { bucket, gate, clock } = gateOf(container);
      const keptSince = clock.now();
      const work: Promise<void>[] = [];
      let bodies = batch.flatMap(({ body }) => body.cohort ?? [body]);
      for (let kept = false; bodies.length > 0; kept = true) {
        const asked = bodies.map((body) => ({
          ...toWaiting(body),
          ...(kept && { keptMs: clock.now() - keptSince }),
        }));
        const verdicts = await gate
          .admit(asked)
          .catch((error: unknown) => afterFault(error, bodies, clock, kept));
        const next: Body[] = [];
        const waiting: ToSend[] = [];
        let askInMs = 0;
        for (const [index, body] of bodies.entries()) {
          const verdict = verdicts[index];
          if (verdict === undefined) continue;
          if (verdict.go) {
            work.push(callAt(hands, bucket, body, container, verdict.inMs));
            continue;
          }
          const moved = { ...body, scheduledAt: verdict.scheduledAt };
          if ('askInMs' in verdict) {
            next.push(moved);
            askInMs = verdict.askInMs;
          } else waiting.push({ body: moved, delayMs: verdict.delaySeconds * 1000 });
        }
        work.push(hands.send(inCohorts(waiting), container));
        bodies = next;
        if (next.length > 0) await hands.time.sleep(askInMs);
      }
      await Promise.all(work);
      return [];
    };
  },
};

interface ToSend {
  body: Body;
  delayMs: number;
}

function afterFault(error: unknown, bodies: readonly Body[], clock: Clock, kept: boolean): Verdict[] {
  if (!(error instanceof TableFault)) throw error;
  if (kept) return bodies.map(({ id, scheduledAt = 0 }) => ({ id, go: false, askInMs: 300, scheduledAt }));
  const delaySeconds = AFTER_FAULT_SECONDS;
  return bodies.map(({ id, scheduledAt }) => {
    return { id, go: false, delaySeconds, scheduledAt: scheduledAt ?? clock.now() + delaySeconds * 1000 };
  });
}

async function callAt(
  hands: Hands,
  bucket: SchedulingBucket,
  body: Body,
  container: Container,
  waitMs: number,
) {
  if (waitMs > 0) await hands.time.sleep(waitMs);
  await callOnce(hands, bucket, body, container);
}

const toWaiting = ({ id, priority, scheduledAt }: Body) => ({
  id,
  priority,
  ...(scheduledAt !== undefined && { scheduledAt }),
});

/** Messages that come back at one time travel as one. */
function inCohorts(waiting: readonly ToSend[]): ToSend[] {
  const cohorts = Map.groupBy(waiting, ({ body, delayMs }) => `${body.priority} ${delayMs}`);
  return [...cohorts.values()].flatMap(inTens).flatMap((cohort) => {
    const [first] = cohort;
    if (first === undefined) return [];
    if (cohort.length === 1) return [first];
    return [{ ...first, body: { ...first.body, cohort: cohort.map(({ body }) => body) } }];
  });
}

function inTens<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / MOST_TOGETHER) }, (_, i) =>
    items.slice(i * MOST_TOGETHER, (i + 1) * MOST_TOGETHER),
  );
}

async function callOnce(
  hands: Hands,
  bucket: SchedulingBucket,
  body: Body,
  container: Container,
): Promise<void> {
  const askedAt = hands.time.now();
  const reply = await hands.call(body, container);
  const { status, limit, remaining, resetMs } = reply;
  await bucket
    .observe({ limit, remaining, resetMs, ageMs: hands.time.now() - askedAt, throttled: status === 429 })
    .catch((error: unknown) => {
      if (!(error instanceof TableFault)) throw error;
    });
  // A refused call waits like any other: a failure of the limit is not one of the message.
  if (status === 429) {
    await hands.send([{ body: { ...body, attempts: body.attempts + 1 }, delayMs: 2000 }], container);
  }
}
