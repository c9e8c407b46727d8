import { withRepair } from '../../functions/domain/stock/drifting.ts';
import { compareAll, type SeenSku } from '../../functions/outbound/stock/compare.ts';
import type { OperatorContext } from '../context.ts';
import { comparerOf, type DriftReads, type DriftRow, driftRow } from '../data/stock-drift.ts';

/** What telling channels again needs. */
export type TellsAgain = DriftReads &
  Pick<OperatorContext, 'audited'> & { readonly stock: Pick<OperatorContext['stock'], 'sendHints'> };

/** Has channels told again that show something else than they were told. Whatever happened meanwhile counts first. */
export async function tellAgain({ audited, stock }: TellsAgain, drifted: readonly SeenSku[]): Promise<void> {
  const { store, settings, clock, sendHints } = stock;
  await audited('stock drift', { channels: drifted.length }, async () => {
    for (const { sku, channel, seen } of drifted)
      await store.update(sku, (known) => withRepair(known, channel, seen, settings, clock.now()));
    await sendHints();
    return {};
  });
}

/** The same for one SKU. Answers what its channels showed. @param options `dryRun`: nothing is written */
export async function tellSkuAgain(
  context: TellsAgain,
  sku: string,
  { dryRun }: { dryRun: boolean },
): Promise<DriftRow[]> {
  const comparer = comparerOf(context, sku);
  const { drifted } = await compareAll(comparer);
  const rows = await Promise.all(drifted.map((one) => driftRow(comparer, one)));
  if (!dryRun && drifted.length > 0) await tellAgain(context, drifted);
  return rows;
}
