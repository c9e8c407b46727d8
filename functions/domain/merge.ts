import type { Order, OrderStatus, ReviewReason } from './order.ts';
import {
  contentHash,
  isoTime,
  type OrderKey,
  type OrderRow,
  type Origin,
  orderOf,
  type RawReference,
} from './order-row.ts';
import type { EpochMs } from './time.ts';

/** What merging has to know of a platform. */
export interface MergeRules {
  /**
   * `fetched`: we ask, and the later question has the newer answer. `pushed`: what reaches us may have been overtaken on
   * its way.
   */
  readonly truth: 'fetched' | 'pushed';
  /** Statuses that an order of the platform never leaves. */
  readonly finalStatuses: ReadonlySet<OrderStatus>;
}

/** One look at an order: what a platform said of it, or why that could not be understood. */
export interface Observation {
  key: OrderKey;
  reading:
    | { order: Order; omitted?: readonly (keyof Order)[] }
    | { review: { reason: ReviewReason; problem: string } };
  /** Epoch ms: when the platform was asked (fetch), or when its bytes reached us (push, poll). */
  observedAt: number;
  origin: Origin;
  correlationId: string;
  /** Absent when the bytes may not be kept. */
  raw?: RawReference;
}

export type MergeOutcome = 'created' | 'updated' | 'unchanged' | 'stale' | 'needs-review';

export interface MergeResult {
  outcome: MergeOutcome;
  /** What to write; absent when the row stays exactly as it is. */
  row?: OrderRow;
  /** What the platform said does not fit what it said before: ask it once more after this many seconds. */
  lookAgainInSeconds?: number;
}

/** Observations closer than this may be in either order, because instances' clocks differ (ms). */
const AMBIGUOUS_MS = 2000;
/** Two contents with one platform time: by then the platform's second is over (s). */
const NEXT_SECOND = 3;
/**
 * An answer to a later question may state an earlier time of change: the part that changed last is gone from the order, or
 * a copy of the platform's data lags behind. It counts when it is still so after this long (s).
 */
const COPIES_AGREE = 60;

/** How far along its way a status is: decides between contents whose times say nothing. */
const RANK: Record<OrderStatus, number> = {
  unknown: 0,
  received: 1,
  confirmed: 2,
  ready: 3,
  dispatched: 4,
  delivered: 5,
  closed: 6,
  cancelled: 7,
};

/**
 * Decides what an observation does to the row: the table says what the platform last said, whatever order observations arrive in,
 * however often they repeat. Pure: the caller writes the row under the condition that its revision is still the one read.
 */
export function merge(
  current: OrderRow | undefined,
  observation: Observation,
  now: EpochMs,
  rules: MergeRules,
): MergeResult {
  if ('review' in observation.reading)
    return mergeUnreadable(current, observation, observation.reading.review, now);
  const known = current === undefined ? undefined : orderOf(current);
  const complete = withOmitted(known, observation.reading.order, observation.reading.omitted ?? []);
  const order = current?.erased === undefined ? complete : { ...complete, personal: {} };
  const hash = contentHash(order);
  if (current === undefined || known === undefined) {
    return {
      outcome: current === undefined ? 'created' : 'updated',
      row: nextRow(current, observation, order, hash, now),
    };
  }
  if (current.contentHash === hash) return mergeSame(current, observation, now);
  const { apply, lookAgainInSeconds } = decide(current, known, order, observation, rules);
  const tail = lookAgainInSeconds === undefined ? {} : { lookAgainInSeconds };
  if (!apply) return { outcome: 'stale', ...tail, ...resolvedBy(current, observation, now) };
  return { outcome: 'updated', row: nextRow(current, observation, order, hash, now), ...tail };
}

interface Decision {
  apply: boolean;
  lookAgainInSeconds?: number;
}

function decide(
  current: OrderRow,
  known: Order,
  order: Order,
  observation: Observation,
  rules: MergeRules,
): Decision {
  const again = isReread(current, observation);
  // The same bytes as the row was made from: today's reading of them takes the place of the earlier one.
  if (again && current.state === 'ok') return { apply: true };
  const leavesFinal = rules.finalStatuses.has(known.status) && order.status !== known.status;
  if (leavesFinal) return { apply: false };
  const apart = observation.observedAt - current.observedAt;
  const fetched = rules.truth === 'fetched';
  const time = sourceTimeOf(order);
  const before = current.sourceTime;
  if (time !== undefined && before !== undefined && time !== before) {
    if (time > before || !fetched || apart <= 0) return { apply: time > before };
    return apart >= COPIES_AGREE * 1000
      ? { apply: true }
      : { apply: false, lookAgainInSeconds: COPIES_AGREE };
  }
  // What could not be read when it came was newer than the content that was kept.
  if (again) return { apply: true };
  // What we asked for ourselves is a snapshot: the later question has the newer answer. What was pushed to us may have been
  // overtaken on its way, so a status further along wins before the time of arrival does.
  if (fetched) {
    return Math.abs(apart) < AMBIGUOUS_MS
      ? { apply: apart > 0, lookAgainInSeconds: NEXT_SECOND }
      : { apply: apart > 0 };
  }
  const further = RANK[order.status] - RANK[known.status];
  return { apply: further === 0 ? apart >= 0 : further > 0 };
}

