import type { EpochMs } from '../runtime/clock.ts';

/** A stretch of time, both ends included; platforms' times have whole seconds, so neighbours share their border. */
export interface Span {
  from: EpochMs;
  to: EpochMs;
}

/** Adds a span to a list, oldest first, in which no two touch each other; keeps it so. */
export function addSpan(spans: readonly Span[], added: Span): Span[] {
  if (!(added.from < added.to)) return [...spans];
  const apart = spans.filter(({ from, to }) => to < added.from || from > added.to);
  const touching = spans.filter((span) => !apart.includes(span));
  const joined = {
    from: Math.min(added.from, ...touching.map(({ from }) => from)),
    to: Math.max(added.to, ...touching.map(({ to }) => to)),
  };
  return [...apart, joined].sort((a, b) => a.from - b.from);
}

/** Takes a span out of a list. */
export function cutSpan(spans: readonly Span[], cut: Span): Span[] {
  return spans.flatMap(({ from, to }) => {
    const rest = [
      { from, to: Math.min(to, cut.from) },
      { from: Math.max(from, cut.to), to },
    ];
    return rest.filter((span) => span.from < span.to);
  });
}

/** The newest part of a list, at most `longestMs` long: what was lost lately is missed most. `undefined` when it is empty. */
export function newestSlice(spans: readonly Span[], longestMs: number): Span | undefined {
  const newest = spans.at(-1);
  return newest && { from: Math.max(newest.from, newest.to - longestMs), to: newest.to };
}
