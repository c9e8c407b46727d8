import * as z from 'zod';
import { createReports, type KeptReport } from '../../functions/storage/reconcile-memory.ts';
import type { OperatorContext } from '../context.ts';

/** What a run of a reconciliation came to. */
export type ReconciliationView = ReturnType<typeof viewOf>;

const examples = z.array(z.object({ order: z.string(), finding: z.string() })).catch([]);

const webhooks = z
  .object({ missing: z.array(z.string()), surplus: z.array(z.string()) })
  .optional()
  .catch(undefined);

const viewOf = (store: { platform: string; storeId: string }, report: KeptReport) => ({
  ...store,
  startedAt: report.startedAt,
  endedAt: report.endedAt,
  outcome: report.outcome,
  counts: report.counts,
  problems: report.problems,
  examples: examples.parse(report.examples),
  /** Events whose webhooks were put right. */
  webhooks: webhooks.parse(report.webhooks),
});

/** The newest runs of every store, the newest first. */
export async function reconciliations(
  { stores, control }: Pick<OperatorContext, 'stores' | 'control'>,
  { perStore }: { perStore: number },
): Promise<ReconciliationView[]> {
  const lists = await Promise.all(
    stores.map(async (store) => {
      const reports = createReports({ client: control.client, table: control.table, ...store });
      return (await reports.newest(perStore)).map((report) => viewOf(store, report));
    }),
  );
  return lists.flat().sort((a, b) => b.endedAt.localeCompare(a.endedAt));
}
