import { contentHash } from './canonical-json.ts';
import { fillGaps, keepKnown, type Unsaid, unsaidBy, withoutZeros } from './filling.ts';
import { answeredBy, blankRow, nextRow, readingOf, resolve, storedRaw } from './merged-row.ts';
import type { Observation, Said, Understood } from './observation.ts';
import type { Order, ReviewReason } from './order.ts';
import {
  AMBIGUOUS_MS,
  decide,
  type MergeRules,
  type OrderRow,
  orderOf,
  type Standing,
  standingOf,
} from './order-row.ts';
import { ORDER_READING, saysTheSame } from './reading.ts';
import { type EpochMs, isoTime } from './time.ts';

export type MergeOutcome = 'created' | 'updated' | 'unchanged' | 'stale' | 'needs-review';

export interface MergeResult {
  outcome: MergeOutcome;
  /** What to write; absent when the row stays exactly as it is. */
  row?: OrderRow;
  /** What the platform said does not fit what it said before: ask it once more after this many seconds. */
  lookAgainInSeconds?: number;
}

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
  const said = saidBy(current, observation, observation.reading, rules);
  const order = current === undefined ? undefined : orderOf(current);
  if (current === undefined || order === undefined) {
    const outcome = current === undefined ? 'created' : 'updated';
    return { outcome, row: nextRow(current, observation, said, now) };
  }
  const known: Known = { order, unsaid: current.unsaid ?? {}, standing: standingOfRow(current, order) };
  // What an observation leaves out is as the newest one says that tells it.
  const whole = { ...said, ...keepKnown(said.order, said.unsaid, known) };
  if (current.contentHash === contentHash(whole.order))
    return mergeSame(current, observation, whole, now, rules);
  const { apply, lookAgainInSeconds } = isRereadOfContent(current, observation)
    ? // Today's reading of the very bytes that the row was made from takes the place of the earlier one.
      { apply: true }
    : decide(
        { ...known.standing, answeredAt: current.answeredAt },
        { ...said.standing, asked: observation.asked === true, reread: isReread(current, observation) },
        rules,
      );
  const tail = lookAgainInSeconds === undefined ? {} : { lookAgainInSeconds };
  if (!apply) return { ...mergeStale(current, known, said, observation, now, rules), ...tail };
  const row = nextRow(current, observation, whole, now);
  if (!isReadBetter(current, order, whole.order)) return { outcome: 'updated', row, ...tail };
  return {
    outcome: 'unchanged',
    row: { ...row, version: current.version, changedAt: current.changedAt },
    ...tail,
  };
}

type Known = Omit<Said, 'incomplete'>;

function saidBy(
  current: OrderRow | undefined,
  { observedAt }: Observation,
  { order: whole, omitted = [], incomplete }: Understood,
  { truth }: MergeRules,
): Said {
  const read = current?.erased === undefined ? whole : { ...whole, personal: {} };
  const order = omitted.includes('totals') ? { ...read, totals: withoutZeros(read.totals) } : read;
  return {
    order,
    // The answer to a question is whole; of what is pushed, that a part is empty says nothing.
    unsaid: truth === 'fetched' && omitted.length === 0 ? {} : unsaidBy(order, omitted),
    standing: standingOf(order, observedAt),
    incomplete: incomplete !== undefined,
  };
}

const standingOfRow = ({ sourceTime, observedAt }: OrderRow, { status }: Order): Standing => ({
  ...(sourceTime === undefined ? {} : { sourceTime }),
  observedAt,
  status,
});

