import * as z from 'zod';
import { lazily } from './lazily.ts';

/** Milliseconds since the Unix epoch, UTC. */
export type EpochMs = number;

/** A time as rows and reports write it: ISO 8601 in UTC with milliseconds. */
export const isoTime = (ms: EpochMs): string => new Date(ms).toISOString();

/** A time as items of the tables hold it. */
export const epochMs = lazily(() => z.int());
export const optionalEpochMs = lazily(() => epochMs().optional());
/** What `isoTime` writes, as a schema reads it. */
export const isoUtc = lazily(() => z.iso.datetime({ precision: 3 }));
export const optionalIsoUtc = lazily(() => isoUtc().optional());

/** No clock of the merchant's system is further ahead of ours (ms): what it says happened later than this did not. */
export const CLOCK_AHEAD_MS = 24 * 3_600_000;

/** A stretch of time, both ends included; platforms' times have whole seconds, so neighbours share their border. */
export interface TimeRange {
  from: EpochMs;
  to: EpochMs;
}

/** Adds a span to a list, oldest first, in which no two touch each other; keeps it so. */
export function union(ranges: readonly TimeRange[], added: TimeRange): TimeRange[] {
  if (!(added.from < added.to)) return [...ranges];
  const apart = ranges.filter(({ from, to }) => to < added.from || from > added.to);
  const touching = ranges.filter((range) => !apart.includes(range));
  const joined = {
    from: Math.min(added.from, ...touching.map(({ from }) => from)),
    to: Math.max(added.to, ...touching.map(({ to }) => to)),
  };
  return [...apart, joined].sort((a, b) => a.from - b.from);
}

/** Takes a span out of a list. */
export function subtract(ranges: readonly TimeRange[], cut: TimeRange): TimeRange[] {
  return ranges.flatMap(({ from, to }) => {
    const rest = [
      { from, to: Math.min(to, cut.from) },
      { from: Math.max(from, cut.to), to },
    ];
    return rest.filter((range) => range.from < range.to);
  });
}

/** The newest part of a list, at most `longestMs` long: what was lost lately is missed most. `undefined` when it is empty. */
export function newestSlice(ranges: readonly TimeRange[], longestMs: number): TimeRange | undefined {
  const newest = ranges.at(-1);
  return newest && { from: Math.max(newest.from, newest.to - longestMs), to: newest.to };
}
