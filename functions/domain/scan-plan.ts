import type { EpochMs } from '../runtime/clock.ts';
import type { Progress } from '../storage/reconcile-progress.ts';
import { addSpan, cutSpan, type Span } from './time-ranges.ts';

const DAY_MS = 86_400_000;

/** One list of the platform that is read along time: an outlet's orders, or a store's by one of its times. */
export interface Track {
  name: string;
  /** Lower goes first: what changed lately before what is only looked over once a day. */
  rank: number;
  /** Time between two looks, in ms; 0 for every run. */
  everyMs: number;
  /** How far each look goes back, in ms, whatever was compared before. */
  reachMs: number;
  /** How far the very first look goes back, in ms. */
  firstMs: number;
  /** How far back the platform lists anything, in ms. */
  keptMs: number;
  /** The longest stretch that is listed at once, in ms. */
  longestSliceMs: number;
  /** What happened less than this ago (ms) is left to live traffic, which is still at it. */
  settleMs: number;
}

/** What asks for a look beyond the regular one. */
export interface Occasion {
  now: EpochMs;
  /** From when on events may never have been sent; the tracks of rank 0 go back that far. */
  dueFrom?: EpochMs | undefined;
  /** What a person asked for. */
  window?: Span | undefined;
  /** Nothing but the window is looked at. */
  windowOnly?: boolean;
}

export interface Plan {
  progress: Progress;
  /** Some of what was to be compared is older than what the platform lists. */
  tooOld: boolean;
}

/** What a track has to compare now: the regular look, what a person asked for, and what earlier runs left over. */
export function plan(track: Track, known: Progress | undefined, occasion: Occasion): Plan {
  const { now, window, windowOnly = false } = occasion;
  const dueFrom = track.rank === 0 ? occasion.dueFrom : undefined;
  const before = known ?? begin(track, now);
  const elapsed = known === undefined || dueFrom !== undefined || now - known.until >= track.everyMs;
  const isTime = elapsed && !windowOnly;
  const until = isTime ? Math.max(before.until, now - track.settleMs) : before.until;
  const from = Math.min(
    before.until,
    until - track.reachMs,
    dueFrom ?? until,
    known === undefined ? now - track.firstMs : until,
  );
  const leftOver = windowOnly ? [] : before.gaps;
  const regular = isTime ? addSpan(leftOver, { from, to: until }) : leftOver;
  const gaps = window ? addSpan(regular, { from: window.from, to: Math.min(window.to, now) }) : regular;
  // What the platform does not list any more cannot be compared: asking for it would only fail for ever.
  const oldest = now - track.keptMs;
  return {
    progress: {
      ...before,
      until,
      gaps: cutSpan(gaps, { from: Number.NEGATIVE_INFINITY, to: oldest }),
      sliceMs: Math.min(before.sliceMs, track.longestSliceMs),
    },
    tooOld: gaps.some((gap) => gap.from < oldest - BORDER_MS),
  };
}

/** A look that goes back as far as the platform lists begins a moment too early, and loses nothing by it (ms). */
const BORDER_MS = 3_600_000;

const begin = (track: Track, now: EpochMs): Progress => ({
  since: now,
  until: now - track.settleMs,
  gaps: [],
  sliceMs: track.longestSliceMs,
  workedAt: 0,
  revision: 0,
});

/** The shortest slice that one that does not fit a run is cut down to (ms). */
const SHORTEST_SLICE_MS = 10 * 60_000;

/** After a slice that was compared: it is done, unless an order in it has to be met again; the next may be longer. */
export function advance(
  track: Track,
  progress: Progress,
  slice: Span,
  done: boolean,
  now: EpochMs,
): Progress {
  // Only a full slice shows that longer ones may fit; each run has a short one for what happened lately.
  const full = slice.to - slice.from >= progress.sliceMs;
  return {
    ...progress,
    gaps: done ? cutSpan(progress.gaps, slice) : progress.gaps,
    sliceMs: full ? Math.min(track.longestSliceMs, progress.sliceMs * 2) : progress.sliceMs,
    workedAt: now,
  };
}

/** After a slice that the run ended in: it may be too long for any run. */
export const shorten = (progress: Progress): Progress => ({
  ...progress,
  sliceMs: Math.max(SHORTEST_SLICE_MS, progress.sliceMs / 2),
});

export const days = (count: number): number => count * DAY_MS;
export const minutes = (count: number): number => count * 60_000;
