import { itemName } from '../../functions/domain/item-name.ts';
import type { OrderKey } from '../../functions/domain/order-row.ts';
import { followRow } from '../../functions/outbound/stock/follow-order.ts';
import { mapConcurrent } from '../../functions/pipeline/map-concurrent.ts';
import { describeError } from '../../functions/runtime/describe-error.ts';
import type { OperatorContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { type OrderFilter, ordersMeant } from '../orders-meant.ts';
import { columns, DRY_RUN, print } from '../print.ts';

export interface FollowCommand extends OrderFilter {
  dryRun: boolean;
  json: boolean;
}

/** What following the orders came to. */
interface Totals {
  orders: number;
  /** Claims that were made or changed. */
  claims: number;
  failed: { order: string; problem: string }[];
}

const AT_ONCE = 8;
const NOT_THERE = 'it is not in the table; "find" says what there is';
const TOO_LARGE = 'it has more lines than can be followed; all that it took at first is claimed';

/**
 * Claims again what orders take, as the tracker does when their rows are written. Answers 1 when any could not be followed.
 *
 * @throws OperatorError when neither an order nor a time is named, because that would mean every order there is
 */
export async function followOrders(
  context: OperatorContext,
  names: readonly string[],
  command: FollowCommand,
): Promise<number> {
  const { stock } = context;
  const { dryRun, json } = command;
  const keys = await ordersMeant(context, names, command);
  const totals: Totals = { orders: keys.length, claims: 0, failed: [] };
  if (dryRun) await followEach(context, stock, keys, { dryRun, totals });
  else
    await context.audited('stock follow', { orders: keys.length }, async () => {
      await followEach(context, stock, keys, { dryRun, totals });
      await stock.sendHints();
      return { claims: totals.claims, failed: totals.failed.length };
    });
  const { orders, claims, failed } = totals;
  print(json, { dryRun, ...totals }, [
    ...columns(failed.map(({ order, problem }) => [order, problem])),
    dryRun
      ? `${claims} claims of ${orders} orders would be made or changed.`
      : `${claims} claims of ${orders} orders were made or changed.`,
    ...(failed.length === 0 ? [] : [`${failed.length} orders could not be followed; run it again for them.`]),
    ...(dryRun ? [DRY_RUN] : []),
  ]);
  return failed.length === 0 ? EXIT.done : EXIT.needsPerson;
}

/** One that fails stops none of the others. A dry run follows each the same way, and writes nothing of it. */
async function followEach(
  { orders }: OperatorContext,
  stock: OperatorContext['stock'],
  keys: readonly OrderKey[],
  { dryRun, totals }: { dryRun: boolean; totals: Totals },
): Promise<void> {
  const { settings, clock, claims } = stock;
  const follower = { orders, claims, stock: stock.store, settings, clock };
  const writingNothing = {
    ...follower,
    claims: { ...claims, put: async () => 'written' as const },
    stock: { update: async () => undefined },
  };
  const fail = (key: OrderKey, problem: string) => void totals.failed.push({ order: itemName(key), problem });
  await mapConcurrent(AT_ONCE, keys, async (key) => {
    try {
      if ((await orders.get(key)) === undefined) return fail(key, NOT_THERE);
      const followed = await followRow(dryRun ? writingNothing : follower, key);
      if ('claims' in followed) totals.claims += followed.claims;
      else fail(key, TOO_LARGE);
    } catch (error) {
      fail(key, describeError(error));
    }
  });
}
