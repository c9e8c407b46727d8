import type { Clock } from '../../runtime/clock.ts';
import type { ListedIds } from '../../storage/listed-ids.ts';
import type { ListedSoFar, Progress } from '../../storage/reconcile-memory.ts';
import { listedBy, type MirrorRun } from './mirror-run.ts';
import type { ScanState } from './scan-state.ts';
import type { Session } from './session.ts';

/**
 * Takes up what earlier runs listed of lists that no single run reads to the end: only who knows all of a list sees what is no more. Where
 * that is not known, nothing is found of this look; the next one begins within a day.
 */
export async function takeUpListed(
  { listedIds }: { readonly listedIds: Pick<ListedIds, 'load'> },
  session: Session,
  states: readonly ScanState[],
): Promise<void> {
  for (const state of states) {
    const { scan, stored, isWhole } = state;
    const run = runOf(session, state);
    if (run === undefined || isWhole || stored?.listed === undefined) continue;
    const ids = await listedIds.load(scan.name, stored.listed);
    if (ids === undefined) continue;
    const listed = listedBy(run, scan.name);
    for (const id of ids) listed.add(id);
    state.remembered = { ...stored.listed, ids: listed.size };
  }
}

/**
 * What is to be written down of a scan at the end of a run, so that the next one knows all that was listed; undefined where the
 * table says so already, or has nothing to say.
 */
export async function rememberListed(
  { listedIds, clock }: { readonly listedIds: Pick<ListedIds, 'add'>; readonly clock: Pick<Clock, 'now'> },
  session: Session,
  state: ScanState,
): Promise<Progress | undefined> {
  const { scan, stored, progress, isWhole, remembered, isEnded } = state;
  const run = runOf(session, state);
  if (run === undefined || session.dryRun) return undefined;
  const { listed: _, ...plain } = progress;
  if (isEnded) return stored?.listed === undefined ? undefined : plain;
  if (!isWhole && remembered === undefined) return undefined;
  const known: ListedSoFar = remembered ?? { cycle: session.runId, chunks: 0 };
  const fresh = [...listedBy(run, scan.name)].slice(remembered?.ids ?? 0);
  if (fresh.length === 0 && stored?.listed !== undefined) return undefined;
  const { cycle, chunks } = await listedIds.add(scan.name, known, fresh, clock.now());
  return { ...plain, listed: { cycle, chunks } };
}

const runOf = ({ catalogue, customers }: Session, { scan }: ScanState): MirrorRun | undefined =>
  scan.resource === 'product' ? catalogue : scan.resource === 'customer' ? customers : undefined;
