import { setTimeout as wait } from 'node:timers/promises';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { isoTime } from '../../functions/domain/time.ts';
import type { Report } from '../../functions/pipeline/reconcile/report.ts';
import type { KnownStore } from '../../functions/pipeline/replay/select.ts';
import type { OperatorContext } from '../context.ts';
import { storeIn } from '../store-check.ts';
import { type ImportKind, type KindPlan, RESOURCE_OF, type StorePlan } from './import-plan.ts';
import { createTally, type KindCounts, type Skipped, type Tally } from './import-tally.ts';
import { reconcileStore } from './reconcile.ts';

/**
 * How far the import of one kind came. `left-to-schedule`: what is left is written down, and the schedule goes on with it;
 * `not-begun`: nobody was asked for it; `paused`: the platform refuses the credential, or a person paused it.
 */
export type KindState = 'done' | 'left-out' | 'left-to-schedule' | 'not-begun' | 'paused' | 'failed';

export interface KindResult extends KindCounts {
  kind: ImportKind;
  /** ISO times, of orders. */
  from?: string;
  to?: string;
  state: KindState;
  problems: string[];
}

export interface StoreResult extends KnownStore {
  kinds: KindResult[];
}

/** Whoever waits for an import. */
export interface Waiting {
  dryRun: boolean;
  signal: AbortSignal;
  /** Told again and again how far it came. */
  progress(store: KnownStore, kind: ImportKind, said: string): void;
  /** How long may be waited for other runs and for fetches (ms); as long as it takes when absent. */
  patienceMs?: number;
}

/** Another run, or whoever else uses the limit, is through after moments to minutes (ms). */
const AGAIN_MS = 5_000;
/** Runs in a row that met nothing new: the next one would not either. */
const MOST_IDLE_RUNS = 3;
/** How often is looked whether orders have come in (ms). */
const LOOK_MS = 1_000;
/** Looks at an empty queue after which what is not there does not come: a queue counts its messages within a minute. */
const EMPTY_LOOKS = 30;
/** This machine's clock and those of the functions (ms). */
const CLOCKS_APART_MS = 60_000;
const TOLD_EVERY = 50;

/**
 * Imports what was planned: has each kind compared, as the schedule does, as often as it takes; then waits for the orders that
 * the processor is to fetch. What is wanted is written down by the first run, so whoever stops waiting stops no more than that.
 */
export async function runImport(
  context: OperatorContext,
  plans: readonly StorePlan[],
  waiting: Waiting,
): Promise<StoreResult[]> {
  const results: StoreResult[] = [];
  for (const { kinds, ...store } of plans) {
    const done: KindResult[] = [];
    for (const plan of kinds) done.push(await importKind(context, store, plan, waiting));
    results.push({ ...store, kinds: done });
  }
  return results;
}

const NOTHING: KindCounts = { seen: 0, recorded: 0, unchanged: 0, removed: 0, skipped: [], partly: [] };

async function importKind(
  context: OperatorContext,
  store: KnownStore,
  plan: KindPlan,
  waiting: Waiting,
): Promise<KindResult> {
  const { kind, range, leftOut, because, notListedBefore } = plan;
  const times = range === undefined ? {} : { from: isoTime(range.from), to: isoTime(range.to) };
  const about = { kind, ...times };
  const unlisted: Skipped[] =
    notListedBefore === undefined
      ? []
      : [{ reason: 'not-listed', detail: isoTime(notListedBefore), examples: [] }];
  if (leftOut !== undefined) {
    const reasons: Skipped[] = leftOut === 'not-listed' ? unlisted : [{ reason: leftOut, examples: [] }];
    const problems = because === undefined ? [] : [because];
    return { ...about, ...NOTHING, skipped: reasons, state: 'left-out', problems };
  }
  const tally = createTally(kind);
  const startedAt = context.control.clock.now();
  const until = startedAt + (waiting.patienceMs ?? Number.POSITIVE_INFINITY);
  const { state, problems } = await runUntilDone(context, store, plan, tally, waiting, until);
  const fetched = await followFetches(context, store, kind, tally, { ...waiting, startedAt, until });
  const review = await reviewOf(context, store, kind, tally);
  const counts = tally.counts({ review, ...fetched });
  const stopped = fetched.underWay.length > 0 && state === 'done' && !waiting.dryRun;
  return {
    ...about,
    ...counts,
    skipped: [...counts.skipped, ...unlisted],
    state: stopped ? 'left-to-schedule' : state,
    problems,
  };
}

