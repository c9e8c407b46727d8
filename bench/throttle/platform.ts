import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface Plan {
  /** Calls per second that leak out. */
  rate: number;
  /** Calls the bucket holds. */
  burst: number;
  /** A call is answered only once those before it have leaked out. */
  queues?: boolean;
}

export interface Reply {
  status: 200 | 429;
  /** When the platform began to work on it. */
  servedAt: number;
  limit: number;
  remaining: number;
  resetMs: number;
}

/** A platform that counts calls with a leaky bucket and refuses what would overflow it; it may let those that fit wait their turn. */
export interface Platform {
  call(): Promise<Reply>;
  /** Changes the plan; what is in the bucket stays in it, as the same part of the whole. */
  change(plan: Plan): void;
  /** Somebody else's call with the same credential. */
  foreignCall(): void;
  readonly peak: () => number;
  readonly trace: { time: number; level: number; accepted: boolean }[];
}

export function createPlatform(options: {
  time: Pick<VirtualTime, 'now' | 'sleep'>;
  random: Random;
  plan: Plan;
  replyMs: number;
  /** One way to the platform: at least this, and up to as much again. */
  wayMs: number;
}): Platform {
  const { time, random, replyMs, wayMs } = options;
  let plan = options.plan;
  let level = 0;
  let seen = time.now();
  let peak = 0;
  const trace: Platform['trace'] = [];

  function pour(): boolean {
    const now = time.now();
    level = Math.max(0, level - ((now - seen) * plan.rate) / 1000);
    seen = now;
    const accepted = level + 1 <= plan.burst + 1e-6;
    if (accepted) level += 1;
    peak = Math.max(peak, accepted ? level : level + 1);
    return accepted;
  }

  return {
    async call() {
      const way = wayMs * (1 + random.next());
      await time.sleep(way);
      const accepted = pour();
      const queuedMs = plan.queues && accepted ? (Math.max(0, level - 1) / plan.rate) * 1000 : 0;
      trace.push({ time: time.now(), level, accepted });
      const reply: Reply = {
        status: accepted ? 200 : 429,
        servedAt: time.now() + queuedMs,
        limit: plan.burst,
        remaining: Math.max(0, Math.floor(plan.burst - level)),
        resetMs: (level / plan.rate) * 1000,
      };
      await time.sleep(accepted ? queuedMs + replyMs - way : wayMs);
      return reply;
    },
    change(next) {
      pour();
      level = (Math.max(0, level - 1) * next.burst) / plan.burst;
      plan = next;
    },
    foreignCall: () => void pour(),
    peak: () => peak,
    trace,
  };
}
