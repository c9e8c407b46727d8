import * as z from 'zod';
import type { Clock, EpochMs } from './clock.ts';
import { type Allowance, BucketError, type Limits, limitsOf, type Priority } from './limits.ts';
import { plan } from './plan.ts';
import type { SlotGrant, SlotRequest } from './slots.ts';
import {
  applyChange,
  type BucketRow,
  type BucketStore,
  type Change,
  type Guard,
  type Outcome,
  type Step,
} from './store.ts';

const count = z.int().nonnegative();
const duration = z.number().nonnegative().optional().catch(undefined);

/** What a platform said about its limit with an answer. Fields it did not send, or sent as nonsense, are left out. */
export const feedbackSchema = z.object({
  /** Size of the platform's bucket (calls), `x-rate-limit-limit`. */
  limit: count.positive().optional().catch(undefined),
  /** Calls left before it is full, `x-rate-limit-remaining`. */
  remaining: count.optional().catch(undefined),
  /** Milliseconds until it is empty, `x-rate-limit-reset`. */
  resetMs: duration,
  /** Milliseconds to stay away. The `Retry-After` header is in seconds: multiply it. */
  retryAfterMs: duration,
  /** How long ago the call went out (ms): where it waited at the platform, its figures are of then. */
  ageMs: duration,
  /** The call was refused (429, or an HTML page in place of an answer). */
  throttled: z.boolean().optional().catch(undefined),
});

export interface Feedback {
  limit?: number | undefined;
  remaining?: number | undefined;
  resetMs?: number | undefined;
  retryAfterMs?: number | undefined;
  ageMs?: number | undefined;
  throttled?: boolean | undefined;
}

/** A write that took longer than this has used up its lateness: what it was granted is let go. The rest is for the way to the platform. */
export const STALE_MS = 250;
/** A hint that is longer than this is taken for a broken header: it would stop the platform for days. */
const LONGEST_HINT_MS = 3_600_000;

/**
 * The earliest `tat` that agrees with what the platform said, or undefined when it said nothing about it.
 * The platform's time to empty is its own `tat - now`, so it needs no conversion.
 *
 * @param blindPauseMs how long to stay away after a refusal that names no time
 */
export function serverTat(
  feedback: Feedback,
  limits: Limits,
  now: EpochMs,
  blindPauseMs: number,
): EpochMs | undefined {
  const full = limits.burst * limits.intervalMs;
  const { limit, remaining, resetMs, retryAfterMs, throttled, ageMs = 0 } = feedback;
  const askedAt = now - ageMs;
  if (throttled || retryAfterMs !== undefined) {
    const hinted = resetMs === undefined ? blindPauseMs + full : Math.max(resetMs, full);
    return now + Math.min(retryAfterMs === undefined ? hinted : retryAfterMs + full, LONGEST_HINT_MS);
  }
  if (resetMs !== undefined) return askedAt + Math.min(resetMs, LONGEST_HINT_MS);
  if (remaining === undefined) return undefined;
  return askedAt + Math.max(0, (limit ?? limits.burst) - remaining) * limits.intervalMs;
}

export type { Clock, EpochMs } from './clock.ts';
export type { Priority } from './limits.ts';

/** `granted` of the calls asked for may be made now; for the others, try again at `retryAt`. */
export interface Grant {
  granted: number;
  retryAt?: EpochMs;
}

/** One limit of one platform credential (or source address), shared by every function that calls with it. */
export interface Bucket {
  /**
   * Takes up to `calls` slots now.
   * Granted calls must begin at once, side by side: one that begins some tenths of a second later may be one too many.
   *
   * @param fresh while others of the priority wait for the time that was reserved for them, it only takes what they leave
   */
  take(calls: number, priority: Priority, fresh?: boolean): Promise<Grant>;
  /** Tells the bucket what the platform said with an answer. Writes only when that is news. */
  observe(feedback: Feedback): Promise<void>;
}

/** The bucket with what a scheduler of messages needs. */
export interface SchedulingBucket extends Bucket {
  /** Answers a whole batch with one write: who goes now, and when the others come back. In the order of the requests. */
  allocate(requests: readonly SlotRequest[]): Promise<SlotGrant[]>;
  /** The time that all who share the bucket agree on, as far as this process knows. */
  now(): EpochMs;
  /** What may be granted, as far as this process knows. */
  limits(): Limits;
}

