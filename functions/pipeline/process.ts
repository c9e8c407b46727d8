import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Origin } from '../domain/order-row.ts';
import { type Resource, subjectOf } from '../domain/resource.ts';
import type { Incoming } from '../platforms/intake.ts';
import type { IntakePlatform } from '../platforms/platform.ts';
import { createGate } from '../rate-limit/gate.ts';
import { describeError, OwnError } from '../runtime/describe-error.ts';
import type { Runtime } from '../runtime/handler.ts';
import { createQueue, type ReceivedMessage } from '../runtime/queue.ts';
import { sqsClient } from '../runtime/sqs-client.ts';
import { createChunkStore } from '../storage/chunks.ts';
import { createJobResults, type JobResult, type JobResults } from '../storage/job-results.ts';
import { accountOf } from './account.ts';
import { type Batch, type Failure, processBatch, processEach, type QueueMessage } from './batch.ts';
import { awsOptions, type Deployed } from './deployed.ts';
import { nextStep } from './failure-policy.ts';
import { fetchChanged } from './fetch.ts';
import type { Fetcher } from './fetch-one.ts';
import { mapConcurrent } from './map-concurrent.ts';
import {
  bytesToKeep,
  createOutletWatch,
  type OutletWatch,
  quarantine,
  readingOf,
  upsertOrder,
} from './order-writer.ts';
import { openPrivacyContext, type PrivacyContext } from './privacy/context.ts';
import { eraseStore } from './privacy/erase-store.ts';
import { handlePrivacyRequest } from './privacy/handle-request.ts';
import { addChange, type ChangedThings } from './refresh-request.ts';
import { followStanding } from './standing.ts';
import { openStore } from './store-context.ts';

/** One store with all that its messages may ask for. */
export interface StoreProcessor extends Fetcher {
  privacy: PrivacyContext;
}

/** What works through a platform's intake queue. */
export interface Processor extends Batch, Deployed<IntakePlatform> {
  store(storeId: string): StoreProcessor;
  jobs: JobResults;
  outlets: OutletWatch;
}

/** Things of one message that are worked on at the same time. */
const AT_ONCE = 6;

/** The processor of a platform's messages, made once per container. */
export function createProcessor(
  deployed: Deployed<IntakePlatform>,
  runtime: Runtime<'process'>,
  random: () => number = Math.random,
): Processor {
  const { env, clock, log } = runtime;
  const account = accountOf(runtime);
  const item = { client: account.dynamo, table: env.CONTROL_TABLE, now: () => clock.now() };
  const queue = createQueue(sqsClient(awsOptions(runtime)), env.QUEUE_URL);
  const options = {
    account,
    ordersTable: env.ORDERS_TABLE,
    rawDays: env.RAW_DAYS,
    acknowledgeWithinHours: env.ACKNOWLEDGE_WITHIN_HOURS,
    queue,
  };
  const byId = new Map(
    deployed.stores.map((store): [string, StoreProcessor] => {
      const context = openStore(deployed.platform, store, options);
      const { bucket } = context.connection;
      const gate = createGate({ bucket, sleep: (ms) => clock.sleep(ms) });
      return [
        store.id,
        { ...context, gate, random, privacy: openPrivacyContext(context, env.ORDERS_TABLE, account) },
      ];
    }),
  );
  return {
    ...deployed,
    log,
    queue,
    chunks: createChunkStore(item),
    jobs: createJobResults({ ...item, platform: deployed.platform.name }),
    outlets: createOutletWatch({ ...account, platform: deployed.platform.name }),
    store(storeId) {
      const found = byId.get(storeId);
      if (found === undefined) throw new OwnError(`store ${storeId} is not in the configuration`);
      return found;
    },
  };
}

/** Works through one batch of the queue. */
export const processEvent = (processor: Processor, event: SQSEvent): Promise<SQSBatchResponse> =>
  processBatch(processor, event, (messages) => processMessages(processor, messages));

