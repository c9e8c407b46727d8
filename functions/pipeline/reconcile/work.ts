import { newestSlice, subtract, type TimeRange } from '../../domain/time.ts';
import { PlatformError } from '../../http/errors.ts';
import type { Scan } from '../../platforms/scan.ts';
import type { BackfillRequests } from '../../storage/backfill-requests.ts';
import type { FoundCurrentStore } from '../../storage/found-current.ts';
import type { CatalogueCompared } from '../../storage/last-times.ts';
import type { ListedIds } from '../../storage/listed-ids.ts';
import type { Progress, ProgressStore } from '../../storage/reconcile-memory.ts';
import { BudgetExhausted } from './call-budget.ts';
import { compareSlice } from './compare.ts';
import { endMirrored } from './end-mirrored.ts';
import { rememberListed, takeUpListed } from './listed-so-far.ts';
import { rely } from './rely.ts';
import type { Outcome } from './report.ts';
import { advance, isDue, plan, shorten } from './scan-plan.ts';
import type { ScanState } from './scan-state.ts';
import type { Compared, Session } from './session.ts';
import { turnsOf } from './turns.ts';

/** A store whose scans are worked through. */
export interface Worker extends Compared {
  scans: readonly Scan[];
  progress: ProgressStore;
  foundCurrent: Pick<FoundCurrentStore, 'load' | 'save'>;
  listedIds: ListedIds;
  backfill: Pick<BackfillRequests, 'read' | 'clear'>;
  catalogueCompared: Pick<CatalogueCompared, 'set'>;
}

/** How far the work came. */
export interface Ended {
  outcome: Extract<Outcome, 'done' | 'unfinished' | 'paused' | 'failed'>;
  problems: string[];
  left: Map<string, readonly TimeRange[]>;
  /** What made us stop all calls to the platform. */
  stopped?: PlatformError;
}

/** After so many slices of one scan, or so many in a row of one order, it is not the slice: trying on would only cost calls. */
const MOST_FAILURES = 3;
/** So many scans are forbidden before any was answered: then it is the credential that may read nothing. */
const MOST_FORBIDDEN = 10;

/**
 * Compares slice after slice, the newest of each scan in turn, and writes down after each what is left, until nothing
 * is or the run has to end. What is written down is never more than what is safely repaired.
 */
export async function workThrough(
  worker: Worker,
  session: Session,
  window: TimeRange | undefined,
): Promise<Ended> {
  const prepared = await prepare(worker, session, window);
  const ended = await workThroughAll(worker, session, prepared);
  for (const state of prepared.states) {
    const next = state.foundCurrent?.next();
    if (next !== undefined) await worker.foundCurrent.save(state.scan.name, next);
    // The next run begins with what waits longest.
    const isUntold = state.progress.workedAt !== (state.stored?.workedAt ?? 0);
    const isTold = state.progress.until === state.stored?.until;
    const kept = untold(state);
    if (ended.outcome !== 'done' && isUntold && !session.dryRun) await store(worker, kept);
    const remembered = isTold ? await rememberListed(worker, session, kept) : undefined;
    if (remembered !== undefined) await store(worker, { ...kept, progress: remembered });
  }
  return ended;
}

/** What failed is written down as it was before the run, so that it stays as due as it is; only its turn comes later. */
function untold(state: ScanState): ScanState {
  const { failures, stored, progress } = state;
  if (failures === 0 || stored === undefined) return state;
  const { until, workedAt, page } = progress;
  const reached = page === undefined || until !== stored.until ? {} : { page };
  return { ...state, progress: { ...stored, workedAt, ...reached } };
}

