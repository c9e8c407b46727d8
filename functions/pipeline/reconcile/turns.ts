import type { EpochMs } from '../../domain/time.ts';
import type { ScanState } from './scan-state.ts';

/** What was to be looked at this long ago (ms), and no run came to since, waits for no other list any more. */
const STARVED_MS = 2 * 3_600_000;
/** Lists of one order go before those of every run no more often than this (ms): these are what orders of this hour are found by. */
const REST_MS = 30 * 60_000;

/** In which turn the orders of scans are worked through. */
export interface Turns {
  /** Those that starve, the one that waits longest before the others. */
  readonly first: readonly number[];
  readonly usual: readonly number[];
}

/**
 * Lower orders go first, but for a while: lists of every run may take the whole of it, as those of a chain with more outlets than a run
 * has calls, and nothing else would ever be looked at.
 */
export function turnsOf(states: readonly ScanState[], now: EpochMs): Turns {
  const orders = [...new Set(states.map(({ scan }) => scan.order))].sort((a, b) => a - b);
  const began = Math.min(now, ...states.flatMap(({ stored }) => stored?.since ?? []));
  const workedAt = (order: number) =>
    Math.max(
      0,
      ...states.filter(({ scan }) => scan.order === order).map(({ progress }) => progress.workedAt),
    );
  const starves = (order: number) =>
    workedAt(order) <= now - REST_MS &&
    states.some(
      (state) => state.scan.order === order && isLeft(state) && dueSince(state, began) <= now - STARVED_MS,
    );
  const first = orders.filter((order, index) => index > 0 && starves(order));
  return {
    first: first.sort((a, b) => workedAt(a) - workedAt(b)),
    usual: orders.filter((order) => !first.includes(order)),
  };
}

/** Something of it is to be read, or what it shows no more is to be looked for. */
const isLeft = ({ todo, remembered }: ScanState): boolean => todo.length > 0 || remembered !== undefined;

/** @param began when the store was compared first (epoch ms) */
function dueSince({ scan, stored, remembered }: ScanState, began: EpochMs): EpochMs {
  if (stored === undefined) return began;
  const isBegun = stored.gaps.length > 0 || remembered !== undefined;
  return isBegun ? stored.workedAt : stored.until + scan.everyMs;
}
