import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newestSlice } from '../../../functions/domain/time.ts';
import { advance, plan, shorten } from '../../../functions/pipeline/reconcile/scan-plan.ts';
import type { Scan } from '../../../functions/platforms/scan.ts';
import type { Progress } from '../../../functions/storage/reconcile-memory.ts';
import { days, minutes } from '../../support/bazaar/reconcile.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const scan: Scan = {
  name: 'updated',
  order: 0,
  everyMs: 0,
  lookbackMs: minutes(60),
  firstMs: days(30),
  keptMs: days(59),
  longestSliceMs: days(1),
  quietPeriodMs: minutes(3),
  query: {},
};
const nightly: Scan = { ...scan, name: 'created', order: 1, everyMs: days(1), lookbackMs: days(14) };
const known = (change: Partial<Progress> = {}): Progress => ({
  since: NOW - days(100),
  until: NOW - minutes(18),
  gaps: [],
  sliceMs: days(1),
  workedAt: 0,
  revision: 3,
  ...change,
});

describe('what a scan has to compare', () => {
  it('is the whole backfill on a new deployment, and leaves the last minutes to live traffic', () => {
    const { progress } = plan(scan, undefined, { now: NOW });

    expect(progress).toMatchObject({ since: NOW, until: NOW - minutes(3) });
    expect(progress.gaps).toEqual([{ from: NOW - days(30), to: NOW - minutes(3) }]);
  });

  it('is the time since the last look and the overlap, joined with what was left', () => {
    const left = { from: NOW - days(9), to: NOW - days(8) };

    const { progress } = plan(scan, known({ gaps: [left] }), { now: NOW });

    expect(progress.gaps).toEqual([left, { from: NOW - minutes(63), to: NOW - minutes(3) }]);
  });

  it('goes back without a hole after days in which nothing ran', () => {
    const { progress } = plan(scan, known({ until: NOW - days(4) }), { now: NOW });

    expect(progress.gaps).toEqual([{ from: NOW - days(4), to: NOW - minutes(3) }]);
  });

  it('goes back to where events may never have been sent', () => {
    const { progress } = plan(scan, known(), { now: NOW, backfillFrom: NOW - days(2) });

    expect(progress.gaps).toEqual([{ from: NOW - days(2), to: NOW - minutes(3) }]);
  });

  it('is nothing for a nightly scan before the day is over, and its whole reach afterwards', () => {
    const early = plan(nightly, known({ until: NOW - days(0.5) }), { now: NOW, backfillFrom: NOW - days(2) });
    const late = plan(nightly, known({ until: NOW - days(1.1) }), { now: NOW });

    expect(early.progress).toMatchObject({ gaps: [], until: NOW - days(0.5) });
    expect(late.progress.gaps).toEqual([{ from: NOW - minutes(3) - days(14), to: NOW - minutes(3) }]);
  });

  it('is what a person asked for, up to this moment, beside what is due', () => {
    const window = { from: NOW - days(3), to: NOW + days(1) };

    const both = plan(scan, known(), { now: NOW, window });
    const only = plan(scan, known({ gaps: [{ from: 1, to: 2 }] }), { now: NOW, window, windowOnly: true });

    expect(both.progress.gaps).toEqual([{ from: NOW - days(3), to: NOW }]);
    expect(only.progress.gaps).toEqual([{ from: NOW - days(3), to: NOW }]);
  });

  it('is never too old where a list shows all there is, however long nobody looked', () => {
    const whole: Scan = { ...nightly, resource: 'product', lookbackMs: days(1), keptMs: days(2) };

    const { tooOld, progress } = plan(whole, known({ until: NOW - days(3) }), { now: NOW });

    expect(tooOld).toBe(false);
    expect(progress.gaps).toHaveLength(1);
  });

  it('says so when some of it is older than the platform lists, and does not ask for that', () => {
    const { progress, tooOld } = plan(scan, known({ until: NOW - days(70) }), { now: NOW });

    expect(tooOld).toBe(true);
    expect(progress.gaps[0]?.from).toBe(NOW - days(59));
    expect(plan({ ...scan, firstMs: days(59) }, undefined, { now: NOW }).tooOld).toBe(false);
  });
});

describe('a slice that no run could finish', () => {
  it('is halved to whole milliseconds however often, because the times made of it are stored as whole ones', () => {
    const halved = [known({ sliceMs: days(7) - 1001 })];

    for (let time = 0; time < 12; time += 1) halved.push(shorten(halved.at(-1)!));

    const lengths = halved.map(({ sliceMs }) => sliceMs);
    expect(lengths.filter((length) => !Number.isInteger(length))).toEqual([]);
    expect(lengths.at(-1)).toBe(minutes(10));
  });
});

describe('moments and runs of any kind', () => {
  it('leave no moment uncompared: each was in a slice that was read after it had settled', () => {
    const run = fc.record({
      afterMinutes: fc.integer({ min: 1, max: 4000 }),
      slices: fc.integer({ min: 0, max: 6 }),
      fails: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(run, { minLength: 1, maxLength: 20 }), (runs) => {
        let now = NOW;
        let stored: Progress | undefined;
        const read: { from: number; to: number; at: number }[] = [];
        for (const { afterMinutes, slices, fails } of [
          ...runs,
          { afterMinutes: 5, slices: 1000, fails: false },
        ]) {
          now += minutes(afterMinutes);
          let progress = plan(scan, stored, { now }).progress;
          let moved = false;
          for (let index = 0; index < slices; index += 1) {
            const slice = newestSlice(progress.gaps, progress.sliceMs);
            if (slice === undefined) break;
            read.push({ ...slice, at: now });
            progress = advance(scan, progress, { slice, done: true, mayGrow: true }, now);
            moved = true;
          }
          // Nothing is written by a run that was cut off before its first slice, or is shortened.
          if (fails && !moved) stored = slices === 0 ? stored : shorten(progress);
          else if (moved) stored = progress;
        }
        // The backfill goes back from the first run that came to anything.
        for (
          let moment = (stored?.since ?? now) - days(29);
          moment < now - minutes(4);
          moment += minutes(53)
        ) {
          const compared = read.some(
            ({ from, to, at }) => from <= moment && moment <= to && at >= moment + scan.quietPeriodMs,
          );
          expect(compared, new Date(moment).toISOString()).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('the slice after one that was compared', () => {
  const half = known({ sliceMs: days(1) / 2, gaps: [{ from: NOW - days(5), to: NOW }] });
  const slice = { from: NOW - days(1) / 2, to: NOW };

  it('is twice as long where the run has the time for it, as long as the platform lists at once', () => {
    const next = advance(scan, half, { slice, done: true, mayGrow: true }, NOW);

    expect(next.sliceMs).toBe(days(1));
    expect(advance(scan, next, { slice, done: true, mayGrow: true }, NOW).sliceMs).toBe(days(1));
  });

  it('is no longer where the run would end in it: whatever it met would have to be met again', () => {
    expect(advance(scan, half, { slice, done: true, mayGrow: false }, NOW).sliceMs).toBe(days(1) / 2);
  });
});
