import { contentHash } from './canonical-json.ts';
import type { Content, Mirrored, MirrorFields, MirrorKind, MirrorReading, Stated } from './mirror-row.ts';
import type { ReviewReason } from './order.ts';
import type { Origin, RawReference } from './order-row.ts';
import { type EpochMs, isoTime } from './time.ts';

/** One look at a thing: what a platform said of it, that it has it no more, or why that could not be understood. */
export interface MirrorObservation<Key, Said> {
  key: Key;
  reading:
    | Pick<Extract<MirrorReading<Said>, { ok: true }>, 'said' | 'omitted'>
    | { removed: true }
    | { review: { reason: ReviewReason; problem: string } };
  /** Epoch ms: when the platform was asked. */
  observedAt: EpochMs;
  origin: Origin;
  correlationId: string;
  /** Of bytes that were not understood. */
  raw?: RawReference;
}

export type MirrorOutcome = 'created' | 'updated' | 'removed' | 'unchanged' | 'stale' | 'needs-review';

export interface MirrorResult<Row> {
  outcome: MirrorOutcome;
  /** What to write; absent when the row stays exactly as it is. */
  row?: Row;
}

/**
 * Decides what an observation does to the row of a product, or of another thing that is mirrored. Whatever order observations
 * arrive in and however often they repeat, they end in the same row: its content is that of the latest platform time, and of
 * the latest observation among those; whether the platform has it is what the latest observation of all says. Pure: the caller
 * writes the row under the condition that its revision is still the one read.
 */
export function mirror<Key extends StoreKey, Said extends Stated, Row>(
  kind: MirrorKind<Key, Said, Row>,
  current: Row | undefined,
  observation: MirrorObservation<Key, Said>,
  now: EpochMs,
): MirrorResult<Row> {
  const { outcome, next } = decide(
    kind,
    current === undefined ? undefined : kind.open(current),
    observation,
    now,
  );
  return { outcome, ...(next === undefined ? {} : { row: kind.close(observation.key, next) }) };
}

type StoreKey = Pick<MirrorFields, 'platform' | 'storeId'>;
type WithoutPerson<Said> = ((said: Said) => Said) | undefined;
interface Decided<Said> {
  outcome: MirrorOutcome;
  next?: Mirrored<Said>;
}

function decide<Key extends StoreKey, Said extends Stated>(
  { withoutPerson }: { withoutPerson?(said: Said): Said },
  current: Mirrored<Said> | undefined,
  observation: MirrorObservation<Key, Said>,
  now: EpochMs,
): Decided<Said> {
  const { reading } = observation;
  if ('review' in reading) return mirrorUnreadable(current, observation, reading.review, now);
  if ('removed' in reading) return mirrorRemoval(current, observation, now, withoutPerson);
  return mirrorSaid(current, observation, withKnown(reading, current), now, withoutPerson);
}

/** What an observation says, with what it never says as it was before. */
function withKnown<Said>(
  { said, omitted = [] }: Pick<Extract<MirrorReading<Said>, { ok: true }>, 'said' | 'omitted'>,
  current: Mirrored<Said> | undefined,
): Said {
  const known = omitted.flatMap((field) => {
    const value = current?.said?.[field];
    return value === undefined ? [] : [[field, value]];
  });
  return { ...said, ...Object.fromEntries(known) };
}

function mirrorSaid<Key extends StoreKey, Said extends Stated>(
  current: Mirrored<Said> | undefined,
  observation: MirrorObservation<Key, Said>,
  whole: Said,
  now: EpochMs,
  withoutPerson: WithoutPerson<Said>,
): Decided<Said> {
  const { observedAt } = observation;
  const isLatest = current === undefined || observedAt >= current.observedAt;
  // Nothing of a person is taken in again where it was erased, or where the platform has had it no more since.
  const isForgotten = current?.erased !== undefined || (!isLatest && current.removedAt !== undefined);
  const told = isForgotten && withoutPerson !== undefined ? withoutPerson(whole) : whole;
  const said = contentOf(told, observedAt);
  const known = current?.content;
  const content = known === undefined || isLater(said, known) ? said : known;
  const isRepeat =
    current?.state === 'ok' && current.observedAt === observedAt && current.removedAt === undefined;
  if (content === known && (!isLatest || isRepeat))
    return { outcome: said.hash === known?.hash ? 'unchanged' : 'stale' };
  const { removedAt, review, raw, ...rest } = current ?? blankRow(observation);
  const next: Mirrored<Said> = {
    ...rest,
    ...(content === said ? { said: told } : {}),
    content,
    ...(isLatest
      ? { state: 'ok', observedAt }
      : {
          ...(removedAt === undefined ? {} : { removedAt }),
          ...(review === undefined ? {} : { review }),
          ...(raw === undefined ? {} : { raw }),
        }),
  };
  const outcome = known === undefined ? 'created' : isSameTo(current, next) ? 'unchanged' : 'updated';
  return { outcome, next: written(current, next, observation, now) };
}

