import { aliasesOf, changedAliases } from '../../functions/domain/alias.ts';
import type { OrderKey } from '../../functions/domain/order-row.ts';
import type { OperatorContext } from '../context.ts';
import { eachOrder, type Failed, failedLines } from '../each-order.ts';
import { EXIT } from '../exit.ts';
import { type OrderFilter, ordersMeant } from '../orders-meant.ts';
import { columns, DRY_RUN, print } from '../print.ts';
import { showing } from '../progress.ts';

const NOT_THERE = 'it is not in the table; "find" says what there is';

interface Noted {
  /** Numbers and codes, of all orders together. */
  texts: number;
  failed: Failed[];
}

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
  const noted: Noted = { texts: 0, failed: [] };
  const note = () => showing(`${keys.length} orders`, json, () => noteEach(context, keys, { dryRun, noted }));
  if (dryRun) await note();
  else
    await context.audited('orders note', { orders: keys.length }, async () => {
      await note();
      return { texts: noted.texts, failed: noted.failed.length };
    });
  const { texts, failed } = noted;
  print(json, { dryRun, orders: keys.length, ...noted }, [
    ...columns(failed.map(({ order, problem }) => [order, problem])),
    `${keys.length - failed.length} orders ${dryRun ? 'would be' : 'are'} found by ${texts} numbers and codes.`,
    ...failedLines(failed, 'noted'),
    ...(dryRun ? [DRY_RUN] : []),
  ]);
  return failed.length === 0 ? EXIT.done : EXIT.needsPerson;
}

async function noteEach(
  { orders, aliases }: OperatorContext,
  keys: readonly OrderKey[],
  { dryRun, noted }: { dryRun: boolean; noted: Noted },
): Promise<void> {
  noted.failed = await eachOrder(keys, async (key) => {
    const row = await orders.get(key);
    if (row === undefined) return NOT_THERE;
    const found = aliasesOf(row);
    if (!dryRun) {
      for (const alias of found) await aliases.add(alias, key);
      // The tracker may have forgotten one before it was noted here: its order changed meanwhile, or its person was erased.
      const { gone } = changedAliases(row, await orders.get(key));
      for (const alias of gone) await aliases.remove(alias, key);
    }
    noted.texts += found.length;
    return undefined;
  });
}
