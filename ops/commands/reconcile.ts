import type { Report } from '../../functions/pipeline/reconcile/report.ts';
import type { Watch } from '../../functions/pipeline/reconcile/watch.ts';
import type { KnownStore } from '../../functions/pipeline/replay/select.ts';
import { endedWell, reconcileStore } from '../actions/reconcile.ts';
import type { OperatorContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { ALL_STORES, storeNamed } from '../order-name.ts';
import { checkTimes } from '../orders-meant.ts';
import { OperatorError } from '../outputs.ts';
import { columns, DRY_RUN, print } from '../print.ts';
import { openProgress, type Progress } from '../progress.ts';
import { untilEnded } from '../until-ended.ts';

export interface ReconcileCommand {
  from?: number;
  to?: number;
  products: boolean;
  customers: boolean;
  dryRun: boolean;
  json: boolean;
}

/**
 * Compares what a store's platform lists with the table now, and repairs what differs, as the schedule does: the same code, the
 * same lease, the same limit. It runs on this machine.
 *
 * @param name of a store; all stores when absent
 * @returns 1 when a run did not end well
 */
export async function reconcileNow(
  context: OperatorContext,
  name: string | undefined,
  { from, to, products, customers, dryRun, json }: ReconcileCommand,
): Promise<number> {
  if (to !== undefined && from === undefined) throw new OperatorError('--to goes with --from.');
  checkTimes({ from, to }, context.control.clock.now());
  const stores =
    name === undefined || name === ALL_STORES ? context.stores : [storeNamed(name, context.stores)];
  const wanted = { from, to, products, customers, dryRun };
  // Cut off in its middle, a run would keep the schedule's out until its lease is over.
  const reports = await untilEnded((signal) => reconcileEach(context, stores, wanted, { json, signal }));
  const isWhole = reports.length === stores.length;
  print(json, { dryRun, reports }, [
    ...columns(
      reports.map(({ platform, storeId, outcome, counts }) => [
        `${platform}:${storeId}`,
        outcome,
        `${counts.seen} compared, ${counts.missing} missing, ${counts.stale} outdated, ${counts.failed} failed`,
        dryRun ? '' : `${counts.repaired} repaired`,
      ]),
    ),
    ...reports.flatMap(({ platform, storeId, ...found }) =>
      (['products', 'customers'] as const).flatMap((things) => {
        const counts = found[things];
        if (counts === undefined) return [];
        const { seen, missing, stale, removed, failed } = counts;
        return [
          `${platform}:${storeId}  ${seen} ${things} compared, ${missing} missing, ${stale} outdated, ${removed} removed, ${failed} failed`,
        ];
      }),
    ),
    ...reports.flatMap(({ platform, storeId, webhooks }) =>
      webhooks === undefined
        ? []
        : [
            `${platform}:${storeId}  webhooks put right: ${[...webhooks.missing, ...webhooks.surplus].join(', ')}`,
          ],
    ),
    ...reports.flatMap(({ platform, examples, problems, left }) => [
      ...examples.map(({ order, finding }) => `  ${finding}: ${order}`),
      ...problems.map((problem) => `  ${platform}: ${problem}`),
      ...left.map(({ scan, from: begin, to: end }) => `  left to compare: ${scan}, ${begin} to ${end}`),
    ]),
    ...(isWhole ? [] : ['It was stopped. The schedule compares the other stores.']),
    ...(dryRun ? [DRY_RUN] : []),
  ]);
  return isWhole && reports.every(endedWell) ? EXIT.done : EXIT.needsPerson;
}

/** One store after the other. Whoever ends it ends the run under way at its next call, and what is left stays written down. */
async function reconcileEach(
  context: OperatorContext,
  stores: readonly KnownStore[],
  wanted: Parameters<typeof reconcileStore>[2],
  { json, signal }: { json: boolean; signal: AbortSignal },
): Promise<Report[]> {
  const progress = openProgress({ quiet: json });
  const reports: Report[] = [];
  try {
    for (const store of stores) {
      if (signal.aborted) break;
      const watch = watchFor(store, progress);
      reports.push(await reconcileStore(context, store, wanted, { watch, signal }));
    }
  } finally {
    progress.end();
  }
  return reports;
}

const TOLD_EVERY = 50;

/** Lists overlap, and what is met twice counts twice here. */
function watchFor({ platform, storeId }: KnownStore, progress: Progress): Watch {
  let met = 0;
  const say = () => progress.say(`comparing ${platform} ${storeId}: ${met} met`);
  say();
  return {
    met() {
      met += 1;
      if (met % TOLD_EVERY === 0) say();
    },
    found: () => {},
  };
}
