import type { PlatformName } from '../../functions/domain/order.ts';
import type { OrderKey, OrderRow } from '../../functions/domain/order-row.ts';
import type { Replayed } from '../../functions/pipeline/replay/replay.ts';
import { selectRows } from '../../functions/pipeline/replay/select.ts';
import { isGood, replayOrders, totalsOf } from '../actions/replay.ts';
import type { OperatorContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { orderMeant } from '../find-order.ts';
import { checkTimes } from '../orders-meant.ts';
import { OperatorError } from '../outputs.ts';
import { columns, DRY_RUN, print } from '../print.ts';
import { showing } from '../progress.ts';

export interface ReplayCommand {
  platform?: PlatformName;
  state?: OrderRow['state'];
  reason?: string;
  from?: number;
  to?: number;
  attention?: boolean;
  source: 'raw' | 'fresh';
  dryRun: boolean;
  json: boolean;
}

/**
 * Replays the named orders, or those a filter means. Answers 0 when all went well, 1 when a row still needs a person.
 *
 * @throws OperatorError when neither an order nor a filter is named, because that would mean every order there is.
 */
export async function replay(
  context: OperatorContext,
  names: readonly string[],
  command: ReplayCommand,
): Promise<number> {
  const keys = await keysOf(context, names, command);
  const { source, dryRun } = command;
  const results = await showing(`${keys.length} orders`, command.json, () =>
    replayOrders(context, keys, { source, dryRun, about: filterOf(command) }),
  );
  report(results, command);
  return results.every(isGood) ? EXIT.done : EXIT.needsPerson;
}

async function keysOf(
  context: OperatorContext,
  names: readonly string[],
  command: ReplayCommand,
): Promise<OrderKey[]> {
  const { platform, state, reason, from, to, attention } = command;
  const filtered = attention || [platform, state, reason, from, to].some((one) => one !== undefined);
  if (names.length > 0 && filtered) throw new OperatorError('Name orders or a filter, not both.');
  if (names.length > 0) {
    const keys: OrderKey[] = [];
    for (const name of names) keys.push(await orderMeant(context, name));
    return keys;
  }
  if (!filtered) {
    throw new OperatorError(
      'Name orders, --attention, or a filter (--platform, --state, --reason, --from, --to).',
    );
  }
  checkTimes(command, context.control.clock.now());
  const filter = { ...filterOf(command), ...(attention ? { state: 'needs-review' as const } : {}) };
  return selectRows(context, context.stores, filter);
}

function filterOf({ platform, state, reason, from, to }: ReplayCommand) {
  return {
    ...(platform === undefined ? {} : { platform }),
    ...(state === undefined ? {} : { state }),
    ...(reason === undefined ? {} : { reason }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

function report(results: readonly Replayed[], { json, dryRun }: ReplayCommand): void {
  const rows = results.map(({ order, result, orders, changes, problem }) => [
    order,
    result,
    [orders?.join(' '), changes && `changes ${changes.join(', ')}`, problem]
      .filter((text) => text !== undefined)
      .join('; '),
  ]);
  const totals = Object.entries(totalsOf(results)).map(([result, count]) => `${count} ${result}`);
  print(json, { dryRun, results, totals: totalsOf(results) }, [
    ...columns(rows),
    `${dryRun ? 'Would be' : 'Replayed'}: ${totals.join(', ') || 'no order'}.`,
    ...(dryRun ? [DRY_RUN] : []),
  ]);
}