async function workThroughAll(
  worker: Worker,
  session: Session,
  { states, problems }: { states: ScanState[]; problems: string[] },
): Promise<Ended> {
  const { clock } = worker;
  const end = (outcome: Ended['outcome'], more: Partial<Ended> = {}): Ended => ({
    outcome,
    problems: [...new Set(problems)],
    left: new Map(states.map(({ scan, progress }) => [scan.name, progress.gaps])),
    ...more,
  });
  let failed = false;
  let answered = false;
  const forbidden: PlatformError[] = [];
  const endAll = () =>
    endMirrored(worker, session, states).then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof BudgetExhausted) return end('unfinished');
        if (!(error instanceof PlatformError)) throw error;
        problems.push(error.message);
        if (!isOfScan(error)) return end('paused', { stopped: error });
        failed = true;
        return undefined;
      },
    );
  const { first, usual } = turnsOf(states, clock.now());
  for (const order of [...first, ...usual]) {
    // The others may take all that is left of the run.
    const cutOff = first.length > 0 && order === usual[0] ? await endAll() : undefined;
    if (cutOff !== undefined) return cutOff;
    // One that goes before the orders says nothing of the credential.
    const isTelling = usual.includes(order);
    // Lists of another order may be answered: nothing but those of a few outlets may fail here.
    let failedInARow = 0;
    while (failedInARow < MOST_FAILURES) {
      const waiting = states.filter(({ scan, todo }) => scan.order === order && todo.length > 0);
      if (waiting.length === 0) break;
      for (const state of waiting.sort((a, b) => a.progress.workedAt - b.progress.workedAt)) {
        const error = await step(worker, session, state).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        if (error === undefined) {
          failedInARow = 0;
          answered = true;
          continue;
        }
        if (error instanceof BudgetExhausted) return end('unfinished');
        if (!(error instanceof PlatformError)) throw error;
        problems.push(`${state.scan.name}: ${error.message}`);
        if (error.kind === 'auth-failed' && !isOfScan(error)) return end('paused', { stopped: error });
        state.failures += 1;
        // Behind those that are answered, now and in the next run: they would never have their turn.
        state.progress = { ...state.progress, workedAt: clock.now() };
        if (error.kind === 'auth-failed') {
          failed = true;
          state.todo = [];
          if (isTelling && !answered && forbidden.push(error) >= MOST_FORBIDDEN)
            return end('paused', { stopped: error });
          continue;
        }
        if (error.throttled) return end('unfinished');
        // Whatever is wrong with this stretch or this outlet, the others may be fine.
        failed = true;
        if (error.kind === 'retry-later') failedInARow += 1;
        if (failedInARow >= MOST_FAILURES) break;
        if (state.failures >= MOST_FAILURES) state.todo = [];
      }
    }
    // Orders come first: a credential that may read none of them is good for nothing.
    if (!answered && forbidden[0] !== undefined) return end('paused', { stopped: forbidden[0] });
  }
  const cutOff = await endAll();
  if (cutOff !== undefined) return cutOff;
  const left = states.some(({ progress }) => progress.gaps.length > 0);
  return end(failed ? 'failed' : left ? 'unfinished' : 'done');
}

/** An outlet that was closed, or belongs to somebody else by now, may not be read; the store's others may. */
const isOfScan = ({ status, ofCredential }: PlatformError): boolean => status === 403 && !ofCredential;

