import * as z from 'zod';
import { PlatformError } from '../http/errors.ts';
import { prepaid } from '../platforms/admission.ts';
import { openConnection, type StoreConnection } from '../platforms/connection.ts';
import type { PageSummary } from '../platforms/intake.ts';
import type { IntakePlatform } from '../platforms/platform.ts';
import { longestCallMs } from '../runtime/aws-clients.ts';
import { describeError, OwnError } from '../runtime/describe-error.ts';
import type { Invocation, Runtime } from '../runtime/handler.ts';
import { createQueue } from '../runtime/queue.ts';
import { sqsClient } from '../runtime/sqs-client.ts';
import type { LogFields } from '../runtime/telemetry.ts';
import { createOutbox, createPollBackoff, type Lease, type PollBackoff } from '../storage/runs.ts';
import { createWatchfulLease } from '../storage/watchful-lease.ts';
import { accountOf } from './account.ts';
import { awsOptions, type Deployed } from './deployed.ts';
import { KEEPING_MS, keepPage, type PageKeeper } from './keep-page.ts';

/** What drains the new orders of one store. */
export interface Poller extends PageKeeper {
  lease: Lease;
  connection: Pick<StoreConnection, 'bucket' | 'check' | 'succeeded' | 'failed'>;
  backoff: PollBackoff;
  /** Reads one page, which takes its orders off the platform's list. Gives back the answer's bytes, untouched. */
  readPage(correlationId: string): Promise<Uint8Array>;
  summarise(page: Uint8Array): PageSummary;
  /** Longest time that one page may take, in ms: its token, its reading, and making it durable. */
  slowestPageMs: number;
  maxPages: number;
}

/** For what is said and written once a page is safe, in ms. */
const AFTERWARDS_MS = 2_000;

/** The longest that one page of a platform may take, in ms; a run that has less left reads none. */
export const slowestPageMs = (slowestReadMs: number): number =>
  longestCallMs() + slowestReadMs + KEEPING_MS + AFTERWARDS_MS;

/** A page without an order says what is left and hardly more; one that is larger holds orders. */
const LARGEST_EMPTY_BYTES = 4096;

/** A wait for a slot that is longer ends the run: the next one goes on, and nobody pays for the waiting. */
const LONGEST_WAIT_MS = 5_000;

/** The pollers of a platform's stores, made once per container. */
export function createPollers(
  { platform, stores }: Deployed<IntakePlatform>,
  runtime: Runtime<'poll'>,
): Poller[] {
  const { clock, env } = runtime;
  const account = accountOf(runtime);
  // A silent queue leaves the time in which the table can be asked.
  const aws = awsOptions(runtime);
  const { timeLeftMs } = aws;
  const patient = timeLeftMs && { timeLeftMs: () => timeLeftMs() - longestCallMs() };
  const queue = createQueue(sqsClient({ ...aws, ...patient }), env.QUEUE_URL);
  const { poll } = platform;
  if (poll === undefined) throw new OwnError(`${platform.name} is not polled`);
  return stores.map((store) => {
    const item = { client: account.dynamo, table: env.CONTROL_TABLE, clock };
    const about = { ...item, platform: platform.name, storeId: store.id };
    const connection = openConnection(platform, store, account);
    const reading = {
      ...runtime,
      platform: platform.name,
      storeId: store.id,
      lostReadRemedy: poll.lostReadRemedy,
    };
    return {
      ...reading,
      lease: createWatchfulLease({
        ...item,
        name: { job: 'poll', platform: platform.name, storeId: store.id },
        onCutOff: (runId) =>
          tellMayBeLost(reading, 'the run before was cut off and may have been reading', { runId }),
      }),
      connection,
      backoff: createPollBackoff(about),
      outbox: createOutbox(about),
      queue,
      readPage: (correlationId) => {
        const admit = prepaid(platform.name, connection.bucket);
        return poll.next(connection.api({ correlationId, admit }));
      },
      summarise: (page) => poll.summarise(page),
      orderIds: (bytes) =>
        platform
          .read({ topic: 'page', storeId: store.id, bytes }, [store])
          .items.flatMap((item) => ('orderId' in item ? [item.orderId] : [])),
      slowestPageMs: slowestPageMs(poll.slowestReadMs),
      maxPages: poll.maxPagesPerRun(store),
    };
  });
}

/** What the function is called with: the schedule names its store. Whatever else calls it means all of them. */
export const pollRequest = z.object({ storeId: z.string().optional() }).catch({});

/** Drains the stores that are meant, one after the other. */
export async function pollStores(
  pollers: readonly Poller[],
  { storeId }: z.output<typeof pollRequest>,
  run: Invocation,
): Promise<void> {
  for (const poller of pollers)
    if (storeId === undefined || poller.storeId === storeId) await poll(poller, run);
}

/**
 * Drains what the platform has not handed out yet, page after page. Reading a page is destructive, so each page's bytes
 * are in the queue before anything is done about them, and a page whose read may have reached the server is never read
 * again blindly. A page without an order goes nowhere: most are so, and each would cost a message and a call of the consumer.
 */
export async function poll(poller: Poller, run: Invocation): Promise<void> {
  const { lease, metrics, log, platform, storeId } = poller;
  if (!(await lease.acquire(run.requestId, run.remainingMs() + 1000))) {
    metrics.add('PollSkipped', platform, 1);
    log.info('another run is still polling', { storeId, runId: run.requestId });
    return;
  }
  try {
    await drainOutbox(poller);
    // A run that may not look did not find nothing.
    if (await mayPoll(poller)) {
      const { found, repeated, withheld } = await drain(poller, run);
      metrics.add('PollOrdersFound', platform, found);
      if (repeated) metrics.add('PollPageRepeated', platform, 1);
      if (withheld) metrics.add('PollOrdersWithheld', platform, 1);
    }
    metrics.add('PollCompleted', platform, 1);
  } catch (error) {
    metrics.add('PollFailed', platform, 1);
    await follow(poller, run, error);
  } finally {
    await lease.release(run.requestId);
  }
}

