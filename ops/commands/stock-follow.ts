import type { OrderKey } from '../../functions/domain/order-row.ts';
import { followRow } from '../../functions/outbound/stock/follow-order.ts';
import type { OperatorContext } from '../context.ts';
import { eachOrder, type Failed, failedLines } from '../each-order.ts';
import { EXIT } from '../exit.ts';
import { type OrderFilter, ordersMeant } from '../orders-meant.ts';
import { columns, DRY_RUN, print } from '../print.ts';
import { showing } from '../progress.ts';

export interface FollowCommand extends OrderFilter {
  dryRun: boolean;
  json: boolean;
}

/** What following the orders came to. */
interface Followed {
  /** Claims that were made or changed. */
  claims: number;
  failed: Failed[];
}

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
  const followed: Followed = { claims: 0, failed: [] };
  const follow = () =>
    showing(`${keys.length} orders`, json, () => followEach(context, stock, keys, { dryRun, followed }));
  if (dryRun) await follow();
  else
    await context.audited('stock follow', { orders: keys.length }, async () => {
      await follow();
      await stock.sendHints();
      return { claims: followed.claims, failed: followed.failed.length };
    });
  const { claims, failed } = followed;
  const orders = keys.length;
  print(json, { dryRun, orders, ...followed }, [
    ...columns(failed.map(({ order, problem }) => [order, problem])),
    dryRun
      ? `${claims} claims of ${orders} orders would be made or changed.`
      : `${claims} claims of ${orders} orders were made or changed.`,
    ...failedLines(failed, 'followed'),
    ...(dryRun ? [DRY_RUN] : []),
  ]);
  return failed.length === 0 ? EXIT.done : EXIT.needsPerson;
}

/** A dry run follows each the same way, and writes nothing of it. */
async function followEach(
  { orders }: OperatorContext,
  stock: OperatorContext['stock'],
  keys: readonly OrderKey[],
  { dryRun, followed }: { dryRun: boolean; followed: Followed },
): Promise<void> {
  const { settings, clock, claims } = stock;
  const follower = { orders, claims, stock: stock.store, settings, clock };
  const writingNothing = {
    ...follower,
    claims: { ...claims, put: async () => 'written' as const },
    stock: { update: async () => undefined },
  };
  followed.failed = await eachOrder(keys, async (key) => {
    if ((await orders.get(key)) === undefined) return NOT_THERE;
    const one = await followRow(dryRun ? writingNothing : follower, key);
    if (!('claims' in one)) return TOO_LARGE;
    followed.claims += one.claims;
    return undefined;
  });
}
