import type { EpochMs } from './clock.ts';
import { type Limits, PRIORITIES, type Priority } from './limits.ts';
import { createPacer } from './pacer.ts';
import { EARLY_MS, type SlotGrant, type SlotRequest } from './slots.ts';
import type { BucketField, BucketRow, Change, Guard, Step } from './store.ts';

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
/** A place may lie beyond the end of its line by this much: it is rounded, and clocks differ. */
const LINE_SLACK_MS = 1000;
/** A paced line moves on by this much more than its calls take, so that what comes late does not make all after it late. */
const PACED_STRETCH = 1.01;

const queueOf: Record<Priority, BucketField> = {
  urgent: 'urgentQueue',
  normal: 'normalQueue',
  bulk: 'bulkQueue',
};

const servedOf = { urgent: 'urgentAt', normal: 'normalAt', bulk: 'bulkAt' } as const;

/**
 * Decides who goes now and who gets a reservation, and the one write that makes it true.
 *
 * `tat` only rises, but for one that a wrong clock wrote, so a believed row is a lower bound: what does not fit it does not
 * fit the real one either, and what does fit is guarded by the write's conditions.
 *
 * @param guessBusy try the busy branch although the believed row looks idle, because others have been writing lately
 */
export function plan(
  asked: readonly SlotRequest[],
  row: BucketRow,
  limits: Limits,
  now: EpochMs,
  guessBusy = false,
): Plan {
  const { intervalMs } = limits;
  // The platform's bucket leaks while nobody writes; DynamoDB has no MAX, hence two branches of one formula.
  const known = row.tat !== undefined && row.tat > now - limits.hysteresisMs;
  const full = now + limits.burst * intervalMs + limits.hysteresisMs;
  const told = row.toldTat !== undefined && row.toldTat <= full ? row.toldTat : 0;
  const sane = Math.max(row.pausedUntil ?? 0, told, now + limits.horizonMs);
  const mad = known && row.tat !== undefined && row.tat > sane;
  const busy = !mad && (known || guessBusy);
  const start = mad
    ? Math.max(told, now + (limits.paced ? 1 : limits.ceilings.urgent) * intervalMs)
    : known && row.tat !== undefined
      ? row.tat
      : now;
  const { requests, kept, guards } = placesOf(asked, row, limits, now);
  const order = [...requests.keys()].sort((a, b) => rank(requests[a]) - rank(requests[b]));

  let granted = 0;
  let bound = Number.POSITIVE_INFINITY;
  let leading: Priority | undefined;
  const slots = new Map<number, { offset: number }>();
  const rest: number[] = [];
  const pacer = createPacer(requests, row, limits, start, now);
  for (const index of order) {
    const request = requests[index];
    if (request === undefined) continue;
    if (kept.has(index)) continue;
    if (pacer?.paces(request)) {
      const patience = pacer.take(request, granted);
      if (patience === undefined) {
        // A place in the line is not given away for a later one: who has one comes back when the pacing function is done.
        if (!pacer.isUnderWay(request) && request.place === undefined) rest.push(index);
        continue;
      }
      const offset = (granted + request.calls - 1) * intervalMs;
      granted += request.calls;
      bound = Math.min(bound, now + patience - offset);
      slots.set(index, { offset });
      continue;
    }
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
  if (granted > 0) {
    if (mad) {
      steps.push({ field: 'tat', to: start + granted * intervalMs });
      guards.push({ field: 'tat', absent: false, equals: row.tat ?? 0 });
    } else if (busy) {
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
  steps.push(...(pacer?.steps(granted) ?? []));
  guards.push(...(pacer?.guards() ?? []));
  const lineFrom = Math.max(start + granted * intervalMs, pacer?.endOf(granted) ?? 0);
  const reservations = reserve(rest, requests, row, limits, now, lineFrom);
  steps.push(...reservations.steps);
  guards.push(...reservations.guards);

  const grantedMs = granted * intervalMs;
  return {
    idle: steps.length === 0,
    change: { steps, guards },
    grants: (before) => {
      const from = busy ? (before.tat ?? now) : start;
      return requests.map((request, index) => {
        const keptAt = kept.get(index);
        if (keptAt !== undefined) return { go: false, at: keptAt, place: request.place ?? keptAt };
        const slot = slots.get(index);
        if (slot) return { go: true, at: Math.max(now, from + slot.offset) };
        const scheduledAt = reservations.scheduledAtOf(index, before);
        if (pacer?.paces(request) && scheduledAt === undefined)
          return { go: false, ...pacer.comeBack(request, from + grantedMs) };
        const level = Math.max(mad ? now : (before.tat ?? now), from) + grantedMs;
        return { go: false, at: scheduledAt ?? Math.max(now, fitsAt(request, before, limits, level)) };
      });
    },
  };
}

/** Who keeps a place that is still ahead, and who has to ask for another one. */
function placesOf(asked: readonly SlotRequest[], row: BucketRow, limits: Limits, now: EpochMs) {
  const kept = new Map<number, EpochMs>();
  const guards: Guard[] = [];
  const requests = asked.map((request, index): SlotRequest => {
    const { place, priority } = request;
    const turn = turnOf(request, row, limits);
    if (place === undefined || turn === undefined || turn <= now + EARLY_MS) return request;
    const end = place - Math.max(LINE_SLACK_MS, limits.cohortMs[priority]);
    if ((row[queueOf[priority]] ?? 0) > end) {
      kept.set(index, turn);
      return request;
    }
    // The line was begun anew since, for another plan: this place is not in it.
    guards.push({ field: queueOf[priority], absent: true, atMost: end });
    const { place: _, ...outdated } = request;
    return outdated;
  });
  return { requests, kept, guards };
}

/** When a message's turn is: paced lines run late together, where urgent calls came in between. */
const turnOf = ({ place, priority }: SlotRequest, { bulkLag = 0 }: BucketRow, { paced }: Limits) =>
  place === undefined || paced === undefined || priority !== 'bulk' ? place : place + bulkLag;

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
  // Who cannot come back later asks for one call after the other, which a platform that queues has room for.
  if (limits.paced && request.patienceMs === undefined) return whole;
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
  const { calls, priority, fresh, patienceMs } = request;
  const ceiling = limits.ceilings[priority];
  const fits = (most: number) => level - (most - calls) * limits.intervalMs;
  const queue = row[queueOf[priority]];
  const mayOvertake = limits.paced !== undefined && patienceMs === undefined;
  if (!fresh || queue === undefined || mayOvertake) return fits(ceiling);
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

function reserve(
  rest: readonly number[],
  requests: readonly SlotRequest[],
  row: BucketRow,
  limits: Limits,
  now: EpochMs,
  tat: EpochMs,
): Reservations {
  const steps: Step[] = [];
  const guards: Guard[] = [];
  const isPaced = limits.paced !== undefined;
  const stepMs = limits.intervalMs * (isPaced ? PACED_STRETCH : 1);
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
    const lonely = !isPaced && cell > 0 && total * limits.intervalMs < cell / 2;
    let calls = 0;
    for (const index of waiting) {
      const begin = Math.floor(calls / size) * size;
      const end = Math.min(total, begin + size);
      // What is paced comes back for the first of its slots.
      const own = lonely || cell === 0 ? calls : isPaced ? begin : end - 1;
      places.set(index, {
        offset: own * stepMs,
        cell: lonely ? cell : 0,
        first: (before) => (queued ? (before[field] ?? base) : base),
      });
      calls += requests[index]?.calls ?? 0;
    }
    const length = calls * stepMs;
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
