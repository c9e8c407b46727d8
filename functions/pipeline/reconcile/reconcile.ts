import { isoTime } from '../../domain/time.ts';
import type { Bucket } from '../../rate-limit/bucket.ts';
import type { Log } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metric-names.ts';
import type { Lease } from '../../storage/lease.ts';
import type { Reports } from '../../storage/reconcile-reports.ts';
import { describeError } from '../batch.ts';
import { createCallBudget } from './call-budget.ts';
import { describeLeft, measure, type Outcome, type Report } from './report.ts';
import type { ReconcileRequest } from './request.ts';
import { countFields, createRunStats } from './run-stats.ts';
import type { Scan } from './scan-plan.ts';
import type { Session } from './source.ts';
import { type Ended, type Worker, workThrough } from './work.ts';

export interface Reconciler<T extends Scan> extends Worker<T> {
  lease: Lease;
  bucket: Bucket;
  reports: Reports;
  metrics: Metrics;
  log: Log;
  /** Why the platform cannot be reconciled as it is configured; only where that can be. */
  off?: () => string | undefined;
}

export interface ReconcileRun {
  /** Unique per run: owns the lease, names the report, and starts the correlation id of every repair. */
  runId: string;
  /** What is left of the function's time, in ms. */
  remainingMs(): number;
}

type End = Omit<Ended, 'outcome'> & { outcome: Outcome };
const nothingDone = (outcome: Outcome, ...problems: string[]): End => ({
  outcome,
  problems,
  left: new Map(),
});

/**
 * Compares what the platform lists with what the table has, and repairs what differs. Goes on where the run before it had
 * to stop. Never throws for the platform's or an order's failures: they stand in the report, the metrics and the log.
 *
 * @throws the AWS SDK's errors when not even the report can be kept.
 */
export async function reconcile<T extends Scan>(
  reconciler: Reconciler<T>,
  request: ReconcileRequest,
  run: ReconcileRun,
): Promise<Report> {
  const { clock, metrics, source } = reconciler;
  const startedAt = clock.now();
  const { dryRun } = request;
  const stats = createRunStats();
  const session: Session = {
    runId: run.runId,
    dryRun,
    eager: request.from !== undefined,
    budget: createCallBudget({
      ...reconciler,
      slowestCallMs: source.slowestCallMs,
      remainingMs: run.remainingMs,
    }),
    stats,
    repaired: new Set(),
  };
  const ended = await perform(reconciler, session, request, run).catch((error: unknown) =>
    nothingDone('failed', describeError(error)),
  );
  const report: Report = {
    runId: run.runId,
    platform: source.platform,
    storeId: source.storeId,
    dryRun,
    outcome: ended.outcome,
    startedAt: isoTime(startedAt),
    endedAt: isoTime(clock.now()),
    counts: stats.counts,
    examples: stats.examples,
    problems: ended.problems,
    left: describeLeft(ended.left),
  };
  measure(metrics, report);
  say(reconciler.log, report);
  if (!dryRun && report.outcome !== 'busy') await reconciler.reports.keep(report);
  return report;
}

async function perform<T extends Scan>(
  reconciler: Reconciler<T>,
  session: Session,
  request: ReconcileRequest,
  run: ReconcileRun,
): Promise<End> {
  const { lease, metrics, clock } = reconciler;
  const { platform } = reconciler.source;
  if (reconciler.off !== undefined) {
    const off = reconciler.off();
    metrics.add('ReconcileOff', platform, off === undefined ? 0 : 1);
    if (off !== undefined) return nothingDone('off', off);
  }
  // A dry run leaves nothing behind that another run could trip over.
  if (!session.dryRun && !(await lease.acquire(run.runId, run.remainingMs() + 1000)))
    return nothingDone('busy');
  try {
    const permission = await reconciler.pause.check();
    metrics.add('PlatformPaused', platform, permission.allowed && !permission.probe ? 0 : 1);
    if (!permission.allowed)
      return nothingDone('paused', `${permission.state.cause}. ${permission.state.remedy}`);
    const { from, to = clock.now() } = request;
    const ended = await workThrough(reconciler, session, from === undefined ? undefined : { from, to });
    if (ended.stopped !== undefined && !session.dryRun) await stop(reconciler, ended.stopped);
    return ended;
  } finally {
    if (!session.dryRun) await lease.release(run.runId);
  }
}

async function stop<T extends Scan>(
  { pause, metrics, log, source: { platform } }: Reconciler<T>,
  { operation, status, remedy = 'Replace the credential in its secret.' }: NonNullable<Ended['stopped']>,
): Promise<void> {
  const cause = `${operation} was answered ${status}`;
  await pause.trip(cause, remedy);
  metrics.add('PlatformPaused', platform, 1);
  log.error(`${platform} is paused`, { cause, remedy });
}

function say(log: Log, { runId, platform, outcome, dryRun, counts, problems, left }: Report): void {
  const fields = {
    runId,
    platform,
    outcome,
    dryRun,
    ...countFields(counts),
    problems,
    leftToCompare: left.length,
  };
  if (outcome === 'failed') log.error('reconciliation failed', fields);
  else if (outcome === 'off' || problems.length > 0 || counts.failed > 0)
    log.warn('reconciliation ended with problems', fields);
  else log.info('reconciliation ended', fields);
}