/** The platform has it no more. What is known of it stays, because orders still name it, but for the person it names. */
function mirrorRemoval<Key extends StoreKey, Said extends Stated>(
  current: Mirrored<Said> | undefined,
  observation: MirrorObservation<Key, Said>,
  now: EpochMs,
  withoutPerson: WithoutPerson<Said>,
): Decided<Said> {
  const { observedAt } = observation;
  if (current !== undefined && observedAt <= current.observedAt)
    return { outcome: current.removedAt === undefined ? 'stale' : 'unchanged' };
  const { review: _, raw: __, ...known } = current ?? blankRow<Key, Said>(observation);
  const kept = withoutPerson === undefined ? known : forgetting(known, withoutPerson);
  const next: Mirrored<Said> = { ...kept, state: 'ok', observedAt, removedAt: observedAt };
  const outcome = current?.removedAt === undefined ? 'removed' : 'unchanged';
  return { outcome, next: written(current, next, observation, now) };
}

/** The row as it stands without its person; its content then is another one of the same time. */
export function forgetting<Said>(
  mirrored: Mirrored<Said>,
  withoutPerson: (said: Said) => Said,
): Mirrored<Said> {
  const { said, content } = mirrored;
  if (said === undefined || content === undefined) return mirrored;
  const kept = withoutPerson(said);
  return { ...mirrored, said: kept, content: { ...content, hash: contentHash(kept) } };
}

function mirrorUnreadable<Key extends StoreKey, Said extends Stated>(
  current: Mirrored<Said> | undefined,
  observation: MirrorObservation<Key, Said>,
  problem: { reason: ReviewReason; problem: string },
  now: EpochMs,
): Decided<Said> {
  const { observedAt, raw } = observation;
  // Something newer was understood in the meantime: there is nothing left to look at.
  if (current !== undefined && observedAt <= current.observedAt) return { outcome: 'stale' };
  const { removedAt: _, ...known } = current ?? blankRow<Key, Said>(observation);
  const next: Mirrored<Said> = {
    ...known,
    state: 'needs-review',
    review: { ...problem, at: now },
    observedAt,
    ...(raw === undefined ? {} : { raw }),
  };
  return { outcome: 'needs-review', next: written(current, next, observation, now) };
}

/** What an observation says, dated. A time in the future must not outdo what the platform says next. */
function contentOf(said: Stated, observedAt: EpochMs): Content {
  const stated = said.platformUpdatedAt === undefined ? undefined : Date.parse(said.platformUpdatedAt);
  return {
    hash: contentHash(said),
    at: Math.min(stated ?? observedAt, observedAt),
    observedAt,
  };
}

/** A total order, so that it does not matter in which order contents arrive. */
function isLater(one: Content, other: Content): boolean {
  if (one.at !== other.at) return one.at > other.at;
  if (one.observedAt !== other.observedAt) return one.observedAt > other.observedAt;
  return one.hash > other.hash;
}

function blankRow<Key extends StoreKey, Said>({
  key,
  observedAt,
  origin,
  correlationId,
}: MirrorObservation<Key, Said>): Mirrored<Said> {
  const seen = { via: origin, at: observedAt };
  return {
    platform: key.platform,
    storeId: key.storeId,
    state: 'ok',
    changedAt: isoTime(observedAt),
    observedAt,
    version: 0,
    revision: 0,
    origin: { first: seen, last: seen },
    correlationId,
  };
}

/** Whether readers see the same: the content, and whether the platform has it. */
const isSameTo = (before: MirrorFields | undefined, after: MirrorFields): boolean =>
  before?.content?.hash === after.content?.hash &&
  (before?.removedAt === undefined) === (after.removedAt === undefined);

/** The row with its counters. Nobody is told of a thing that the platform had no more before anybody knew of it. */
function written<Key, Said>(
  before: MirrorFields | undefined,
  after: Mirrored<Said>,
  { origin, correlationId }: MirrorObservation<Key, Said>,
  now: EpochMs,
): Mirrored<Said> {
  const isSame = isSameTo(before, after);
  const isChanged = !isSame || before?.state !== after.state;
  const wasThere = before !== undefined && before.removedAt === undefined;
  const told = isChanged && (wasThere || after.removedAt === undefined);
  const eventCount = (before?.eventCount ?? 0) + (told ? 1 : 0);
  const seen = { via: origin, at: now };
  return {
    ...after,
    ...(isChanged ? { changedAt: isoTime(now) } : {}),
    version: after.version + (isSame ? 0 : 1),
    revision: after.revision + 1,
    ...(eventCount === 0 ? {} : { eventCount }),
    origin: { first: before?.origin.first ?? seen, last: seen },
    correlationId,
  };
}
