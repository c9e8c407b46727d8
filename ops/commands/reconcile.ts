import type { Report } from '../../functions/pipeline/reconcile/report.ts';
import { endedWell, reconcileStore } from '../actions/reconcile.ts';
import type { OperatorContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { ALL_STORES, storeNamed } from '../order-name.ts';
import { checkTimes } from '../orders-meant.ts';
import { OperatorError } from '../outputs.ts';
import { columns, DRY_RUN, print } from '../print.ts';

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
  const reports: Report[] = [];
  for (const store of stores) {
    if (process.stderr.isTTY && !json)
      process.stderr.write(`comparing ${store.platform} ${store.storeId} ...\n`);
    reports.push(await reconcileStore(context, store, { from, to, products, customers, dryRun }));
  }
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
    ...(dryRun ? [DRY_RUN] : []),
  ]);
  return reports.every(endedWell) ? EXIT.done : EXIT.needsPerson;
}
