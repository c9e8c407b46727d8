import Bottleneck from 'bottleneck';
import rateLimiters from 'rate-limiter-flexible';
import type { Clock } from '../../../functions/rate-limit/clock.ts';
import type { Container } from '../queue.ts';
import type { Body, Design, Hands } from '../simulate.ts';

/** Calls until the platform accepts, sleeping between refusals: exponential backoff with full jitter, at most 20 s. */
async function callUntilAccepted(hands: Hands, body: Body, container: Container): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const { status } = await hands.call(body, container);
    if (status === 200) return;
    await hands.time.sleep(hands.random.next() * Math.min(20_000, 1000 * 2 ** attempt));
  }
}

/** No limiter: call, and back off in process when refused. */
export const backoff: Design = {
  name: 'no limiter, backoff with jitter',
  start: (hands) => async (batch, container) => {
    await Promise.all(batch.map(({ body }) => callUntilAccepted(hands, body, container)));
    return [];
  },
};

/** No limiter: a refused message fails, and the queue brings it again after its visibility timeout. */
export const queueRetry: Design = {
  name: 'no limiter, SQS retry after 30 s',
  queue: { visibilityMs: 30_000, maxReceives: Number.POSITIVE_INFINITY },
  start: (hands) => async (batch, container) => {
    const replies = await Promise.all(batch.map(({ body }) => hands.call(body, container)));
    return batch.filter((_, index) => replies[index]?.status !== 200);
  },
};

/** The event source itself is the limiter: as many functions at once as the platform has calls a second, one second each. */
export const maximumConcurrency: Design = {
  name: 'event source maximumConcurrency 2',
  queue: { concurrency: 2, batchSize: 1, windowMs: 0 },
  start: (hands) => async (batch, container) => {
    await Promise.all([
      hands.time.sleep(1000 * (2 / hands.scenario.plan.rate)),
      ...batch.map(({ body }) => callUntilAccepted(hands, body, container)),
    ]);
    return [];
  },
};

/** bottleneck 2.19 in each process, which knows nothing of the others: with the whole limit, or with a part of it. */
export function bottleneck(parts: number): Design {
  return {
    name: parts === 1 ? 'bottleneck per process, full limit' : 'bottleneck per process, a 50th each',
    globals: true,
    start(hands) {
      const limiters = new WeakMap<Container, Bottleneck>();
      const { rate, burst } = hands.scenario.plan;
      return async (batch, container) => {
        const limiter =
          limiters.get(container) ??
          (parts === 1
            ? new Bottleneck({
                reservoir: burst,
                reservoirIncreaseInterval: 500,
                reservoirIncreaseAmount: rate / 2,
                reservoirIncreaseMaximum: burst,
              })
            : new Bottleneck({ minTime: (1000 * parts) / rate, maxConcurrent: 1 }));
        limiters.set(container, limiter);
        await Promise.all(
          batch.map(({ body }) => limiter.schedule(() => callUntilAccepted(hands, body, container))),
        );
        return [];
      };
    },
  };
}

/** rate-limiter-flexible 11.4 on DynamoDB: a fixed window of the burst, waiting in process for the next one. */
export const flexible: Design = {
  name: 'rate-limiter-flexible RateLimiterDynamo',
  globals: true,
  start(hands) {
    const { rate, burst } = hands.scenario.plan;
    const limiter = new rateLimiters.RateLimiterDynamo({
      storeClient: hands.database.client,
      points: burst,
      duration: burst / rate,
      tableCreated: true,
      ttlSet: true,
      inMemoryBlockOnConsumed: burst,
    });
    const admitted = async (): Promise<void> => {
      for (;;) {
        try {
          await limiter.consume('platform');
          return;
        } catch (refusal) {
          if (!(refusal instanceof rateLimiters.RateLimiterRes)) throw refusal;
          await hands.time.sleep(refusal.msBeforeNext + hands.random.next() * 1000);
        }
      }
    };
    return async (batch, container) => {
      await Promise.all(
        batch.map(async ({ body }) => {
          await admitted();
          await callUntilAccepted(hands, body, container);
        }),
      );
      return [];
    };
  },
};

const clockOf = (hands: Hands, container: Container): Clock => ({
  now: () => hands.time.now() + container.skewMs,
});

/** Calls kept back for jitter and clock skew, as many as the bucket of this project keeps at this rate. */
const MARGIN = 2;

/** A conditional update that asks "now?" every half second until it may. */
export const polling: Design = {
  name: 'conditional update, polling',
  start: (hands) => {
    const { rate, burst } = hands.scenario.plan;
    const interval = 1000 / rate;
    const admitted = async (clock: Clock): Promise<void> => {
      for (;;) {
        const now = clock.now();
        const busy = await hands.database.store.update('polling', {
          steps: [{ field: 'tat', by: interval }],
          guards: [
            { field: 'tat', absent: false, above: now, atMost: now + (burst - MARGIN - 1) * interval },
          ],
        });
        if (busy.applied) return;
        if ((busy.before.tat ?? 0) <= now) {
          const idle = await hands.database.store.update('polling', {
            steps: [{ field: 'tat', to: now + interval }],
            guards: [{ field: 'tat', absent: true, atMost: now }],
          });
          if (idle.applied) return;
        }
        await hands.time.sleep(400 + hands.random.next() * 200);
      }
    };
    return async (batch, container) => {
      const clock = clockOf(hands, container);
      const calls: Promise<void>[] = [];
      for (const { body } of batch) {
        await admitted(clock);
        calls.push(callUntilAccepted(hands, body, container));
      }
      await Promise.all(calls);
      return [];
    };
  },
};

/** Read, compute, write if nobody else wrote meanwhile. */
export const optimisticLock: Design = {
  name: 'read, compute, optimistic lock',
  start: (hands) => {
    const { rate, burst } = hands.scenario.plan;
    const interval = 1000 / rate;
    const admitted = async (clock: Clock): Promise<void> => {
      for (;;) {
        const { tat } = await hands.database.read('lock');
        const now = clock.now();
        if (Math.max(tat ?? 0, now) + interval <= now + (burst - MARGIN) * interval) {
          const outcome = await hands.database.store.update('lock', {
            steps: [{ field: 'tat', to: Math.max(tat ?? 0, now) + interval }],
            guards: [{ field: 'tat', absent: tat === undefined, ...(tat !== undefined && { equals: tat }) }],
          });
          if (outcome.applied) return;
        }
        await hands.time.sleep(hands.random.next() * 1000);
      }
    };
    return async (batch, container) => {
      const clock = clockOf(hands, container);
      const calls: Promise<void>[] = [];
      for (const { body } of batch) {
        await admitted(clock);
        calls.push(callUntilAccepted(hands, body, container));
      }
      await Promise.all(calls);
      return [];
    };
  },
};
