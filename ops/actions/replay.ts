import type { OrderKey } from '../../functions/domain/order-row.ts';
import { fetchAgain } from '../../functions/pipeline/replay/fetch-again.ts';
import {
  failed,
  type Replayed,
  type Replayer,
  type ReplayOptions,
  replayStored,
} from '../../functions/pipeline/replay/replay.ts';
import type { NewEntry } from '../../functions/storage/audit-trail.ts';
import type { OperatorContext } from '../context.ts';

/** `raw`: read the bytes again that are kept beside the row; `fresh`: ask the platform. */
export type Source = 'raw' | 'fresh';

/** Results after which nothing is left to do for a row. */
const GOOD = new Set<Replayed['result']>(['created', 'updated', 'unchanged', 'stale', 'queued']);
export const isGood = ({ result }: Replayed): boolean => GOOD.has(result);

/**
 * Replays orders, or says what that would change. One that fails stops none of the others.
 *
 * @param options `about`: what the audit trail says of it beside source and number
 */
export async function replayOrders(
  context: OperatorContext,
  keys: readonly OrderKey[],
  { source, dryRun, about = {} }: { source: Source; dryRun: boolean; about?: NewEntry['details'] },
): Promise<Replayed[]> {
  if (dryRun || keys.length === 0) return each(context, keys, source, { dryRun, correlationId: 'dry-run' });
  const results: Replayed[] = [];
  const details = { ...about, source, orders: keys.length };
  await context.audited('replay', details, async (correlationId) => {
    results.push(...(await each(context, keys, source, { dryRun, correlationId })));
    return totalsOf(results);
  });
  return results;
}

/** Replays each store's orders together; answers in the order of the keys. */
async function each(
  context: OperatorContext,
  keys: readonly OrderKey[],
  source: Source,
  options: ReplayOptions,
): Promise<Replayed[]> {
  const results = new Map<OrderKey, Replayed>();
  for (const [store, its] of Map.groupBy(keys, (key) => context.storeOf(key))) {
    const replayed =
      source === 'raw' ? await replayEach(store, its, options) : await fetchAgain(store, its, options);
    for (const [index, key] of its.entries()) {
      const result = replayed[index];
      if (result !== undefined) results.set(key, result);
    }
  }
  return keys.flatMap((key) => results.get(key) ?? []);
}

async function replayEach(
  store: Replayer,
  keys: readonly OrderKey[],
  options: ReplayOptions,
): Promise<Replayed[]> {
  const results: Replayed[] = [];
  for (const key of keys)
    results.push(await replayStored(store, key, options).catch((error: unknown) => failed(key, error)));
  return results;
}

/** How often each result came. */
export function totalsOf(results: readonly Replayed[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { result } of results) counts[result] = (counts[result] ?? 0) + 1;
  return counts;
}
