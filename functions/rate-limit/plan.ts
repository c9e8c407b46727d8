import type { EpochMs } from './clock.ts';
import type { BucketField, BucketRow, Change, Guard, Step } from './store.ts';

/**
 * How soon a call is wanted, in the order of service. `urgent`: order fetches and status commands. `normal`: stock and
 * prices. `bulk`: reconciliation, backfill, replay, which take whatever is left.
 */
export const PRIORITIES = ['urgent', 'normal', 'bulk'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** A bucket that was asked what it cannot do, or could not be written. Names buckets and counts only. */
export class BucketError extends Error {
  override readonly name = 'BucketError';
}

/** What a bucket may grant, derived from a rate and a burst. Times in ms, levels in calls. */
export interface Limits {
  /** Burst these limits were derived from (calls). */
  burst: number;
  /** Time one call takes to leak out of the platform's bucket. */
  intervalMs: number;
  /** The highest level a priority may fill the platform's bucket to; urgent's is the whole of what is safe. */
  ceilings: Record<Priority, number>;
  /** The two write branches (busy, idle) overlap by this much, so that racing writers cannot flip between them for ever. */
  hysteresisMs: number;
  /** Waiting messages of a priority come back on a grid of this length; 0 for none. */
  cohortMs: Record<Priority, number>;
  /** The most calls one message may want: more could wait for ever behind smaller ones. */
  largestRequest: number;
}

/** From the moment a slot is granted until its call is at the platform: longer, and the slot was granted to somebody else as well. */
const LATENESS_MS = 300;
/** Clocks this far apart are nothing to worry about; what was seen beyond it is added to the margin. */
const SKEW_INSIDE_MARGIN_MS = 200;
/** A single mad clock may cost no more than this. */
const LARGEST_SKEW_MS = 3000;
/** Slots that bulk leaves free for urgent calls: few in peace, more while urgent calls are about. */
const ROOM_IN_PEACE = 1;
const ROOM_IN_USE = 3;
const ROOM_SHARE = 0.15;
/** Messages that come back together fill a batch without waiting for its window. */
const COHORT_CALLS = 10;

/**
 * Derives what may be granted.
 *
 * @param rate calls per second the platform leaks
 * @param burst calls the platform's bucket holds
 * @param skewMs how far apart the writers' clocks were seen
 * @param urgentLately whether urgent calls were made in the last minutes
 */
export function limitsOf(rate: number, burst: number, skewMs = 0, urgentLately = true): Limits {
  const leakMs = Math.ceil(1_000_000 / rate) / 1000;
  const hysteresisMs = Math.min(500, Math.max(200, leakMs));
  const skew = Math.min(LARGEST_SKEW_MS, Math.max(SKEW_INSIDE_MARGIN_MS, skewMs));
  const marginMs = hysteresisMs + LATENESS_MS + skew;
  const margin = Math.max(Math.ceil((rate * marginMs) / 1000), leastMargin(burst));
  const capacity = Math.max(1, burst - margin);
  const intervalMs = burst - margin >= 1 ? leakMs : slowed(leakMs, burst, marginMs);
  // In a small bucket one slot is still worth keeping for urgent calls, but never the only one.
  const room = Math.min(capacity - 1, urgentLately ? ROOM_IN_USE : ROOM_IN_PEACE);
  const urgentRoom = Math.min(room, Math.ceil(capacity * ROOM_SHARE));
  const bulk = capacity - urgentRoom;
  return {
    burst,
    intervalMs,
    ceilings: {
      urgent: capacity,
      normal: capacity - Math.floor(urgentRoom / 2),
      bulk,
    },
    hysteresisMs,
    cohortMs: { urgent: 0, normal: 0, bulk: Math.min(COHORT_CALLS, Math.floor(bulk / 2)) * intervalMs },
    largestRequest: Math.min(capacity - 1, ROOM_IN_PEACE, Math.ceil(capacity * ROOM_SHARE)) + 1,
  };
}

/** Slow platforms leak little in a second of disagreeing clocks, but the burst they allow is bought all at once. */
function leastMargin(burst: number): number {
  return Math.min(3, Math.floor(burst / 10));
}

/** A bucket that is smaller than the margin can't pay for it with slots, so it pays with time between the calls. */
function slowed(leakMs: number, burst: number, marginMs: number): number {
  return burst < 2 ? leakMs + marginMs : Math.max(leakMs, Math.ceil(marginMs / (Math.floor(burst) - 1)));
}

/** One message (or one call) that wants slots: all of its calls or none. */
export interface SlotRequest {
  priority: Priority;
  calls: number;
  /** It has no reservation: while others are waiting for theirs, it only takes what they leave. */
  fresh?: boolean;
  /** A slot that starts within this many milliseconds counts as now; the caller sleeps until it starts. */
  patienceMs?: number;
  /** When there is no slot now, reserve a time to come back at. */
  reserve?: boolean;
}

/** `at` is when the slot starts or, without one, when to try again. */
export interface SlotGrant {
  go: boolean;
  at: EpochMs;
}

/** A write that would give every request its grant, if the row is as believed. */
export interface Plan {
  change: Change;
  /** The grants, once the row as it was before the write is known. In the order of the requests. */
  grants: (before: BucketRow) => SlotGrant[];
  /** Nothing can be granted or reserved: the grants are known without a write. */
  idle: boolean;
}

/** A priority that got nothing for this long may use the whole bucket once: a call a minute, so that nothing waits for ever. */
const STARVED_MS = 60_000;

const queueOf: Record<Priority, BucketField> = {
  urgent: 'urgentQueue',
  normal: 'normalQueue',
  bulk: 'bulkQueue',
};

const servedOf = { urgent: 'urgentAt', normal: 'normalAt', bulk: 'bulkAt' } as const;

/**
 * Decides who goes now and who gets a reservation, and the one write that makes it true.
 *
 * `tat` only ever rises, so a believed row is a lower bound: what does not fit it does not fit the real one either,
 * and what does fit is guarded by the write's conditions.
 *
 * @param guessBusy try the busy branch although the believed row looks idle, because others have been writing lately
 */
export function plan(
  requests: readonly SlotRequest[],
  row: BucketRow,
  limits: Limits,
  now: EpochMs,
  guessBusy = false,
): Plan {
  const { intervalMs } = limits;
  // The platform's bucket leaks while nobody writes; DynamoDB has no MAX, hence two branches of one formula.
  const known = row.tat !== undefined && row.tat > now - limits.hysteresisMs;
  const busy = known || guessBusy;
  const start = known && row.tat !== undefined ? row.tat : now;
  const order = [...requests.keys()].sort((a, b) => rank(requests[a]) - rank(requests[b]));

  let granted = 0;
  let bound = Number.POSITIVE_INFINITY;
  let leading: Priority | undefined;
  const slots = new Map<number, { offset: number }>();
  const rest: number[] = [];
  for (const index of order) {
    const request = requests[index];
    if (request === undefined) continue;
    const first = index === order.find((other) => requests[other]?.priority === request.priority);
    const ceiling = ceilingOf(request, first, row, limits, now);
    const offset = (granted + request.calls - ceiling) * intervalMs;
    // A call may not make a more urgent one of the same batch sleep with it, and what sleeps together is late together:
    // that is only harmless while the bucket holds more than the batch.
    const harmless = Math.max(0, intervalMs - offset);
    const patience =
      leading === undefined || leading === request.priority ? Math.min(request.patienceMs ?? 0, harmless) : 0;
    if (start + offset <= now + patience) {
      granted += request.calls;
      bound = Math.min(bound, now + patience - offset);
      slots.set(index, { offset });
      leading ??= request.priority;
    } else {
      rest.push(index);
    }
  }

  const steps: Step[] = [];
  const guards: Guard[] = [];
  if (granted > 0) {
    if (busy) {
      steps.push({ field: 'tat', by: granted * intervalMs });
      guards.push({ field: 'tat', absent: false, above: now - limits.hysteresisMs, atMost: bound });
    } else {
      steps.push({ field: 'tat', to: now + granted * intervalMs });
      guards.push({ field: 'tat', absent: true, atMost: now });
    }
  }
  for (const priority of PRIORITIES) {
    const served = [...slots.keys()].some((index) => requests[index]?.priority === priority);
    if (served) steps.push({ field: servedOf[priority], to: now });
  }
  const reservations = reservationsOf(rest, requests, row, limits, now, start + granted * intervalMs);
  steps.push(...reservations.steps);
  guards.push(...reservations.guards);

  const grantedMs = granted * intervalMs;
  return {
    idle: steps.length === 0,
    change: { steps, guards },
    grants: (before) => {
      const from = busy ? (before.tat ?? now) : now;
      return requests.map((request, index) => {
        const slot = slots.get(index);
        if (slot) return { go: true, at: Math.max(now, from + slot.offset) };
        const scheduledAt = reservations.scheduledAtOf(index, before);
        const fits =
          Math.max(before.tat ?? now, from) +
          grantedMs -
          (limits.ceilings[request.priority] - request.calls) * intervalMs;
        return { go: false, at: scheduledAt ?? Math.max(now, fits) };
      });
    },
  };
}

function rank(request: SlotRequest | undefined): number {
  return request === undefined ? PRIORITIES.length : PRIORITIES.indexOf(request.priority);
}

function ceilingOf(
  request: SlotRequest,
  first: boolean,
  row: BucketRow,
  limits: Limits,
  now: EpochMs,
): number {
  const whole = limits.ceilings.urgent;
  if (first && !request.fresh && now - (row[servedOf[request.priority]] ?? 0) > STARVED_MS) return whole;
  // A message of several calls may dip into the room above its priority by what exceeds one call: it fits whenever one call would.
  const ceiling = Math.min(whole, limits.ceilings[request.priority] + request.calls - 1);
  const queue = row[queueOf[request.priority]];
  const overtaking = request.fresh && queue !== undefined && queue > now + limits.hysteresisMs;
  return overtaking ? Math.max(request.calls, Math.floor(ceiling / 2)) : ceiling;
}

interface Reservations {
  steps: Step[];
  guards: Guard[];
  scheduledAtOf: (index: number, before: BucketRow) => EpochMs | undefined;
}

function reservationsOf(
  rest: readonly number[],
  requests: readonly SlotRequest[],
  row: BucketRow,
  limits: Limits,
  now: EpochMs,
  tat: EpochMs,
): Reservations {
  const steps: Step[] = [];
  const guards: Guard[] = [];
  const places = new Map<number, { offset: number; cell: number; first: (before: BucketRow) => EpochMs }>();
  for (const priority of PRIORITIES) {
    const waiting = rest.filter(
      (index) => requests[index]?.priority === priority && requests[index]?.reserve,
    );
    if (waiting.length === 0) continue;
    const field = queueOf[priority];
    const base = Math.max(now, tat - (limits.ceilings[priority] - 1) * limits.intervalMs);
    const cell = limits.cohortMs[priority];
    const queue = row[field];
    const queued = queue !== undefined && queue > base - limits.hysteresisMs;
    const total = waiting.reduce((sum, index) => sum + (requests[index]?.calls ?? 0), 0);
    const groups = cell > 0 ? Math.max(1, Math.ceil((total * limits.intervalMs) / cell)) : total;
    const size = Math.ceil(total / groups);
    // A few messages on their own join others on a grid; a whole cohort comes back when the last of its slots is there.
    const lonely = cell > 0 && total * limits.intervalMs < cell / 2;
    let calls = 0;
    for (const index of waiting) {
      const end = Math.min(total, (Math.floor(calls / size) + 1) * size);
      places.set(index, {
        offset: (lonely || cell === 0 ? calls : end - 1) * limits.intervalMs,
        cell: lonely ? cell : 0,
        first: (before) => (queued ? (before[field] ?? base) : base),
      });
      calls += requests[index]?.calls ?? 0;
    }
    const length = calls * limits.intervalMs;
    steps.push(queued ? { field, by: length } : { field, to: base + length });
    guards.push(
      queued
        ? { field, absent: false, above: base - limits.hysteresisMs }
        : { field, absent: true, atMost: base },
    );
  }
  return {
    steps,
    guards,
    scheduledAtOf: (index, before) => {
      const place = places.get(index);
      if (place === undefined) return undefined;
      const slot = place.first(before) + place.offset;
      // The whole cell fits at its end, and its messages come back as one batch.
      return Math.max(
        now,
        slot - now > 2 * place.cell && place.cell > 0 ? Math.ceil(slot / place.cell) * place.cell : slot,
      );
    },
  };
}