/**
 * Works through messages of the intake queue: bytes that came in, requests to fetch something again, erasures that go on.
 * What only says that an order or a product changed leads to one fetch for all that say so. Answers the messages that have to
 * come back.
 */
export async function processMessages(processor: Processor, messages: QueueMessage[]): Promise<Failure[]> {
  const changed = new Map<string, ChangedThings>();
  const waiting = new Set<QueueMessage>();
  const failures = await processEach(messages, async (queued) => {
    const dealt = await deal(processor, queued);
    if (dealt.sentAgain) waiting.add(queued);
    for (const { storeId, ...fields } of dealt.changed) {
      // Where the store is gone from the configuration, this fails here, for this message alone.
      processor.store(storeId);
      const things: ChangedThings = changed.get(storeId) ?? new Map();
      addChange(things, subjectOf(fields), queued);
      changed.set(storeId, things);
    }
  });
  // Side by side: one store's calls are paced for a while, and another's are granted for now.
  const fetching = [...changed].map(([storeId, things]) =>
    fetchChanged(processor.store(storeId), things.values()),
  );
  for (const fetched of await Promise.all(fetching)) {
    failures.push(...fetched.failures);
    for (const queued of fetched.sentAgain) waiting.add(queued);
  }
  const failed = new Set(failures.map(({ messageId }) => messageId));
  const done = messages.filter((queued) => !waiting.has(queued) && !failed.has(queued.messageId));
  return [...failures, ...(await processEach(done, (queued) => forgetChunks(processor, queued)))];
}

/** What came in chunks names persons, and is kept for the chunks' sake only until the whole was dealt with. */
async function forgetChunks({ chunks }: Processor, { message }: QueueMessage): Promise<void> {
  if (message.kind === 'received' && message.payload.chunk !== undefined)
    await chunks.forget(message.correlationId, message.payload);
}

type Changed = Extract<Incoming, { kind: 'changed' }>;

/** What dealing with one message leaves to do. */
interface Dealt {
  /** What has to be fetched for it. */
  changed: { storeId: string; resource?: Resource | undefined; orderId: string }[];
  /** It was sent again by us, to be received once more. */
  sentAgain?: boolean;
}

async function deal(processor: Processor, queued: QueueMessage): Promise<Dealt> {
  const { message } = queued;
  switch (message.kind) {
    case 'refresh':
      return { changed: [message] };
    case 'erase-store':
      await eraseStore(processor.store(message.storeId).privacy, message);
      return { changed: [] };
    case 'received':
      return takeIn(processor, { message, bytes: queued.bytes });
  }
}

interface Received {
  message: ReceivedMessage;
  bytes: Uint8Array;
}

async function takeIn(processor: Processor, received: Received): Promise<Dealt> {
  const { platform, stores, log } = processor;
  const { message, bytes } = received;
  const { correlationId, topic, storeId } = message;
  const { items, warnings = [] } = platform.read({ topic, storeId, bytes }, stores);
  if (warnings.length > 0) log.warn('what came in is odd', { correlationId, warnings });
  countAge(processor, message);
  const failed: string[] = [];
  const changed: Changed[] = [];
  let sentAgain = false;
  await mapConcurrent(AT_ONCE, [...items.entries()], async ([index, item]) => {
    if (item.kind === 'changed') {
      changed.push(item);
      return;
    }
    const handled = handle(processor, received, item).then((again) => {
      sentAgain ||= again;
    });
    if (items.length === 1) await handled;
    else
      await handled.catch((error: unknown) => {
        failed.push(`record ${index}: ${describeError(error)}`);
      });
  });
  // The others are in the table; the page comes back for these, and what is there already stays as it is.
  if (failed.length > 0)
    throw new OwnError(`${failed.length} of ${items.length} records failed: ${failed.join('; ')}`);
  return { changed, sentAgain };
}

