import { PlatformError } from '../../../functions/http/errors.ts';
import { days, minutes, type Scan } from '../../../functions/pipeline/reconcile/scan-plan.ts';
import type { Session, Slice, Source } from '../../../functions/pipeline/reconcile/source.ts';
import { movedClock } from '../../support/fakes.ts';
import type { LocalTables } from '../../support/local-tables.ts';
import { createBench } from './bench.ts';

/** A track that every run looks an hour back on, and the first one three days. */
export const scan = (name: string, change: Partial<Scan> = {}): Scan => ({
  name,
  order: 0,
  everyMs: 0,
  lookbackMs: minutes(60),
  firstMs: days(3),
  keptMs: days(59),
  longestSliceMs: days(1),
  quietPeriodMs: minutes(3),
  ...change,
});

/** A source whose slices cost one call each, and that keeps what it was asked to compare. */
export function sourceOf(
  scans: readonly Scan[],
  compare: (slice: Slice<Scan>, session: Session) => Promise<boolean> = async () => true,
): Source<Scan> & { compared: string[] } {
  const compared: string[] = [];
  return {
    compared,
    platform: 'nuvemshop',
    storeId: '1',
    scans,
    slowestCallMs: 45_000,
    async compare(slice, session) {
      await session.budget.take();
      compared.push(`${slice.scan.name} ${new Date(slice.from).toISOString().slice(0, 16)}`);
      return compare(slice, session);
    },
  };
}
/** A failure of the platform's list. */
export const failing = (kind: PlatformError['kind'], change: object = {}) =>
  new PlatformError({ platform: 'nuvemshop', operation: 'orders.list', kind, status: 500, ...change });
/** A bench on a clock that can be moved. */
export const benchOf = (tables: LocalTables, scope: string, rate?: { perSecond: number; burst: number }) => {
  const clock = movedClock();
  const bench = createBench(tables, { scope, platform: 'nuvemshop', clock, ...(rate ? { rate } : {}) });
  return { ...bench, clock };
};
