import type { EpochMs } from '../../../domain/time.ts';

export interface TimeWindow {
  from: EpochMs;
  to: EpochMs;
}

const DAY_MS = 86_400_000;

/** How far back orders can be asked for (orders guide: 60 days). */
export const LOOKBACK_MS = 60 * DAY_MS;
/** The longest window we ask for at once: 7 days, less the second that rounding may add. */
export const WINDOW_MS = 7 * DAY_MS - 1000;

/** Cuts a span of time into windows of at most 7 days, oldest first, without gap or overlap. */
export function timeWindows({ from, to }: TimeWindow, longestMs: number = WINDOW_MS): TimeWindow[] {
  const windows: TimeWindow[] = [];
  for (let start = from; start < to; start += longestMs) {
    windows.push({ from: start, to: Math.min(start + longestMs, to) });
  }
  return windows;
}

/** The bounds as the platform takes them: UTC to the second, widened so that no millisecond is left out. */
export function windowQuery({ from, to }: TimeWindow): { start_time: string; end_time: string } {
  const text = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 19);
  return { start_time: text(Math.floor(from / 1000)), end_time: text(Math.ceil(to / 1000)) };
}
