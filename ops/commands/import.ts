import { isoTime } from '../../functions/domain/time.ts';
import type { KnownStore } from '../../functions/pipeline/replay/select.ts';
import {
  importedWell,
  type KindResult,
  type KindState,
  runImport,
  type StoreResult,
} from '../actions/import.ts';
import { type ImportKind, type KindPlan, planImport, type StorePlan } from '../actions/import-plan.ts';
import type { Skipped, SkipReason } from '../actions/import-tally.ts';
import { storesMeant } from '../actions/pauses.ts';
import { confirm, mayAsk } from '../ask.ts';
import type { OperatorContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { ALL_STORES } from '../order-name.ts';
import { OperatorError } from '../outputs.ts';
import { command, DRY_RUN, print } from '../print.ts';
import { openProgress } from '../progress.ts';
import { untilEnded } from '../until-ended.ts';

export interface ImportCommand {
  only: readonly ImportKind[];
  ordersFrom?: number;
  ordersTo?: number;
  yes: boolean;
  dryRun: boolean;
  json: boolean;
}

/**
 * Imports what is there already at a platform: has its orders, products and customers compared with the table, as the schedule
 * does, follows the runs to their end, and says what was left out and why.
 *
 * @param name of a platform or a store; all stores when absent
 * @returns 1 where something is left or waits for a person, 3 where a platform refuses its credential
 */
export async function importAll(
  context: OperatorContext,
  name: string | undefined,
  { only, ordersFrom, ordersTo, yes, dryRun, json }: ImportCommand,
): Promise<number> {
  const now = context.control.clock.now();
  if (ordersFrom !== undefined && ordersFrom >= (ordersTo ?? now))
    throw new OperatorError('--orders-from must be before --orders-to, and before now.');
  const stores = name === undefined || name === ALL_STORES ? context.stores : storesMeant(context, name);
  const plans = planImport(context, stores, { kinds: only, ordersFrom, ordersTo });
  if (!dryRun && !yes) await ask(context, plans);
  const shown = openProgress({ quiet: json });
  const progress = (store: KnownStore, kind: ImportKind, said: string) =>
    shown.say(`${nameOf(store)} ${kind}: ${said}`);
  const results = await untilEnded((signal) =>
    runImport(context, plans, { dryRun, signal, progress }),
  ).finally(shown.end);
  const kinds = results.flatMap((one) => one.kinds);
  print(json, { dryRun, stores: results }, [
    ...results.flatMap((one) => linesOf(context, one)),
    ...(dryRun ? [DRY_RUN] : endOf(context, name, kinds)),
  ]);
  if (kinds.some(({ state }) => state === 'paused')) return EXIT.refusedByPlatform;
  return kinds.every(importedWell) ? EXIT.done : EXIT.needsPerson;
}

/** @throws OperatorError where nobody says yes */
async function ask(context: OperatorContext, plans: readonly StorePlan[]): Promise<void> {
  const wanted = plans.flatMap(({ kinds, ...store }) => {
    const parts = kinds.filter(({ leftOut }) => leftOut === undefined).map(partOf);
    return parts.length === 0 ? [] : [`${nameOf(store)}: ${parts.join(', ')}`];
  });
  if (wanted.length === 0) return;
  const what = `This imports into the tables of merchant ${context.merchant.name}, behind live orders:\n  ${wanted.join('\n  ')}`;
  if (mayAsk() && (await confirm(`${what}\nGo on?`))) return;
  throw new OperatorError(`${what}\nNothing was asked for. Add --yes, or look first with --dry-run.`);
}

const nameOf = ({ platform, storeId }: KnownStore): string => `${platform}:${storeId}`;

const partOf = ({ kind, range }: KindPlan): string =>
  range === undefined ? kind : `${kind} from ${isoTime(range.from)} to ${isoTime(range.to)}`;

function linesOf(context: OperatorContext, { kinds, ...store }: StoreResult): string[] {
  return [
    nameOf(store),
    ...kinds.flatMap((result) => [
      `  ${headOf(result)}`,
      ...result.skipped.map((one) => `    ${reasonOf(context, store, result.kind, one)}`),
      ...result.partly.map((one) => `    ${reasonOf(context, store, result.kind, one)}`),
      ...result.problems.map((problem) => `    ${problem}`),
    ]),
  ];
}

function headOf({ kind, from, to, state, seen, recorded, unchanged, removed }: KindResult): string {
  const label = from === undefined ? kind : `${kind} from ${from} to ${to}`;
  if (state === 'left-out') return `${label}: none`;
  const counts = `${seen} seen, ${recorded} recorded, ${unchanged} unchanged`;
  return `${label}: ${counts}${removed > 0 ? `, ${removed} removed` : ''}${state === 'done' ? '' : ` (${STATES[state]})`}`;
}

const STATES: Readonly<Record<Exclude<KindState, 'done' | 'left-out'>, string>> = {
  'left-to-schedule': 'the rest comes by itself',
  'not-begun': 'not begun',
  paused: 'no call may be made',
  failed: 'ended early',
};

const REASONS: Readonly<Record<SkipReason, string>> = {
  'needs-review': 'need review',
  'no-id': 'have no id that can be read',
  'not-recorded': 'could not be recorded; the next comparison meets them again',
  'under-way': 'are still to be fetched',
  'not-listed': 'the platform lists none from before',
  erased: 'came without their person, who was erased',
  'no-sku': 'have a variant without a SKU, which is linked to no stock',
  'same-sku': 'SKUs belong to several variants, and are linked to none',
  'switched-off': 'switched off in the configuration',
  'not-offered': 'the platform has none to show',
  'not-comparable': 'the platform lists none as it is configured',
};

/** The command that shows more of a reason, or mends it. */
const NEXT: Partial<Record<SkipReason, (store: KnownStore, kind: ImportKind) => string>> = {
  'needs-review': ({ platform }, kind) =>
    kind === 'orders' ? `attention --platform ${platform}` : `${kind} attention --platform ${platform}`,
  'no-sku': ({ platform }) => `products duplicates --platform ${platform}`,
  'same-sku': ({ platform }) => `products duplicates --platform ${platform}`,
  'under-way': () => 'platforms',
};

function reasonOf(
  context: OperatorContext,
  store: KnownStore,
  kind: ImportKind,
  { reason, detail, count, examples }: Skipped,
): string {
  const next = NEXT[reason]?.(store, kind);
  return [
    `${count === undefined ? '' : `${count} `}${REASONS[reason]}`,
    detail === undefined ? '' : reason === 'not-listed' ? ` ${detail}` : ` (${detail})`,
    examples.length === 0 ? '' : `: ${examples.join(', ')}${examples.length < (count ?? 0) ? ' ...' : ''}`,
    next === undefined ? '' : `. See: ${command(context, next)}`,
  ].join('');
}

/** What becomes of what did not come yet. */
function endOf(context: OperatorContext, name: string | undefined, kinds: readonly KindResult[]): string[] {
  const again = command(context, `import${name === undefined ? '' : ` ${name}`}`);
  const has = (...states: KindState[]) => kinds.some(({ state }) => states.includes(state));
  return [
    ...(has('left-to-schedule')
      ? [`What is left is written down, and the schedule goes on with it. To follow it: ${again}`]
      : []),
    ...(has('not-begun', 'failed')
      ? [`Not all of it was asked for. Nothing is lost; to go on: ${again}`]
      : []),
    ...(has('paused') ? [`See why no call may be made: ${command(context, 'platforms')}`] : []),
  ];
}
