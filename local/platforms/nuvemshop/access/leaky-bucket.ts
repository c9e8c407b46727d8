/** What the bucket said about one call. Times in milliseconds. */
export interface BucketVerdict {
  accepted: boolean;
  /** How long the call waits in the queue before it is carried out. */
  queuedMs: number;
  /** Size of the bucket. */
  limit: number;
  /** Calls left before the bucket is full. */
  remaining: number;
  /** Until the bucket is empty. */
  resetMs: number;
}

/** A leaky bucket used as a queue. */
export interface LeakyBucket {
  /** Offers a call of the given cost (default 1). A refused call leaves the level as it was. */
  offer(now: number, cost?: number): BucketVerdict;
  /** Calls in the bucket at `now`. */
  level(now: number): number;
  /** Changes size and drain, as a change of plan does. */
  resize(size: number, perSecond: number, now: number): void;
}

/**
 * Makes an empty bucket. Calls inside its size are queued and leave at `perSecond`; one that finds no room is refused
 * (Nuvemshop reference, rate limit: 20 calls at once take about 10 s, of 50 at once 10 are refused).
 */
export function createLeakyBucket(initialSize: number, initialPerSecond: number): LeakyBucket {
  let size = initialSize;
  let perSecond = initialPerSecond;
  let level = 0;
  let measuredAt = 0;
  const drain = (now: number) => {
    level = Math.max(0, level - ((now - measuredAt) / 1000) * perSecond);
    measuredAt = now;
  };
  return {
    offer(now, cost = 1) {
      drain(now);
      const accepted = level + cost <= size;
      const queuedMs = accepted ? (level / perSecond) * 1000 : 0;
      if (accepted) level += cost;
      return {
        accepted,
        queuedMs,
        limit: size,
        remaining: accepted ? Math.floor(size - level) : 0,
        resetMs: Math.ceil((level / perSecond) * 1000),
      };
    },
    level(now) {
      drain(now);
      return level;
    },
    resize(newSize, newPerSecond, now) {
      drain(now);
      size = newSize;
      perSecond = newPerSecond;
    },
  };
}
