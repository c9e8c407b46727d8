import { PlatformError } from '../http/errors.ts';
import type { Bucket } from '../rate-limit/bucket.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Metrics } from '../runtime/metric-names.ts';
import { pack } from '../runtime/pack.ts';
import type { Queue } from '../runtime/queue.ts';
import type { CircuitBreaker } from '../storage/circuit-breaker.ts';
import type { Lease } from '../storage/lease.ts';
import type { Outbox } from '../storage/outbox.ts';
import type { PollBackoff } from '../storage/poll-backoff.ts';

/** What a page says about itself, as far as the poller needs to know: how many orders it has and how many are left. */
export type PageSummary = { ok: true; returned: number; pending: number } | { ok: false; problem: string };

export interface Poller {
  lease: Lease;
  pause: CircuitBreaker;
  backoff: PollBackoff;
  bucket: Bucket;
  queue: Queue;
  outbox: Outbox;
  /** Reads one page, which takes its orders off the platform's list. Gives back the answer's bytes, untouched. */
  readPage(correlationId: string): Promise<Uint8Array>;
  summarise(page: Uint8Array): PageSummary;
  /** Longest time one page may take, in ms: the client's time-out and the queueing after it. */
  slowestPageMs: number;
  maxPages: number;
  metrics: Metrics;
  log: Log;
  clock: Clock;
}

export interface PollRun {
  /** Unique per run: owns the lease, and starts every page's correlation id. */
  runId: string;
  /** What is left of the function's time, in ms. */
  remainingMs(): number;
}

/** A wait for a token that is longer ends the run: the next one goes on, and nobody pays for the waiting. */
const LONGEST_WAIT_MS = 5_000;

/**
 * Drains what the platform has not handed out yet, page after page. Reading a page is destructive, so each page's bytes
 * are in the queue before anyone looks into them, and a page whose read may have reached the server is never read again
 * blindly.
 */
export async function poll(poller: Poller, run: PollRun): Promise<void> {
  const { lease, metrics, log } = poller;
  if (!(await lease.acquire(run.runId, run.remainingMs() + 1000))) {
    metrics.add('PollSkipped', 'imotriz', 1);
    log.info('another run is still polling', { runId: run.runId });
    return;
  }
  try {
    await poller.outbox.drain(poller.queue);
    const found = (await mayPoll(poller)) ? await drain(poller, run) : 0;
    metrics.add('PollOrdersFound', 'imotriz', found);
    metrics.add('PollCompleted', 'imotriz', 1);
    for (const bad of ['PollFailed', 'PollSkipped', 'LostReadSuspected'] as const)
      metrics.add(bad, 'imotriz', 0);
  } catch (error) {
    metrics.add('PollFailed', 'imotriz', 1);
    metrics.add('PollCompleted', 'imotriz', 0);
    await follow(poller, run, error);
  } finally {
    await lease.release(run.runId);
  }
}

async function mayPoll({ pause, backoff, metrics }: Poller): Promise<boolean> {
  const permission = await pause.check();
  metrics.add('PlatformPaused', 'imotriz', permission.allowed && !permission.probe ? 0 : 1);
  return permission.allowed && !(await backoff.waiting());
}

async function drain(poller: Poller, run: PollRun): Promise<number> {
  let found = 0;
  for (let page = 1; page <= poller.maxPages; page += 1) {
    if (run.remainingMs() < poller.slowestPageMs || !(await takeToken(poller, run))) return found;
    const correlationId = `${run.runId}-p${page}`;
    const bytes = await poller.readPage(correlationId);
    await makeDurable(poller, bytes, correlationId);
    await Promise.all([poller.pause.recordSuccess(), poller.backoff.succeeded()]);
    const summary = poller.summarise(bytes);
    if (!summary.ok)
      throw new Error(`page ${correlationId} is kept, but is not what it should be: ${summary.problem}`);
    found += summary.returned;
    poller.log.info('page queued', { correlationId, returned: summary.returned, pending: summary.pending });
    if (summary.returned === 0 || summary.pending === 0) break;
  }
  return found;
}

async function takeToken({ bucket, clock }: Poller, run: PollRun): Promise<boolean> {
  const first = await bucket.take(1, 'urgent');
  if (first.granted > 0) return true;
  const wait = (first.retryAt ?? clock.now() + LONGEST_WAIT_MS + 1) - clock.now();
  if (wait > LONGEST_WAIT_MS || wait > run.remainingMs() / 4) return false;
  await clock.sleep(Math.max(0, wait));
  return (await bucket.take(1, 'urgent')).granted > 0;
}

/** The page left the platform's list: if the queue refuses it, the outbox keeps it for the next run. */
async function makeDurable(poller: Poller, bytes: Uint8Array, correlationId: string): Promise<void> {
  const receivedAt = poller.clock.now();
  const messages = pack(bytes).map((payload) => ({
    kind: 'imotriz.page' as const,
    v: 1 as const,
    correlationId,
    receivedAt,
    attempts: 0,
    payload,
  }));
  for (const [index, message] of messages.entries()) {
    try {
      await poller.queue.send(message);
    } catch (error) {
      poller.log.error('the queue refused a page that was read; it is kept aside for the next run', {
        correlationId,
      });
      await poller.outbox.keep(messages.slice(index));
      throw error;
    }
  }
}

async function follow(poller: Poller, run: PollRun, error: unknown): Promise<void> {
  const { metrics, log, pause, backoff } = poller;
  const fields = { runId: run.runId, error: error instanceof Error ? error.message : 'unknown error' };
  await backoff.failed();
  if (!(error instanceof PlatformError)) {
    log.error('poll run failed', fields);
    return;
  }
  if (error.kind === 'auth-failed') {
    const remedy = error.remedy ?? 'Check the token in its secret.';
    await pause.trip(`${error.operation} was answered ${error.status}`, remedy);
    metrics.add('PlatformPaused', 'imotriz', 1);
    log.error('imotriz is paused', { ...fields, remedy });
    return;
  }
  const lost = error.outcomeUnknown && error.status === undefined;
  metrics.add('LostReadSuspected', 'imotriz', lost ? 1 : 0);
  log.error(
    lost
      ? 'a page may be lost: the platform may have handed it out, and no answer came. Compare the orders of the last minutes ' +
          'in the iMotriz panel with the table, and mark the missing ones as not synchronised there'
      : 'poll run failed',
    fields,
  );
}