async function prepare(
  worker: Worker,
  session: Session,
  window: TimeRange | undefined,
): Promise<{ states: ScanState[]; problems: string[] }> {
  const { scans, progress, backfill, clock } = worker;
  const { dryRun, wants, only } = session;
  const isMeant = ({ resource = 'order' }: Pick<Scan, 'resource'>) => only?.includes(resource) !== false;
  // A run without orders may not take the request for them away.
  const [known, mark] = await Promise.all([progress.load(), isMeant({}) ? backfill.read() : undefined]);
  const now = clock.now();
  const meant = scans.filter(isMeant);
  const occasion = {
    now,
    due: new Set(
      meant.flatMap((scan) =>
        scan.resource !== undefined && isDue(scan, known.get(scan.name), now) ? [scan.resource] : [],
      ),
    ),
    backfillFrom: mark?.from,
    window,
    windowOnly: dryRun && window !== undefined,
    wants,
  };
  const problems: string[] = [];
  const states: ScanState[] = [];
  for (const scan of meant) {
    const { progress: planned, tooOld } = plan(scan, known.get(scan.name), occasion);
    if (tooOld)
      problems.push(`${scan.name}: what is older than the platform lists cannot be compared any more`);
    const stored = known.get(scan.name);
    // One that was not read to its end is begun anew when its time comes.
    const begins = (stored?.gaps ?? []).length === 0 || planned.until !== stored?.until;
    const isWhole = planned.gaps.length > 0 && begins;
    if (scan.resource !== undefined && (stored?.gaps ?? []).length > 0 && isDue(scan, stored, now))
      problems.push(
        `${scan.name}: its time was too short to read it to the end; nobody looked for what is gone`,
      );
    // What was listed is written down again at the end: until then the table may not say more than it knows.
    const { listed: _, page, ...rest } = planned;
    const progress = { ...rest, ...(page === undefined || begins || dryRun ? {} : { page }) };
    const state = { scan, progress, todo: progress.gaps, failures: 0, isWhole };
    states.push({ ...state, ...(stored === undefined ? {} : { stored }) });
  }
  // What somebody asked for has to outlive this run, because nobody asks twice.
  if (!dryRun) {
    const isAsked = ({ resource = 'order' }: Scan) =>
      mark !== undefined || window !== undefined || wants.includes(resource);
    for (const state of states) if (isAsked(state.scan)) await store(worker, state);
    if (mark !== undefined) await backfill.clear(mark);
  }
  await rely(worker, session, states);
  await takeUpListed(worker, session, states);
  return { states, problems };
}

async function store({ progress }: Worker, state: ScanState): Promise<void> {
  state.progress = await progress.save(state.scan.name, state.progress);
  state.stored = state.progress;
}

/** What is not written down for longer than this is (ms). */
const LONGEST_UNSAVED_MS = 6 * 3_600_000;

/** Whether the next run looks back over all that the table does not know to be compared, so that a write would tell it nothing. */
function isCovered({ scan: { everyMs, lookbackMs }, progress, stored }: ScanState): boolean {
  if (stored === undefined || everyMs > 0) return false;
  const unsavedMs = progress.until - stored.until;
  return (
    stored.gaps.length === 0 &&
    progress.gaps.length === 0 &&
    progress.sliceMs === stored.sliceMs &&
    unsavedMs < Math.min(lookbackMs / 2, LONGEST_UNSAVED_MS)
  );
}

async function step(worker: Worker, session: Session, state: ScanState): Promise<void> {
  const { connection, clock } = worker;
  const { scan } = state;
  const longestMs = scan.undivided === true ? Number.POSITIVE_INFINITY : state.progress.sliceMs;
  const slice = newestSlice(state.todo, longestMs);
  if (slice === undefined) return;
  const save = async (next: Progress): Promise<void> => {
    state.progress = next;
    if (!session.dryRun && !isCovered(state)) await store(worker, state);
  };
  state.todo = subtract(state.todo, slice);
  const beforeMs = session.budget.leftMs();
  const before = session.budget.taken();
  try {
    const { since, page: firstPage } = state.progress;
    const { foundCurrent } = state;
    const done = await compareSlice(worker, session, {
      ...slice,
      scan,
      since,
      ...(foundCurrent === undefined ? {} : { foundCurrent }),
      ...(firstPage === undefined ? {} : { firstPage }),
      onPage(page) {
        state.progress = { ...state.progress, page };
      },
    });
    await connection.succeeded();
    const afterMs = session.budget.leftMs();
    const mayGrow = afterMs > 2 * (beforeMs - afterMs);
    await save(advance(scan, state.progress, { slice, done, mayGrow }, clock.now()));
  } catch (error) {
    // Its turn is over: the next run would spend itself on it again before the others had theirs. One without a call had no turn.
    if (error instanceof BudgetExhausted && session.budget.taken() > before)
      await save({ ...shorten(state.progress), workedAt: clock.now() });
    throw error;
  }
}
