import type { EpochMs } from './clock.ts';
import { type Class, classes, type Limits } from './limits.ts';
import type { BucketField, BucketRow, Change, Guard, Step } from './store.ts';

/** One message (or one call) that wants slots: all of its calls or none. */
export interface Ask {
  cls: Class;
  calls: number;
  /** Its turn came long ago: it may use the whole bucket, so that nothing waits for ever. */
  overdue?: boolean;
  /** It never had a turn: while others are waiting for theirs, it only takes what they leave. */
  fresh?: boolean;
  /** A slot that starts within this many milliseconds counts as now; the caller sleeps until it starts. */
  patienceMs?: number;
  /** When there is no slot now, reserve a turn to come back at. */
  ticket?: boolean;
}

/** `at` is when the slot starts or, without one, when to ask again. */
export interface Allotment {
  go: boolean;
  at: EpochMs;
}

/** A write that would give every ask its answer, if the row is as believed. */
export interface Plan {
  change: Change;
  /** The answers, once the row as it was before the write is known. In the order of the asks. */
  answers: (before: BucketRow) => Allotment[];
  /** Nothing can be sold or reserved: the answers are known without a write. */
  idle: boolean;
}

const queueOf: Record<Class, BucketField> = {
  urgent: 'urgentQueue',
  normal: 'normalQueue',
  bulk: 'bulkQueue',
};

/**
 * Decides who goes now and who gets a turn, and the one write that makes it true.
 *
 * `tat` only ever rises, so a believed row is a lower bound: what does not fit it does not fit the real one either,
 * and what does fit is guarded by the write's conditions.
 */
export function plan(asks: readonly Ask[], row: BucketRow, limits: Limits, now: EpochMs): Plan {
  const { intervalMs } = limits;
  // The platform's bucket leaks while nobody writes; DynamoDB has no MAX, hence two branches of one formula.
  const busy = row.tat !== undefined && row.tat > now - limits.hysteresisMs;
  const start = busy && row.tat !== undefined ? row.tat : now;
  const order = [...asks.keys()].sort((a, b) => rank(asks[a]) - rank(asks[b]));

  let sold = 0;
  let bound = Number.POSITIVE_INFINITY;
  let held: Class | 'overdue' | undefined;
  const sales = new Map<number, { offset: number }>();
  const rest: number[] = [];
  for (const index of order) {
    const ask = asks[index];
    if (ask === undefined) continue;
    const ceiling = ceilingOf(ask, row, limits, now);
    const level = ask.overdue ? 'overdue' : ask.cls;
    // A call may not make a more urgent one of the same batch sleep with it.
    const patience = held === undefined || held === level ? (ask.patienceMs ?? 0) : 0;
    const offset = (sold + ask.calls - ceiling) * intervalMs;
    if (start + offset <= now + patience) {
      sold += ask.calls;
      bound = Math.min(bound, now + patience - offset);
      sales.set(index, { offset });
      held ??= level;
    } else {
      rest.push(index);
    }
  }

  const steps: Step[] = [];
  const guards: Guard[] = [];
  if (sold > 0) {
    if (busy) {
      steps.push({ field: 'tat', by: sold * intervalMs });
      guards.push({ field: 'tat', absent: false, above: now - limits.hysteresisMs, atMost: bound });
    } else {
      steps.push({ field: 'tat', to: now + sold * intervalMs });
      guards.push({ field: 'tat', absent: true, atMost: now });
    }
  }
  const tickets = ticketsOf(rest, asks, row, limits, now, start + sold * intervalMs);
  steps.push(...tickets.steps);
  guards.push(...tickets.guards);

  const soldMs = sold * intervalMs;
  return {
    idle: steps.length === 0,
    change: { steps, guards },
    answers: (before) => {
      const from = busy ? (before.tat ?? now) : now;
      return asks.map((ask, index) => {
        const sale = sales.get(index);
        if (sale) return { go: true, at: Math.max(now, from + sale.offset) };
        const turn = tickets.turnOf(index, before);
        const fits =
          Math.max(before.tat ?? now, from) + soldMs - (limits.ceilings[ask.cls] - ask.calls) * intervalMs;
        return { go: false, at: turn ?? Math.max(now, fits) };
      });
    },
  };
}

function rank(ask: Ask | undefined): number {
  return ask === undefined || ask.overdue ? -1 : classes.indexOf(ask.cls);
}

function ceilingOf(ask: Ask, row: BucketRow, limits: Limits, now: EpochMs): number {
  const whole = limits.ceilings.urgent;
  if (ask.overdue) return whole;
  // A message of several calls may dip into the room above its class by what exceeds one call: it fits whenever one call would.
  const ceiling = Math.min(whole, limits.ceilings[ask.cls] + ask.calls - 1);
  const queue = row[queueOf[ask.cls]];
  const overtaking = ask.fresh && queue !== undefined && queue > now + limits.hysteresisMs;
  return overtaking ? Math.max(ask.calls, Math.floor(ceiling / 2)) : ceiling;
}

interface Tickets {
  steps: Step[];
  guards: Guard[];
  turnOf: (index: number, before: BucketRow) => EpochMs | undefined;
}

function ticketsOf(
  rest: readonly number[],
  asks: readonly Ask[],
  row: BucketRow,
  limits: Limits,
  now: EpochMs,
  tat: EpochMs,
): Tickets {
  const steps: Step[] = [];
  const guards: Guard[] = [];
  const places = new Map<number, { offset: number; first: (before: BucketRow) => EpochMs }>();
  for (const cls of classes) {
    const waiting = rest.filter((index) => asks[index]?.cls === cls && asks[index]?.ticket);
    if (waiting.length === 0) continue;
    const field = queueOf[cls];
    const base = Math.max(now, tat - (limits.ceilings[cls] - 1) * limits.intervalMs);
    const queue = row[field];
    const queued = queue !== undefined && queue > base - limits.hysteresisMs;
    let calls = 0;
    for (const index of waiting) {
      places.set(index, {
        offset: calls * limits.intervalMs,
        first: (before) => (queued ? (before[field] ?? base) : base),
      });
      calls += asks[index]?.calls ?? 0;
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
    turnOf: (index, before) => {
      const place = places.get(index);
      return place && Math.max(now, place.first(before) + place.offset);
    },
  };
}
