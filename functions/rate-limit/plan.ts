import type { EpochMs } from './clock.ts';
import { type Limits, PRIORITIES, type Priority } from './limits.ts';
import type { BucketField, BucketRow, Change, Guard, Step } from './store.ts';

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
        const level = Math.max(before.tat ?? now, from) + grantedMs;
        return { go: false, at: scheduledAt ?? Math.max(now, fitsAt(request, before, limits, level)) };
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
  return overtaking ? overtakingCeiling(request, ceiling) : ceiling;
}

/** What a fresh message leaves free for those whose time was reserved before it came. */
const overtakingCeiling = ({ calls }: SlotRequest, ceiling: number): number =>
  Math.max(calls, Math.floor(ceiling / 2));

/**
 * When a request without a reservation fits that was refused. A fresh one waits for its smaller ceiling, or until nobody
 * waits before it: told the whole ceiling's time, it would ask again every millisecond until then.
 *
 * @param level when the bucket is empty if nothing else is granted (epoch ms)
 */
function fitsAt(request: SlotRequest, row: BucketRow, limits: Limits, level: EpochMs): EpochMs {
  const { calls, priority, fresh } = request;
  const ceiling = limits.ceilings[priority];
  const fits = (most: number) => level - (most - calls) * limits.intervalMs;
  const queue = row[queueOf[priority]];
  if (!fresh || queue === undefined) return fits(ceiling);
  return Math.min(
    fits(overtakingCeiling(request, ceiling)),
    Math.max(fits(ceiling), queue - limits.hysteresisMs),
  );
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
