import { type ErasureLedger, type LedgerEntry, WHOLE_STORE } from '../../storage/erasure-ledger.ts';
import { addTo, type ErasedCount, eraseAll, noneErased, type PrivacyContext, wouldErase } from './context.ts';
import type { PersonalKind, Why } from './personal-kinds.ts';

/** What a second look at the ledger came to, in entries and things. */
export interface Reapplied extends ErasedCount {
  /** Entries of the ledger that were gone through. */
  entries: number;
  /** Entries of a kind that this release does not know: they need a person. */
  unknown: number;
}

const nothingReapplied = (): Reapplied => ({ entries: 0, ...noneErased(), unknown: 0 });

/** What a store's ledger is applied with. */
export type Reapplier = Pick<
  PrivacyContext,
  'kinds' | 'ledger' | 'reports' | 'clock' | 'metrics' | 'platform'
>;

interface Run {
  context: Reapplier;
  dryRun: boolean;
  total: Reapplied;
  /** What a dry run counted already: nothing changes under it, so it meets things twice. */
  counted: Set<string>;
}

/**
 * Repeats every erasure in a store's ledger, because a table that was restored to an earlier time holds the persons again.
 * Doing it again is harmless, and so is breaking it off.
 *
 * @param from the ledger that is read: the store's own, or the one of a table that was restored away
 * @param progress told of the totals after each page of the ledger
 */
export async function reapply(
  context: Reapplier,
  { dryRun, from, progress }: { dryRun: boolean; from?: ErasureLedger; progress: (total: Reapplied) => void },
): Promise<Reapplied> {
  const run: Run = { context, dryRun, total: nothingReapplied(), counted: new Set() };
  const stores: LedgerEntry[] = [];
  for await (const page of (from ?? context.ledger).pages()) {
    run.total.entries += page.length;
    if (!dryRun && from !== undefined) for (const entry of page) await context.ledger.add(entry);
    for (const [kind, entries] of Map.groupBy(page, (entry) => entry.kind)) {
      if (kind === WHOLE_STORE) stores.push(...entries);
      else await repeat(run, kind, entries);
    }
    progress(run.total);
  }
  const latest = stores.sort((a, b) => b.at - a.at)[0];
  if (latest !== undefined) {
    await repeatWhole(run, latest);
    progress(run.total);
  }
  return run.total;
}

async function repeat(run: Run, kindName: string, entries: readonly LedgerEntry[]): Promise<void> {
  const { context, dryRun, total } = run;
  const kind = context.kinds.find(({ name }) => name === kindName);
  if (kind === undefined) {
    total.unknown += entries.length;
    return;
  }
  for (const [why, ids] of byWhy(entries)) await eraseAgain(run, kind, ids, why);
  const things = { [kind.plural]: entries.map(({ id }) => id) };
  if (!dryRun) await context.reports.forget({ things });
}

/** Everything that had been seen before the store's erasure ended, also what was deleted since. */
async function repeatWhole(run: Run, entry: LedgerEntry): Promise<void> {
  for (const kind of run.context.kinds) {
    let cursor: Parameters<typeof kind.page>[0];
    do {
      const { ids, next } = await kind.page(cursor);
      const again: string[] = [];
      for (const id of ids) {
        const { state, firstSeenAt } = await kind.find(id);
        if (state === 'held' && firstSeenAt !== undefined && firstSeenAt <= entry.at) again.push(id);
      }
      await eraseAgain(run, kind, again, entry);
      cursor = next;
    } while (cursor !== undefined);
  }
  if (!run.dryRun) await run.context.reports.forgetAll(entry.at);
}

async function eraseAgain(
  { context, dryRun, total, counted }: Run,
  kind: PersonalKind,
  ids: readonly string[],
  { because, request }: Why,
): Promise<void> {
  if (!dryRun) {
    addTo(total, await eraseAll(context, kind, ids, { because, request }));
    return;
  }
  for (const id of ids) {
    const outcome = await wouldErase(kind, id);
    if (!counted.has(`${kind.name}#${id}`)) total[outcome] += 1;
    counted.add(`${kind.name}#${id}`);
  }
}

/** Ids that one request named, so that they are erased at once. */
function byWhy(entries: readonly LedgerEntry[]): [LedgerEntry, string[]][] {
  const groups = Map.groupBy(entries, ({ because, request }) => `${because} ${request}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [[first, group.map(({ id }) => id)] as [LedgerEntry, string[]]];
  });
}
