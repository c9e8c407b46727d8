import type { FoundCurrentStore } from '../../storage/found-current.ts';
import { changedBetween } from './changed-rows.ts';
import { counts, createCurrentEntries } from './found-current.ts';
import type { ScanState } from './scan-state.ts';
import type { Compared, Session } from './session.ts';

/** How long the index may lag behind the table, clocks of instances apart, and a write under way (ms). */
const CHANGES_MARGIN_MS = 120_000;

/**
 * Spares the scans of every run the rows that earlier runs found current. A person's run reads each row, and so do the scans that look
 * everything over once a day.
 */
export async function rely(
  worker: Compared & { readonly foundCurrent: Pick<FoundCurrentStore, 'load'> },
  { dryRun, eager }: Session,
  states: readonly ScanState[],
): Promise<void> {
  const { platform, foundCurrent, clock } = worker;
  if (dryRun || eager || platform.resources.order.reconciliation.lists === 'ids') return;
  const frequent = states.filter(
    ({ scan: { resource = 'order', everyMs }, todo }) =>
      resource === 'order' && everyMs === 0 && todo.length > 0,
  );
  if (frequent.length === 0) return;
  const now = clock.now();
  const stored = await foundCurrent.load();
  const known = new Map(frequent.map(({ scan: { name } }) => [name, stored.get(name)]));
  const checkedAt = [...known.values()].filter((one) => counts(one, now)).map((one) => one.checkedAt);
  const changed =
    checkedAt.length === 0
      ? new Set<string>()
      : await changedBetween(worker, {
          from: Math.min(...checkedAt) - CHANGES_MARGIN_MS,
          to: now + CHANGES_MARGIN_MS,
        });
  for (const state of frequent)
    state.foundCurrent = createCurrentEntries(known.get(state.scan.name), changed, now);
}