export interface BucketOptions extends Allowance {
  store: BucketStore;
  /** `<platform>#<scope>`: the scope is the credential, or the source address where the platform counts by that. */
  key: string;
  clock: Clock;
  /** How long to stay away after a refusal that names no time (ms); a blocking proxy in front of the platform wants a minute. */
  blindPauseMs?: number;
}

const ATTEMPTS = 8;
/** Clocks further apart than the margin can ever cover (ms). */
const FARTHEST_SKEW_MS = 3000;
const LINES = ['urgentQueue', 'normalQueue', 'bulkQueue'] as const;
const OBSERVATION_SLACK_MS = 250;
const SKEW_HALF_LIFE_MS = 600_000;
const LARGEST_GROWTH = 100;
/** A process that only sends waiting messages on looks at the row again after this long (ms): the plan may have changed. */
const BELIEVED_MS = 15_000;
const URGENT_MEMORY_MS = 600_000;

/** Creates the bucket of one credential. Cheap: it writes nothing until a slot is wanted. */
export function createBucket(options: BucketOptions): SchedulingBucket {
  if (!(options.rate > 0) || !(options.burst >= 1)) {
    throw new BucketError(
      `Bucket ${options.key}: rate ${options.rate}/s and burst ${options.burst} cannot grant a call. Set a rate above 0 and a burst of 1 or more.`,
    );
  }
  const { store, key, blindPauseMs = 60_000 } = options;
  // A clock that is ahead of the others' is set back to theirs: only what all agree on counts here.
  const clock: Clock = { now: () => options.clock.now() - leadMs };
  let row: BucketRow = {};
  let busyShare: number | undefined;
  let learntAt = Number.NEGATIVE_INFINITY;
  let leadMs = 0;
  let stampedAt: EpochMs | undefined;

  const skewAt = (now: EpochMs) =>
    (row.skew ?? 0) * 0.5 ** (Math.max(0, now - (row.writtenAt ?? now)) / SKEW_HALF_LIFE_MS);

  const limitsAt = (now: EpochMs) => {
    const burst = row.limit ?? options.burst;
    // A plan scales both: ten times the burst leaks ten times as fast.
    return limitsOf(
      { rate: (options.rate * burst) / options.burst, burst, queues: options.queues },
      { skewMs: skewAt(now), urgentLately: now - (row.urgentAt ?? 0) < URGENT_MEMORY_MS },
    );
  };

  // A process that was asleep knows an old row: what it found lately, and whether messages come in crowds, tell more.
  const guess = (requests: readonly SlotRequest[]) =>
    busyShare === undefined
      ? requests.length === 1 || requests.some(({ fresh }) => fresh === false)
      : busyShare > 0.5;

  async function write(change: Change, now: EpochMs): Promise<Outcome> {
    const skew = Math.round(skewAt(now));
    const stamped: Change = {
      guards: change.guards,
      steps: [
        ...change.steps,
        { field: 'writtenAt', to: now },
        ...(skew > 0 ? [{ field: 'skew', to: skew } as const] : []),
      ],
    };
    const outcome = await store.update(key, stamped);
    const { writtenAt } = outcome.before;
    // Somebody wrote after us, and by their clock before us.
    if (stampedAt !== undefined && writtenAt !== undefined && stampedAt - writtenAt > FARTHEST_SKEW_MS) {
      leadMs += stampedAt - writtenAt;
      stampedAt = undefined;
    } else if (outcome.applied) stampedAt = now;
    learntAt = clock.now();
    const busy = (outcome.before.tat ?? 0) > now - limitsAt(now).hysteresisMs ? 1 : 0;
    // One look says little: it moves the first guess, and the next looks may correct it.
    busyShare = busyShare === undefined ? 0.4 + 0.2 * busy : busyShare + (busy - busyShare) * 0.1;
    const ahead = (outcome.before.writtenAt ?? now) - now;
    row = outcome.applied ? applyChange(outcome.before, stamped) : outcome.before;
    if (ahead > skewAt(now)) row = { ...row, skew: ahead };
    return outcome;
  }

  async function allocate(requests: readonly SlotRequest[]): Promise<SlotGrant[]> {
    let now = clock.now();
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      now = clock.now();
      const limits = limitsAt(now);
      for (const request of requests) assertRequest(request, limits, key);
      const { change, grants, idle } = plan(requests, row, limits, now, attempt === 0 && guess(requests));
      const isOutdated = now - learntAt > BELIEVED_MS && requests.some(({ place }) => place !== undefined);
      if (idle && isOutdated) {
        await write({ steps: [], guards: [] }, now);
        continue;
      }
      if (idle) return grants(row);
      // The interval belongs to the limit it was derived from: a writer that missed a change of plan must not price by the old one.
      const outcome = await write({ ...change, guards: [...change.guards, samePlan(row.limit)] }, now);
      if (!outcome.applied) continue;
      const answer = grants(outcome.before);
      const answeredAt = clock.now();
      if (answeredAt - now <= STALE_MS) return answer;
      // Slots bought so slowly are lost. Buying again would lose more of them while the table is slow.
      return answer.map(({ go, at }) => ({ go: false, at: go ? answeredAt : at }));
    }
    const { intervalMs } = limitsAt(now);
    return requests.map(() => ({ go: false, at: now + intervalMs }));
  }

  /** Takes over a limit that the platform told. Its lines begin anew: the places in them were for the old one. */
  async function learn({ limit, ageMs = 0 }: Feedback): Promise<void> {
    const askedAt = clock.now() - ageMs;
    // An answer that waited at the platform may tell of the plan before this one.
    const isNews = () =>
      limit !== (row.limit ?? options.burst) &&
      (limit ?? 0) <= options.burst * LARGEST_GROWTH &&
      askedAt > (row.limitAt ?? 0);
    for (let attempt = 0; attempt < ATTEMPTS && limit !== undefined && isNews(); attempt++) {
      const now = clock.now();
      const steps: Step[] = [
        { field: 'limit', to: limit },
        { field: 'limitAt', to: askedAt },
        { field: 'bulkLag', to: 0 },
        { field: 'pacedUntil', to: now },
        ...LINES.map((field) => ({ field, to: now })),
      ];
      const outcome = await write(
        { steps, guards: [samePlan(row.limit), { field: 'limitAt', absent: true, atMost: askedAt }] },
        now,
      );
      if (outcome.applied) return;
    }
  }

  async function observe(said: Feedback): Promise<void> {
    const feedback = feedbackSchema.parse(said);
    await learn(feedback);
    const now = clock.now();
    const limits = limitsAt(now);
    const truth = serverTat(feedback, limits, now, blindPauseMs);
    if (truth === undefined) return;
    const slack = feedback.throttled ? 0 : Math.max(limits.intervalMs, OBSERVATION_SLACK_MS);
    // Only upwards, so that racing observers cannot undo each other; an old belief costs one refused write at most.
    if ((row.tat ?? 0) >= truth - slack || truth <= now + slack) return;
    // Believed before it is written, so that ten answers to one batch do not write ten times.
    const isPause = feedback.throttled || feedback.retryAfterMs !== undefined;
    row = { ...row, tat: truth, [isPause ? 'pausedUntil' : 'toldTat']: truth };
    await write(
      {
        steps: [
          { field: 'tat', to: truth },
          { field: isPause ? 'pausedUntil' : 'toldTat', to: truth },
        ],
        guards: [{ field: 'tat', absent: true, atMost: truth }],
      },
      now,
    );
  }

  return {
    allocate,
    observe,
    now: () => clock.now(),
    limits: () => limitsAt(clock.now()),
    async take(calls, priority, fresh = false) {
      const one: SlotRequest = { priority, calls: 1, ...(fresh ? { fresh } : {}) };
      const answers = await allocate(Array.from({ length: calls }, () => one));
      const granted = answers.filter(({ go }) => go).length;
      const next = answers.find(({ go }) => !go);
      return next === undefined ? { granted } : { granted, retryAt: next.at };
    },
  };
}

function samePlan(limit: number | undefined): Guard {
  return limit === undefined
    ? { field: 'limit', absent: true }
    : { field: 'limit', absent: false, equals: limit };
}

function assertRequest(request: SlotRequest, limits: Limits, key: string): void {
  if (Number.isInteger(request.calls) && request.calls >= 1 && request.calls <= limits.largestRequest) return;
  throw new BucketError(
    `Bucket ${key}: a message wants ${request.calls} calls at once, and 1 to ${limits.largestRequest} fit beside the others' without waiting for ever. Split it, or take its calls one by one.`,
  );
}
