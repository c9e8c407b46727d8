import { type EpochMs, isoTime } from '../../functions/domain/time.ts';
import { importedWell, type KindResult, runImport } from '../actions/import.ts';
import { IMPORT_KINDS, type KindPlan, planImport } from '../actions/import-plan.ts';
import type { OperatorContext } from '../context.ts';
import { storeNamed } from '../order-name.ts';
import type { Line, Outcome } from './lines.ts';

/** A person looks at a dialog for so long (ms); what did not come by then comes by itself. */
const PATIENCE_MS = 10 * 60_000;

const dayOf = (at: EpochMs): string => isoTime(at).slice(0, 10);

const plansOf = (context: OperatorContext, store: string) =>
  planImport(context, [storeNamed(store, context.stores)], { kinds: IMPORT_KINDS });

/** What the import of a store would bring. */
export const plannedImport = (context: OperatorContext, store: string): Line[] =>
  plansOf(context, store).flatMap(({ kinds }) => kinds.map((plan) => planLine(store, plan)));

const planLine = (what: string, { kind, range, leftOut, because, notListedBefore }: KindPlan): Line => ({
  what,
  of: kind,
  result: leftOut ?? 'would-be-imported',
  ...(range === undefined ? {} : { changes: [`${dayOf(range.from)} – ${dayOf(range.to)}`] }),
  ...(leftOut !== undefined || notListedBefore === undefined
    ? {}
    : { problem: `< ${dayOf(notListedBefore)}` }),
  ...(because === undefined ? {} : { problem: because }),
});

/** Imports what a store has, and says what came of it. */
export async function doneImport(context: OperatorContext, store: string): Promise<Outcome> {
  const results = await runImport(context, plansOf(context, store), {
    dryRun: false,
    signal: AbortSignal.timeout(PATIENCE_MS),
    progress: () => {},
    patienceMs: PATIENCE_MS,
  });
  const kinds = results.flatMap((one) => one.kinds);
  return { lines: kinds.flatMap((kind) => linesOf(store, kind)), good: kinds.every(importedWell) };
}

function linesOf(what: string, result: KindResult): Line[] {
  const { kind: of, state, recorded, unchanged, removed, skipped, partly, problems } = result;
  const counted = (word: string, count: number): Line[] =>
    count === 0 ? [] : [{ what, of, result: word, changes: [String(count)] }];
  const problem = problems.length === 0 ? {} : { problem: problems.join('; ') };
  return [
    ...(state === 'left-out' ? [] : [{ what, of, result: 'recorded', changes: [String(recorded)] }]),
    ...counted('as-before', unchanged),
    ...counted('removed', removed),
    ...[...skipped, ...partly].map(({ reason, detail, count, examples }) => ({
      what,
      of,
      result: reason,
      ...(count === undefined ? {} : { changes: [String(count)] }),
      ...(detail === undefined && examples.length === 0
        ? {}
        : { problem: [detail, examples.join(', ')].filter((part) => part).join(': ') }),
    })),
    ...(state === 'done' || state === 'left-out' ? [] : [{ what, of, result: state, ...problem }]),
  ];
}
