import { setTimeout as sleep } from 'node:timers/promises';
import { createBucket } from '../../functions/rate-limit/bucket.ts';
import type { BucketStore } from '../../functions/rate-limit/store.ts';
import { createDynamoStore } from '../../functions/rate-limit/store.ts';
import { startLocalTable } from './local-table.ts';
import { createPlatform } from './platform.ts';
import { createRandom } from './random.ts';
import { LARGE, REPLY_MS, WAY_MS } from './scenario.ts';

const CALLS = 1000;
const CONSUMERS = 20;
const AT_ONCE = 10;
const PATIENCE_MS = 300;

/** What a run against the machine's own clock showed. */
export interface RealTime {
  calls: number;
  consumers: number;
  refused: number;
  peak: number;
  usedPercent: number;
  writeUnits: number;
  seconds: number;
}

/** Twenty consumers share a limit of 400 / 20 per second through the local cloud's DynamoDB, each waiting until it is told to ask again. */
export async function measureRealTime(): Promise<RealTime> {
  const table = await startLocalTable();
  try {
    const clock = { now: () => Date.now() };
    const random = createRandom(1);
    const time = { ...clock, sleep: async (ms: number) => void (await sleep(ms)) };
    const platform = createPlatform({ time, random, plan: LARGE, replyMs: REPLY_MS, wayMs: WAY_MS });
    let open = CALLS;
    let writeUnits = 0;

    const consume = async () => {
      const dynamo = createDynamoStore({ client: table.newClient(), tableName: table.tableName });
      const store: BucketStore = {
        update(key, change) {
          writeUnits++;
          return dynamo.update(key, change);
        },
      };
      const bucket = createBucket({ store, key: 'bench#real-time', ...LARGE, clock });
      while (open > 0) {
        const wanted = Math.min(AT_ONCE, open);
        open -= wanted;
        const answers = await bucket.allocate(
          Array.from({ length: wanted }, () => ({
            priority: 'urgent' as const,
            calls: 1,
            patienceMs: PATIENCE_MS,
          })),
        );
        const granted = answers.filter(({ go }) => go);
        const refusal = answers.find(({ go }) => !go);
        open += wanted - granted.length;
        await Promise.all(
          granted.map(async ({ at }) => {
            await sleep(Math.max(0, at - clock.now()));
            const { status, limit, remaining, resetMs } = await platform.call();
            await bucket.observe({ limit, remaining, resetMs, throttled: status === 429 });
          }),
        );
        if (refusal) await sleep(Math.max(0, refusal.at - PATIENCE_MS - clock.now()) + random.next() * 100);
      }
    };
    await Promise.all(Array.from({ length: CONSUMERS }, consume));

    const times = platform.trace.filter(({ accepted }) => accepted).map((call) => call.time);
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
    return {
      calls: times.length,
      consumers: CONSUMERS,
      refused: platform.trace.length - times.length,
      peak: platform.peak(),
      usedPercent: (100 * (CALLS - LARGE.burst)) / LARGE.rate / seconds,
      writeUnits: writeUnits / CALLS,
      seconds,
    };
  } finally {
    await table.stop();
  }
}
