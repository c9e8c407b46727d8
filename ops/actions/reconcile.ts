import type { Resource } from '../../functions/domain/resource.ts';
import { openReconciler, reconcile } from '../../functions/pipeline/reconcile/reconcile.ts';
import type { Report } from '../../functions/pipeline/reconcile/report.ts';
import type { Watch } from '../../functions/pipeline/reconcile/watch.ts';
import type { KnownStore } from '../../functions/pipeline/replay/select.ts';
import type { OperatorContext } from '../context.ts';

/** How a person goes along with a run. */
export interface Following {
  watch?: Watch;
  signal?: AbortSignal;
}

/** A run of a person may take this long, in ms; what is left then, the schedule goes on with. */
const LONGEST_MS = 14 * 60_000;

/**
 * Compares what a store's platform lists with the table now, and repairs what differs, as the schedule does: the same code, the
 * same lease, the same limit. It runs on this machine.
 *
 * @param wanted `from`, `to`: a stretch of time beside what is due anyway, in epoch ms; `products`, `customers`: whether they are compared too;
 *   `only`: nothing but these kinds
 * @param following `watch` is told what the run meets; `signal` ends it at its next call, and what is left stays written down
 */
export async function reconcileStore(
  context: OperatorContext,
  store: KnownStore,
  wanted: {
    from: number | undefined;
    to: number | undefined;
    products: boolean;
    customers: boolean;
    dryRun: boolean;
    only?: readonly Resource[];
  },
  { watch, signal }: Following = {},
): Promise<Report> {
  const { clock } = context.control;
  const { only, ...request } = wanted;
  const run = (requestId: string): Promise<Report> => {
    const ends = clock.now() + LONGEST_MS;
    const reconciler = openReconciler(context.storeOf(store), context.control);
    return reconcile(
      reconciler,
      { ...request, ...(only === undefined ? {} : { only: [...only] }) },
      { requestId, remainingMs: () => (signal?.aborted ? 0 : ends - clock.now()) },
      watch,
    );
  };
  if (wanted.dryRun) return run('ops-dry-run');
  const reports: Report[] = [];
  await context.audited('reconcile', { ...store }, async (requestId) => {
    const report = await run(requestId);
    reports.push(report);
    const { missing, stale, repaired, failed } = report.counts;
    return { outcome: report.outcome, missing, stale, repaired, failed };
  });
  const [report] = reports;
  if (report === undefined) throw new Error('a run ended without a report');
  return report;
}

/** Whether nothing of a run is left to a person. */
export const endedWell = ({ outcome, counts }: Report): boolean =>
  (outcome === 'done' || outcome === 'off') && counts.failed === 0;
