import type { KnownStore } from '../../functions/pipeline/replay/select.ts';
import { createReports } from '../../functions/storage/reconcile-memory.ts';
import type { OperatorContext } from '../context.ts';
import { type Finding, green } from './finding.ts';

/** Reconciliations that were due and did not come are late after this many of their intervals. */
const LATE_INTERVALS = 3;

/** How many runs in a row may end before they came through: a first comparison of a large store takes several. */
const RUNS_TO_ITS_END = 12;

/** Whether a store's reconciliation runs, and comes to its end. */
export async function reconciliationFinding(
  context: Pick<OperatorContext, 'control' | 'channelOf' | 'storeOf'>,
  known: KnownStore,
): Promise<Finding> {
  const { client, table, clock } = context.control;
  const what = `${known.platform} ${known.storeId} reconciliation`;
  const command = `reconcile ${known.platform}:${known.storeId} --dry-run`;
  const { reconciliation } = context.channelOf(known.platform).platform.resources.order;
  const { store } = context.storeOf(known);
  const off = reconciliation.off?.(store);
  if (off !== undefined)
    return { level: 'yellow', what, why: `is off: ${off}`, next: 'Configure it and deploy.' };
  const newest = await createReports({ client, table, ...known }).newest(RUNS_TO_ITS_END);
  const [last] = newest;
  const everyMs = reconciliation.everyMinutes(store) * 60_000;
  if (last === undefined)
    return { level: 'yellow', what, why: 'none has ended yet; the first comes by itself', command };
  const ago = clock.now() - Date.parse(last.endedAt);
  const when = `ended ${last.outcome} at ${last.endedAt}`;
  if (last.outcome === 'failed')
    return { level: 'red', what, why: `${when}: ${last.problems.join('; ')}`, command };
  if (ago > LATE_INTERVALS * everyMs)
    return {
      level: 'red',
      what,
      why: `the last one ${when}; one is due every ${everyMs / 60_000} minutes`,
      command,
    };
  if (newest.length === RUNS_TO_ITS_END && newest.every(({ outcome }) => outcome === 'unfinished'))
    return {
      level: 'yellow',
      what,
      why: `none of the last ${RUNS_TO_ITS_END} came to its end, since ${newest.at(-1)?.startedAt}: each ran out of time, or of the limit that others use`,
      next: "A first comparison of a large store takes so long. Else let it look less far back (reconcile.overlapMinutes), or give it more of the platform's limit.",
    };
  return green(what, `the last one ${when}`);
}
