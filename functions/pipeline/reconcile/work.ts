import { newestSlice, subtract, type TimeRange } from '../../domain/time-ranges.ts';
import { PlatformError } from '../../http/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { BackfillRequests } from '../../storage/backfill-requests.ts';
import type { CircuitBreaker } from '../../storage/circuit-breaker.ts';
import type { Progress, ProgressStore } from '../../storage/reconcile-progress.ts';
import { BudgetExhausted } from './call-budget.ts';
import type { Outcome } from './report.ts';
import { advance, plan, type Scan, shorten } from './scan-plan.ts';
import type { Session, Source } from './source.ts';

export interface Worker<T extends Scan> {
  source: Source<T>;
  progress: ProgressStore;
  backfill: Pick<BackfillRequests, 'read' | 'clear'>;
  pause: CircuitBreaker;
  clock: Clock;
}

/** How far the work came. */
export interface Ended {
  outcome: Extract<Outcome, 'done' | 'unfinished' | 'paused' | 'failed'>;
  problems: string[];
  left: Map<string, readonly TimeRange[]>;
  /** What made us stop all calls to the platform. */
  stopped?: PlatformError;
}

interface ScanState<T extends Scan> {
  scan: T;
  progress: Progress;
  /** What this run has not tried yet. */
  todo: TimeRange[];
  /** Slices of the track that failed in this run. */
  failures: number;
}

/** After so many slices of one track, or so many in a row of any, it is not the slice: trying on would only cost calls. */
const MOST_FAILURES = 3;

/**
 * Compares slice after slice, the newest of each track in turn, and writes down after each what is left, until nothing
 * is or the run has to end. What is written down is never more than what is safely repaired.
 */
export async function workThrough<T extends Scan>(
  worker: Worker<T>,
  session: Session,
  window: TimeRange | undefined,
): Promise<Ended> {
  const { states, problems } = await prepare(worker, session, window);
  const end = (outcome: Ended['outcome'], more: Partial<Ended> = {}): Ended => ({
    outcome,
    problems: [...new Set(problems)],
    left: new Map(states.map(({ scan, progress }) => [scan.name, progress.gaps])),
    ...more,
  });
  let failed = false;
  let failedInARow = 0;
  for (const order of [...new Set(states.map(({ scan }) => scan.order))].sort((a, b) => a - b)) {
    for (;;) {
      const waiting = states.filter(({ scan, todo }) => scan.order === order && todo.length > 0);
      if (waiting.length === 0) break;
      for (const state of waiting.sort((a, b) => a.progress.workedAt - b.progress.workedAt)) {
        const error = await step(worker, session, state).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        if (error === undefined) {
          failedInARow = 0;
          continue;
        }
        if (error instanceof BudgetExhausted) return end('unfinished');
        if (!(error instanceof PlatformError)) throw error;
        problems.push(`${state.scan.name}: ${error.message}`);
        if (error.kind === 'auth-failed') return end('paused', { stopped: error });
        if (error.throttled) return end('unfinished');
        // Whatever is wrong with this stretch or this outlet, the others may be fine.
        failed = true;
        failedInARow += 1;
        if (error.kind === 'retry-later' && failedInARow >= MOST_FAILURES) return end('failed');
        state.failures += 1;
        if (state.failures >= MOST_FAILURES) state.todo = [];
      }
    }
  }
  const left = states.some(({ progress }) => progress.gaps.length > 0);
  return end(failed ? 'failed' : left ? 'unfinished' : 'done');
}

async function prepare<T extends Scan>(
  { source, progress, backfill, clock }: Worker<T>,
  { dryRun }: Session,
  window: TimeRange | undefined,
): Promise<{ states: ScanState<T>[]; problems: string[] }> {
  const [known, requested] = await Promise.all([progress.load(), backfill.read()]);
  const occasion = {
    now: clock.now(),
    backfillFrom: requested?.from,
    window,
    windowOnly: dryRun && window !== undefined,
  };
  const problems: string[] = [];
  const states: ScanState<T>[] = [];
  for (const scan of source.scans) {
    const { progress: planned, tooOld } = plan(scan, known.get(scan.name), occasion);
    if (tooOld)
      problems.push(`${scan.name}: what is older than the platform lists cannot be compared any more`);
    states.push({ scan, progress: planned, todo: planned.gaps, failures: 0 });
  }
  // What somebody asked for has to outlive this run, because nobody asks twice.
  if (!dryRun && (requested !== undefined || window !== undefined)) {
    for (const state of states) state.progress = await progress.save(state.scan.name, state.progress);
    if (requested !== undefined) await backfill.clear(requested);
  }
  return { states, problems };
}

async function step<T extends Scan>(
  { source, progress, pause, clock }: Worker<T>,
  session: Session,
  state: ScanState<T>,
): Promise<void> {
  const { scan } = state;
  const slice = newestSlice(state.todo, state.progress.sliceMs);
  if (slice === undefined) return;
  const save = async (next: Progress): Promise<void> => {
    state.progress = session.dryRun ? next : await progress.save(scan.name, next);
  };
  state.todo = subtract(state.todo, slice);
  try {
    const done = await source.compare({ ...slice, scan, since: state.progress.since }, session);
    await pause.recordSuccess();
    await save(advance(scan, state.progress, slice, done, clock.now()));
  } catch (error) {
    if (error instanceof BudgetExhausted) await save(shorten(state.progress));
    throw error;
  }
}
