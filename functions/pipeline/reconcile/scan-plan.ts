import type { Resource } from '../../domain/resource.ts';
import type { EpochMs } from '../../domain/time.ts';
import { subtract, type TimeRange, union } from '../../domain/time.ts';
import type { Scan } from '../../platforms/scan.ts';
import type { Progress } from '../../storage/reconcile-memory.ts';

/** What asks for a look beyond the regular one. */
export interface Occasion {
  now: EpochMs;
  /** From when on events may never have been sent; the scans of order 0 go back that far. */
  backfillFrom?: EpochMs | undefined;
  /** What a person asked for. */
  window?: TimeRange | undefined;
  /** Nothing but the window is looked at. */
  windowOnly?: boolean;
  /** What is looked at beside orders, whenever it was looked at last. */
  wants?: readonly Resource[];
  /** Of what some scan is due. */
  due?: ReadonlySet<Resource>;
}

export interface Plan {
  progress: Progress;
  /** Some of the orders that were to be compared are older than what the platform lists. */
  tooOld: boolean;
}

/** Whether the time of a scan has come. */
export const isDue = ({ everyMs }: Scan, known: Progress | undefined, now: EpochMs): boolean =>
  known === undefined || now - known.until >= everyMs;

/**
 * Scans of one kind are looked at together once half of their time is over: only a run that meets all that a store has sees what is no more,
 * and one outlet that failed once would be due at another time than the others for ever.
 */
const isDueWithOthers = (scan: Scan, known: Progress | undefined, { now, due }: Occasion): boolean =>
  scan.resource !== undefined &&
  due?.has(scan.resource) === true &&
  isDue({ ...scan, everyMs: scan.everyMs / 2 }, known, now);

/** What a track has to compare now: the regular look, what a person asked for, and what earlier runs left over. */
export function plan(scan: Scan, known: Progress | undefined, occasion: Occasion): Plan {
  const { now, windowOnly = false } = occasion;
  const { resource = 'order' } = scan;
  // A window is about orders: the rest is compared as a whole.
  const window = resource === 'order' ? occasion.window : undefined;
  const backfillFrom = scan.order === 0 ? occasion.backfillFrom : undefined;
  const before = known ?? begin(scan, now);
  const elapsed =
    isDue(scan, known, now) ||
    backfillFrom !== undefined ||
    isDueWithOthers(scan, known, occasion) ||
    (resource !== 'order' && occasion.wants?.includes(resource) === true);
  const isTime = elapsed && !windowOnly;
  const until = isTime ? Math.max(before.until, now - scan.quietPeriodMs) : before.until;
  const from = Math.min(
    before.until,
    until - scan.lookbackMs,
    backfillFrom ?? until,
    known === undefined ? now - scan.firstMs : until,
  );
  const leftOver = windowOnly ? [] : before.gaps;
  const regular = isTime ? union(leftOver, { from, to: until }) : leftOver;
  const gaps = window ? union(regular, { from: window.from, to: Math.min(window.to, now) }) : regular;
  // What the platform does not list any more cannot be compared: asking for it would only fail for ever.
  const oldest = now - scan.keptMs;
  return {
    progress: {
      ...before,
      until,
      gaps: subtract(gaps, { from: Number.NEGATIVE_INFINITY, to: oldest }),
      sliceMs: Math.min(before.sliceMs, scan.longestSliceMs),
    },
    // What is mirrored is listed as it is now, however long ago that was looked at.
    tooOld: resource === 'order' && gaps.some((gap) => gap.from < oldest - BORDER_MS),
  };
}

/** A look that goes back as far as the platform lists begins a moment too early, and loses nothing by it (ms). */
const BORDER_MS = 3_600_000;

const begin = (scan: Scan, now: EpochMs): Progress => ({
  since: now,
  until: now - scan.quietPeriodMs,
  gaps: [],
  sliceMs: scan.longestSliceMs,
  workedAt: 0,
  revision: 0,
});

/** The shortest slice that one that does not fit a run is cut down to (ms). */
const SHORTEST_SLICE_MS = 10 * 60_000;

/**
 * After a slice that was compared: it is done, unless an order in it has to be met again; the next may be longer.
 *
 * @param compared `mayGrow`: the run has the time for one of twice the length. One that a run ends in is compared anew.
 */
export function advance(
  scan: Scan,
  progress: Progress,
  { slice, done, mayGrow }: { slice: TimeRange; done: boolean; mayGrow: boolean },
  now: EpochMs,
): Progress {
  // Only a full slice shows that longer ones may fit; each run has a short one for what happened lately.
  const full = mayGrow && slice.to - slice.from >= progress.sliceMs;
  const { page, ...rest } = progress;
  return {
    ...rest,
    ...(done || page === undefined ? {} : { page }),
    gaps: done ? subtract(progress.gaps, slice) : progress.gaps,
    sliceMs: full ? Math.min(scan.longestSliceMs, progress.sliceMs * 2) : progress.sliceMs,
    workedAt: now,
  };
}

/** After a slice that the run ended in: it may be too long for any run. */
export const shorten = (progress: Progress): Progress => ({
  ...progress,
  // Whole, because times are made of it: a stored time with a fraction is refused when it is read.
  sliceMs: Math.max(SHORTEST_SLICE_MS, Math.floor(progress.sliceMs / 2)),
});
