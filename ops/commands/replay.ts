import type { PlatformName } from '../../functions/domain/order.ts';
import type { OrderKey, OrderRow } from '../../functions/domain/order-row.ts';
import { fetchAgain } from '../../functions/pipeline/replay/fetch-again.ts';
import { type Replayed, type ReplayOptions, replayStored } from '../../functions/pipeline/replay/replay.ts';
import { selectRows } from '../../functions/pipeline/replay/select.ts';
import { describeError } from '../../functions/runtime/describe-error.ts';
import { orderPk } from '../../functions/storage/keys.ts';
import type { OperatorContext } from '../context.ts';
import { orderMeant } from '../find-order.ts';
import { OperatorError } from '../outputs.ts';
import { columns, print } from '../print.ts';

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

/** Results after which nothing is left to do for a row. */
const GOOD = new Set<Replayed['result']>(['created', 'updated', 'unchanged', 'stale', 'queued']);

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
  const about = { ...filterOf(command), source: command.source, orders: keys.length };
  const run = async (correlationId: string) => {
    const results = await each(context, keys, command, { dryRun: command.dryRun, correlationId });
    report(results, command);
    return results;
  };
  if (command.dryRun || keys.length === 0) return exitCode(await run('dry-run'));
  let results: Replayed[] = [];
  await context.audited('replay', about, async (correlationId) => {
    results = await run(correlationId);
    return totalsOf(results);
  });
  return exitCode(results);
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

async function each(
  context: OperatorContext,
  keys: readonly OrderKey[],
  { source }: ReplayCommand,
  options: ReplayOptions,
): Promise<Replayed[]> {
  const results: Replayed[] = [];
  for (const key of keys) {
    // One order that fails stops none of the others.
    const store = context.storeOf(key);
    const one = source === 'raw' ? replayStored(store, key, options) : fetchAgain(store, key, options);
    results.push(
      await one.catch((error: unknown) => ({
        order: orderPk(key),
        result: 'failed' as const,
        problem: describeError(error),
      })),
    );
  }
  return results;
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
  const head = dryRun ? 'Dry run, nothing was written' : 'Replayed';
  print(json, { dryRun, results, totals: totalsOf(results) }, [
    ...columns(rows),
    `${head}: ${totals.join(', ') || 'no order'}.`,
  ]);
}

function totalsOf(results: readonly Replayed[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { result } of results) counts[result] = (counts[result] ?? 0) + 1;
  return counts;
}

const exitCode = (results: readonly Replayed[]): number =>
  results.every(({ result }) => GOOD.has(result)) ? 0 : 1;