/** What is fetched is dated when the fetch begins. */
function countAge({ platform, stores, store }: Processor, { receivedAt }: ReceivedMessage): void {
  const [first] = stores;
  if (platform.resources.order.truth === 'fetched' || first === undefined) return;
  const { metrics, clock } = store(first.id);
  metrics.add('MessageAgeSeconds', platform.name, Math.max(0, clock.now() - receivedAt) / 1000);
}

/** True when the message has to be received once more, and was sent again. */
async function handle(
  processor: Processor,
  received: Received,
  item: Exclude<Incoming, Changed>,
): Promise<boolean> {
  const { platform, store } = processor;
  const { message, bytes } = received;
  const { receivedAt, correlationId } = message;
  const origin: Origin = message.via;
  // A page is the answer to a question; what it says is newer than what an earlier one said.
  const seen = { receivedAt, correlationId, origin, asked: origin === 'poll' };
  switch (item.kind) {
    case 'order': {
      const key = { platform: platform.name, storeId: item.storeId, platformOrderId: item.orderId };
      await upsertOrder(store(item.storeId), {
        ...seen,
        key,
        reading: readingOf(item.reading),
        observedAt: receivedAt,
        bytes: bytesToKeep(item.reading, item.bytes),
      });
      if (item.outlet !== undefined) processor.outlets.saw(item.storeId, item.outlet);
      return false;
    }
    case 'unreadable': {
      const { storeId, reason, problem } = item;
      const found = { ...seen, platform: platform.name, storeId, reason, problem };
      await quarantine(store(storeId), { ...found, bytes: item.bytes ?? bytes });
      return false;
    }
    case 'privacy':
      return ask(processor, received, item.storeId, ({ privacy }) =>
        handlePrivacyRequest(privacy, item, message),
      );
    case 'suspended':
    case 'resumed':
      countIgnored(processor);
      return ask(processor, received, item.storeId, (context) => followStanding(context, item, message));
    case 'job':
      await keepJob(processor, item.result);
      break;
    case 'ignored':
      break;
  }
  countIgnored(processor);
  return false;
}

/** No order comes of them. */
function countIgnored({ platform, stores, store }: Processor): void {
  const [first] = stores;
  if (first !== undefined) store(first.id).metrics.add('EventIgnored', platform.name, 1);
}

/** A job may fail, or be done and have left products as they were. A failure counts as often as it is told, so that none is lost. */
async function keepJob({ jobs, platform, stores, store, log }: Processor, result: JobResult): Promise<void> {
  const { jobId, vendorId, ended, failed } = result;
  const rejected = await jobs.keep(result);
  const [first] = stores;
  if (first !== undefined) {
    const { metrics } = store(first.id);
    metrics.add('CatalogueRejected', platform.name, rejected);
    if (ended && failed === true) metrics.add('CatalogueJobFailed', platform.name, 1);
  }
  if (failed) log.error('a catalogue job failed', { jobId, vendorId });
  if (rejected > 0) log.warn('a catalogue job left products as they were', { jobId, products: rejected });
}

/**
 * Does what may need an answer of the platform. While none comes the message is sent again, to come back later; if none
 * ever comes it is shown. True when it was sent again.
 */
async function ask(
  { platform, store }: Processor,
  { message, bytes }: Received,
  storeId: string,
  work: (context: StoreProcessor) => Promise<void>,
): Promise<boolean> {
  const context = store(storeId);
  const { receivedAt, correlationId, attempts, via: origin } = message;
  try {
    await work(context);
    return false;
  } catch (error) {
    const next = nextStep(error, attempts, context.random);
    if (next.step === 'again') {
      await context.queue.send({ ...message, attempts: attempts + 1 }, next.delaySeconds);
      context.metrics.add('MessageRetried', platform.name, 1);
      return true;
    }
    if (next.step !== 'needs-review') throw error;
    const about = { platform: platform.name, storeId, receivedAt, correlationId, origin, bytes };
    await quarantine(context, { ...about, reason: next.reason, problem: next.problem });
    return false;
  }
}
