import { aliasesOf, changedAliases } from '../../functions/domain/alias.ts';
import { itemName } from '../../functions/domain/item-name.ts';
import type { OrderKey } from '../../functions/domain/order-row.ts';
import { mapConcurrent } from '../../functions/pipeline/map-concurrent.ts';
import { describeError } from '../../functions/runtime/describe-error.ts';
import type { OperatorContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { type OrderFilter, ordersMeant } from '../orders-meant.ts';
import { columns, DRY_RUN, print } from '../print.ts';

/** Orders that are noted at the same time. */
const AT_ONCE = 8;

/**
 * Notes again by what numbers and codes orders are found, as the tracker does when their rows are written. Doing it again is
 * harmless. Answers 1 when any could not be noted.
 *
 * @throws OperatorError as {@link ordersMeant} does
 */
export async function noteOrders(
  context: OperatorContext,
  names: readonly string[],
  { dryRun, json, ...filter }: OrderFilter & { dryRun: boolean; json: boolean },
): Promise<number> {
  const keys = await ordersMeant(context, names, filter);
  const totals: Totals = { orders: keys.length, texts: 0, failed: [] };
  if (dryRun) await noteEach(context, keys, { dryRun, totals });
  else
    await context.audited('orders note', { orders: keys.length }, async () => {
      await noteEach(context, keys, { dryRun, totals });
      return { texts: totals.texts, failed: totals.failed.length };
    });
  const { orders, texts, failed } = totals;
  print(json, { dryRun, ...totals }, [
    ...columns(failed.map(({ order, problem }) => [order, problem])),
    `${orders} orders ${dryRun ? 'would be' : 'are'} found by ${texts} numbers and codes.`,
    ...(failed.length === 0 ? [] : [`${failed.length} orders could not be noted; run it again for them.`]),
    ...(dryRun ? [DRY_RUN] : []),
  ]);
  return failed.length === 0 ? EXIT.done : EXIT.needsPerson;
}

interface Totals {
  orders: number;
  /** Numbers and codes, of all of them together. */
  texts: number;
  failed: { order: string; problem: string }[];
}

/** One that fails stops none of the others. */
async function noteEach(
  { orders, aliases }: OperatorContext,
  keys: readonly OrderKey[],
  { dryRun, totals }: { dryRun: boolean; totals: Totals },
): Promise<void> {
  await mapConcurrent(AT_ONCE, keys, async (key) => {
    try {
      const row = await orders.get(key);
      const found = aliasesOf(row);
      totals.texts += found.length;
      if (dryRun) return;
      for (const alias of found) await aliases.add(alias, key);
      // The tracker may have forgotten one before it was noted here: its order changed meanwhile, or its person was erased.
      const { gone } = changedAliases(row, await orders.get(key));
      for (const alias of gone) await aliases.remove(alias, key);
    } catch (error) {
      totals.failed.push({ order: itemName(key), problem: describeError(error) });
    }
  });
}