/** Has a kind compared until nothing of it is left. What is wanted is named once: the next runs find it written down. */
async function runUntilDone(
  context: OperatorContext,
  store: KnownStore,
  { kind, range }: KindPlan,
  tally: Tally,
  { dryRun, signal, progress }: Waiting,
  until: number,
): Promise<{ state: KindState; problems: string[] }> {
  const said = () => progress(store, kind, `${tally.seen} seen`);
  const watch = {
    met: (...[resource, id, more]: Parameters<Tally['met']>) => {
      tally.met(resource, id, more);
      if (tally.seen % TOLD_EVERY === 0) said();
    },
    found: tally.found,
  };
  let begun = false;
  let isLeft = false;
  let idle = 0;
  const stopped = (): KindState => (begun ? 'left-to-schedule' : 'not-begun');
  said();
  for (;;) {
    if (signal.aborted || context.control.clock.now() >= until) return { state: stopped(), problems: [] };
    const before = tally.seen;
    const report = await reconcileStore(
      context,
      store,
      {
        from: begun ? undefined : range?.from,
        to: begun ? undefined : range?.to,
        // Named again, all of it would be compared once more, from its beginning.
        products: kind === 'products' && !isLeft,
        customers: kind === 'customers' && !isLeft,
        only: [RESOURCE_OF[kind]],
        dryRun,
      },
      { watch, signal },
    );
    const state = stateOf(report);
    if (state !== undefined) return { state, problems: report.problems };
    if (report.outcome === 'busy') progress(store, kind, 'another run is under way; waiting for its end');
    else {
      begun = !dryRun;
      isLeft = report.left.length > 0;
      idle = tally.seen === before ? idle + 1 : 0;
      // Of a dry run nothing is written down with which another one could go on.
      if (dryRun || idle >= MOST_IDLE_RUNS)
        return { state: stopped(), problems: [...report.problems, 'not all of it could be compared'] };
    }
    await wait(AGAIN_MS, undefined, { signal }).catch(() => {});
  }
}

/** How a run ended the import of a kind; undefined where another one has to go on. */
function stateOf({ outcome }: Report): KindState | undefined {
  if (outcome === 'done' || outcome === 'paused' || outcome === 'failed') return outcome;
  return outcome === 'off' ? 'left-out' : undefined;
}

/** Waits until the orders that differed were fetched, where a list only tells of changes. */
async function followFetches(
  context: OperatorContext,
  store: KnownStore,
  kind: ImportKind,
  tally: Tally,
  { dryRun, signal, progress, startedAt, until }: Waiting & { startedAt: number; until: number },
): Promise<{ underWay: string[]; erased: string[] }> {
  const { platform } = storeIn(context, store);
  const erased: string[] = [];
  const isFetched = kind === 'orders' && platform.resources.order.reconciliation.lists === 'changes';
  if (!isFetched || dryRun) return { underWay: [], erased };
  let left = tally.changed();
  const all = left.length;
  let emptyLooks = 0;
  while (left.length > 0) {
    const there = new Set<string>();
    const isLast = emptyLooks >= EMPTY_LOOKS;
    for (const row of await rowsOf(context, store, left, startedAt - CLOCKS_APART_MS, isLast)) {
      there.add(row.platformOrderId);
      if (row.erased !== undefined) erased.push(row.platformOrderId);
    }
    left = left.filter((id) => !there.has(id));
    progress(store, kind, `${all - left.length} of ${all} recorded`);
    if (isLast || left.length === 0 || signal.aborted || context.control.clock.now() >= until) break;
    const { visible, inWork, delayed } = await context.intakeOf(store.platform);
    emptyLooks = visible + inWork + delayed === 0 ? emptyLooks + 1 : 0;
    const permission = await context.storeOf(store).connection.check();
    if (!permission.allowed) break;
    await wait(LOOK_MS, undefined, { signal }).catch(() => {});
  }
  return { underWay: left, erased };
}

const BATCH = 100;

/** Rows that were written since then. They are fetched in about the order of `ids`: behind a batch without one only `all` reads on. */
async function rowsOf(
  context: OperatorContext,
  store: KnownStore,
  ids: readonly string[],
  since: number,
  all: boolean,
): Promise<OrderRow[]> {
  const found: OrderRow[] = [];
  for (let at = 0; at < ids.length; at += BATCH) {
    const keys = ids.slice(at, at + BATCH).map((platformOrderId) => ({ ...store, platformOrderId }));
    const rows = await context.ordersOf(keys);
    const fresh = rows.filter((row) => row !== undefined).filter(({ observedAt }) => observedAt >= since);
    found.push(...fresh);
    if (fresh.length === 0 && !all) break;
  }
  return found;
}

/** Why things that the import met wait for a person, by their ids. */
async function reviewOf(
  context: OperatorContext,
  store: KnownStore,
  kind: ImportKind,
  tally: Tally,
): Promise<Map<string, string>> {
  const { platform } = store;
  const isOwn = (one: KnownStore, id: string) => one.storeId === store.storeId && tally.knows(id);
  const reasons = new Map<string, string>();
  const note = (id: string, row: { review?: { reason: string } | undefined } | undefined) => {
    if (row?.review !== undefined) reasons.set(id, row.review.reason);
  };
  if (kind === 'orders') {
    const keys = await context.index.needsReview(platform);
    const own = keys.filter((key) => isOwn(key, key.platformOrderId));
    for (const row of await context.ordersOf(own)) if (row !== undefined) note(row.platformOrderId, row);
  } else if (kind === 'products') {
    const keys = await context.productIndex.needsReview(platform);
    for (const key of keys.filter((one) => isOwn(one, one.platformProductId)))
      note(key.platformProductId, await context.products.get(key));
  } else {
    const keys = await context.customerIndex.needsReview(platform);
    for (const key of keys.filter((one) => isOwn(one, one.platformCustomerId)))
      note(key.platformCustomerId, await context.customers.get(key));
  }
  return reasons;
}

/** Whether a person has to look at nothing of it. */
export const importedWell = ({ state, skipped }: KindResult): boolean =>
  (state === 'done' || state === 'left-out') &&
  !skipped.some(({ reason }) => ['needs-review', 'no-id', 'not-recorded', 'under-way'].includes(reason));