/** An observation that came too late may still tell what the newer one left out. */
function mergeStale(
  current: OrderRow,
  known: Known,
  said: Said,
  observation: Observation,
  now: number,
  rules: MergeRules,
): MergeResult {
  const filled = fillGaps(
    known,
    said,
    (than) => decide(than, { ...said.standing, asked: false, reread: false }, rules).apply,
  );
  const resolved = resolvedBy(current, observation, now);
  if (filled === undefined) return { outcome: 'stale', ...resolved };
  if (contentHash(filled.order) === current.contentHash)
    return { outcome: 'stale', ...resolved, ...sourcesOf(current, resolved.row, filled.unsaid) };
  const { personal, ...order } = filled.order;
  const sourceTime = current.sourceTime ?? standingOf(filled.order, current.observedAt).sourceTime;
  return {
    outcome: 'updated',
    row: {
      ...current,
      order,
      ...(current.erased === undefined ? { personal } : {}),
      ...(sourceTime === undefined ? {} : { sourceTime }),
      unsaid: filled.unsaid,
      changedAt: isoTime(now),
      version: current.version + 1,
      revision: current.revision + 1,
      contentHash: contentHash(filled.order),
      origin: { ...current.origin, last: { via: observation.origin, at: now } },
    },
  };
}

/** Nothing changes but which observation tells it, which the next older one is held against. */
function sourcesOf(current: OrderRow, resolved: OrderRow | undefined, unsaid: Unsaid): { row?: OrderRow } {
  if (contentHash(unsaid) === contentHash(current.unsaid ?? {})) return {};
  return { row: { ...(resolved ?? current), unsaid, revision: current.revision + 1 } };
}

/** Readers of rows need no news of an order that only we read better. */
const isReadBetter = ({ reading = 1, state }: OrderRow, known: Order, order: Order): boolean =>
  reading < ORDER_READING && state === 'ok' && saysTheSame(known, order, reading);

const isRereadOfContent = (current: OrderRow, observation: Observation): boolean =>
  current.state === 'ok' && isReread(current, observation);

function isReread(current: OrderRow, { origin, raw }: Observation): boolean {
  return origin === 'replay' && raw !== undefined && current.raw?.sha256 === raw.sha256;
}

function mergeSame(
  current: OrderRow,
  observation: Observation,
  said: Said,
  now: number,
  rules: MergeRules,
): MergeResult {
  const resolves = current.state === 'needs-review' && observation.observedAt === current.observedAt;
  if (observation.observedAt <= current.observedAt && !resolves) return { outcome: 'unchanged' };
  if (isRepeated(current, observation, said, rules)) return { outcome: 'unchanged' };
  if (isCopyBesideProblem(current, observation, rules)) return { outcome: 'unchanged' };
  const { incomplete: _, unsaid: __, ...resolved } = resolve(current, observation, now);
  // The bytes that a resolved row names are always those its content was made from: a replay relies on it.
  return {
    outcome: 'unchanged',
    row: {
      ...resolved,
      ...storedRaw(current, observation),
      ...readingOf(said),
      ...answeredBy(current, observation),
    },
  };
}

/**
 * Two webhooks of one change have it fetched twice within a moment. The second answer brings only its time, which is too close to that of
 * the first to decide anything: what differs from either is asked for once more.
 */
function isRepeated(
  current: OrderRow,
  { observedAt, raw }: Observation,
  said: Said,
  { truth }: MergeRules,
): boolean {
  return (
    truth === 'fetched' &&
    observedAt - current.observedAt < AMBIGUOUS_MS &&
    current.state === 'ok' &&
    current.raw?.sha256 === raw?.sha256 &&
    current.reading === ORDER_READING &&
    (current.incomplete ?? false) === said.incomplete &&
    current.unsaid === undefined &&
    Object.keys(said.unsaid).length === 0
  );
}

/** What was pushed before may be pushed again, which says nothing of the bytes between that nobody understood: an answer does. */
const isCopyBesideProblem = (current: OrderRow, observation: Observation, { truth }: MergeRules): boolean =>
  truth === 'pushed' &&
  current.state === 'needs-review' &&
  observation.asked !== true &&
  !isReread(current, observation);

/** The bytes that needed review are understood by now and say nothing new: there is nothing left to look at. */
function resolvedBy(current: OrderRow, observation: Observation, now: number): { row?: OrderRow } {
  if (current.state !== 'needs-review' || !isReread(current, observation)) return {};
  const { raw: _, ...row } = resolve(current, observation, now);
  return { row };
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