function isReread(current: OrderRow, { origin, raw }: Observation): boolean {
  return origin === 'replay' && raw !== undefined && current.raw?.sha256 === raw.sha256;
}

function mergeSame(current: OrderRow, observation: Observation, now: number): MergeResult {
  const resolves = current.state === 'needs-review' && observation.observedAt === current.observedAt;
  if (observation.observedAt <= current.observedAt && !resolves) return { outcome: 'unchanged' };
  // The bytes that a resolved row names are always those its content was made from: a replay relies on it.
  return {
    outcome: 'unchanged',
    row: { ...resolve(current, observation, now), ...storedRaw(current, observation) },
  };
}

/** The bytes that needed review are understood by now and say nothing new: there is nothing left to look at. */
function resolvedBy(current: OrderRow, observation: Observation, now: number): { row?: OrderRow } {
  if (current.state !== 'needs-review' || !isReread(current, observation)) return {};
  const { raw: _, ...row } = resolve(current, observation, now);
  return { row };
}

function resolve(current: OrderRow, observation: Observation, now: number): OrderRow {
  const { review: _, ...rest } = current;
  return {
    ...rest,
    state: 'ok',
    observedAt: Math.max(current.observedAt, observation.observedAt),
    revision: current.revision + 1,
    origin: { ...current.origin, last: { via: observation.origin, at: now } },
  };
}

function mergeUnreadable(
  current: OrderRow | undefined,
  observation: Observation,
  problem: { reason: ReviewReason; problem: string },
  now: number,
): MergeResult {
  // Something newer was understood in the meantime: there is nothing left to look at.
  if (current?.order !== undefined && current.observedAt > observation.observedAt)
    return { outcome: 'stale' };
  const base: OrderRow = current ?? {
    ...blankRow(observation, now),
    version: 0,
  };
  return {
    outcome: 'needs-review',
    row: {
      ...base,
      state: 'needs-review',
      review: { ...problem, at: now },
      ...storedRaw(current, observation),
      changedAt: isoTime(now),
      observedAt: Math.max(base.observedAt, observation.observedAt),
      revision: (current?.revision ?? 0) + 1,
      origin: { ...base.origin, last: { via: observation.origin, at: now } },
      correlationId: observation.correlationId,
    },
  };
}

function nextRow(
  current: OrderRow | undefined,
  observation: Observation,
  order: Order,
  hash: string,
  now: number,
): OrderRow {
  const { personal, ...publicOrder } = order;
  const sourceTime = sourceTimeOf(order);
  const blank = blankRow(observation, now);
  return {
    ...blank,
    order: publicOrder,
    ...storedRaw(current, observation),
    // What the table holds beside the row, which the storage replaces.
    ...(current?.linesAside === undefined ? {} : { linesAside: current.linesAside }),
    ...(current?.erased === undefined ? { personal } : { erased: current.erased }),
    ...(sourceTime === undefined ? {} : { sourceTime }),
    observedAt: Math.max(current?.observedAt ?? 0, observation.observedAt),
    version: (current?.version ?? 0) + 1,
    revision: (current?.revision ?? 0) + 1,
    contentHash: hash,
    origin: {
      first: current?.origin.first ?? blank.origin.first,
      last: blank.origin.last,
      ...(sourceTime === undefined ? {} : { lagMs: now - sourceTime }),
    },
  };
}

function blankRow(observation: Observation, now: number): Omit<OrderRow, 'version'> {
  return {
    platform: observation.key.platform,
    storeId: observation.key.storeId,
    platformOrderId: observation.key.platformOrderId,
    state: 'ok',
    changedAt: isoTime(now),
    observedAt: observation.observedAt,
    revision: 1,
    origin: { first: { via: observation.origin, at: now }, last: { via: observation.origin, at: now } },
    correlationId: observation.correlationId,
  };
}

/** The platform's own bytes name the person, so an erased row has none. */
function storedRaw(current: OrderRow | undefined, { raw }: Observation): { raw?: RawReference } {
  return raw === undefined || current?.erased !== undefined ? {} : { raw };
}

/** Personal data is kept field by field: a platform that masks the buyer's name still tells of a new note. */
function withOmitted(known: Order | undefined, order: Order, omitted: readonly (keyof Order)[]): Order {
  if (known === undefined || omitted.length === 0) return order;
  const kept = Object.fromEntries(omitted.map((field) => [field, known[field]]));
  const personal = omitted.includes('personal') ? { ...known.personal, ...order.personal } : order.personal;
  return { ...order, ...kept, personal };
}

function sourceTimeOf(order: Order): number | undefined {
  return order.updatedAt === undefined ? undefined : Date.parse(order.updatedAt);
}