/** What the queue took no time ago is sent first; what it never takes is set aside, and stops nothing. */
async function drainOutbox({ outbox, queue, metrics, log, platform, storeId }: Poller): Promise<void> {
  const aside = await outbox.drain(queue);
  if (aside.length > 0)
    log.error(
      'messages that the queue refuses for good, or that cannot be read, are set aside for a person',
      {
        storeId,
        messages: aside,
      },
    );
  metrics.add('OutboxSetAside', platform, await outbox.countAside());
}

async function mayPoll({ connection, backoff }: Poller): Promise<boolean> {
  // First, because a check may take the only probe of five minutes, which a run that makes no call would waste.
  if (await backoff.waiting()) return false;
  return (await connection.check()).allowed;
}

/** What a run met. */
interface Drained {
  /** Orders handed out. */
  found: number;
  /** The platform handed out a page again that it had handed out in this run. */
  repeated?: true;
  /** The platform says that orders are left, and hands out none. */
  withheld?: true;
}

async function drain(poller: Poller, run: Invocation): Promise<Drained> {
  const { log } = poller;
  const seen = new Set<string>();
  let found = 0;
  let announced: number | undefined;
  for (let page = 1; page <= poller.maxPages; page += 1) {
    if (!hasTime(poller, run) || !(await takeSlot(poller, run))) break;
    const correlationId = `${run.requestId}-${poller.storeId}-p${page}`;
    const bytes = await poller.readPage(correlationId);
    // Looking into what cannot be an empty page may take all of the memory, so it is safe before.
    const isLarge = bytes.byteLength > LARGEST_EMPTY_BYTES;
    if (isLarge) await keepPage(poller, bytes, correlationId, run);
    const summary = summaryOf(poller, bytes);
    const isEmpty = summary.ok && summary.returned === 0;
    if (!isEmpty && !isLarge) await keepPage(poller, bytes, correlationId, run);
    await Promise.all([poller.connection.succeeded(), poller.backoff.succeeded()]);
    if (!summary.ok)
      throw new OwnError(`page ${correlationId} is kept, but is not what it should be: ${summary.problem}`);
    const { returned, pending, contents } = summary;
    if (isEmpty) {
      // An empty answer may not even say what is left; the page before it did.
      const left = pending ?? announced;
      if (!left) break;
      log.warn('the platform says that orders are left, and hands out none', { correlationId, left });
      return { found, withheld: true };
    }
    log.info('page queued', { correlationId, returned, pending });
    announced = pending;
    if (contents !== undefined && seen.has(contents)) {
      log.error('the platform handed out the same page twice; the run stops asking', { correlationId });
      return { found, repeated: true };
    }
    if (contents !== undefined) seen.add(contents);
    found += returned;
    if (pending === undefined)
      log.warn('the page does not say what is left; the run stops asking', { correlationId });
    if (!pending) break;
  }
  return { found };
}

/** What a page says. One that cannot be looked at holds orders, for all we know. */
function summaryOf(poller: Poller, bytes: Uint8Array): PageSummary {
  try {
    return poller.summarise(bytes);
  } catch (error) {
    return { ok: false, problem: describeError(error) };
  }
}

/** Whether a page that is asked for after `waitMs` can be made durable before the run is ended. */
const hasTime = ({ slowestPageMs: ms }: Poller, { remainingMs }: Invocation, waitMs = 0): boolean =>
  remainingMs() - waitMs >= ms;

async function takeSlot(poller: Poller, run: Invocation): Promise<boolean> {
  const { bucket } = poller.connection;
  const { clock } = poller;
  const first = await bucket.take(1, 'urgent');
  if (first.granted > 0) return true;
  const wait = (first.retryAt ?? clock.now() + LONGEST_WAIT_MS + 1) - clock.now();
  if (wait > LONGEST_WAIT_MS || !hasTime(poller, run, wait)) return false;
  await clock.sleep(Math.max(0, wait));
  return (await bucket.take(1, 'urgent')).granted > 0;
}

/** Statuses of whoever did nothing: it gave up waiting for our request, takes none so early, or takes none now. */
const NOTHING_DONE: ReadonlySet<number | undefined> = new Set([408, 425, 503]);

/** Whether the platform may have marked a page as read that we do not have. */
const isReadInDoubt = (error: unknown): boolean =>
  error instanceof PlatformError && error.outcomeUnknown && !NOTHING_DONE.has(error.status);

/** Tells first: what else is done about a failure needs the table, which may be out of reach as well. */
async function follow(poller: Poller, run: Invocation, error: unknown): Promise<void> {
  const { log, connection, backoff, storeId } = poller;
  const fields = { storeId, runId: run.requestId, error: describeError(error) };
  if (isReadInDoubt(error))
    tellMayBeLost(poller, 'the platform may have handed it out, and it did not come', fields);
  else log.error('poll run failed', fields);
  // One whose circuit is open rests by that, whose probes come at their own pace.
  if (!(await connection.failed(error, run.requestId))) await backoff.failed();
}

type Reading = Pick<Poller, 'metrics' | 'log' | 'platform' | 'storeId' | 'lostReadRemedy'>;

function tellMayBeLost(
  { metrics, log, platform, storeId, lostReadRemedy }: Reading,
  why: string,
  fields: LogFields,
): void {
  metrics.add('LostReadSuspected', platform, 1);
  log.error(`a page may be lost: ${why}. ${lostReadRemedy}`, { storeId, ...fields });
  metrics.flush();
}
