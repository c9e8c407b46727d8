import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Origin } from '../domain/order-row.ts';
import { type Resource, subjectOf } from '../domain/resource.ts';
import type { Incoming } from '../platforms/intake.ts';
import type { IntakePlatform } from '../platforms/platform.ts';
import { describeError, OwnError } from '../runtime/describe-error.ts';
import type { EraseStoreMessage, ReceivedMessage } from '../runtime/queue.ts';
import type { JobResult, JobResults } from '../storage/job-results.ts';
import { type Batch, type Failure, processBatch, processEach, type QueueMessage } from './batch.ts';
import type { Deployed } from './deployed.ts';
import type { Fetched } from './fetch.ts';
import { mapConcurrent } from './map-concurrent.ts';
import {
  bytesToKeep,
  type OrderWriter,
  type OutletWatch,
  quarantine,
  readingOf,
  upsertOrder,
} from './order-writer.ts';
import { addChange, type Changed as ChangedThing, type ChangedThings } from './refresh-request.ts';

/** What works through a platform's intake queue. */
export interface Processor<S extends OrderWriter = OrderWriter> extends Batch, Deployed<IntakePlatform> {
  store(storeId: string): S;
  jobs: JobResults;
  outlets: OutletWatch;
  /** Absent where a platform pushes its orders, and asks for nothing else. */
  followUp?: FollowUp<S>;
}

/** What a platform may ask for beside that its orders are recorded. */
export type Asked = Extract<Incoming, { kind: 'privacy' | 'suspended' | 'resumed' }>;

/** Work that what came in leads to, beyond recording it. */
export interface FollowUp<S> {
  fetchChanged(store: S, changed: Iterable<ChangedThing>): Promise<Fetched>;
  eraseStore(store: S, message: EraseStoreMessage): Promise<void>;
  /** True when the message has to be received once more, and was sent again. */
  handle(store: S, item: Asked, received: Received): Promise<boolean>;
}

/** Things of one message that are worked on at the same time. */
const AT_ONCE = 6;

/** @throws Error where nobody sends such a message */
function followUpOf<S extends OrderWriter>({ followUp, platform }: Processor<S>): FollowUp<S> {
  if (followUp === undefined)
    throw new OwnError(
      `${platform.name} pushes its orders, and this message asks for more than to record one`,
    );
  return followUp;
}

/** Works through one batch of the queue. */
export const processEvent = <S extends OrderWriter>(
  processor: Processor<S>,
  event: SQSEvent,
): Promise<SQSBatchResponse> =>
  processBatch(processor, event, (messages) => processMessages(processor, messages));

/**
 * Works through messages of the intake queue: bytes that came in, requests to fetch something again, erasures that go on.
 * What only says that an order or a product changed leads to one fetch for all that say so. Answers the messages that have to
 * come back.
 */
export async function processMessages<S extends OrderWriter>(
  processor: Processor<S>,
  messages: QueueMessage[],
): Promise<Failure[]> {
  const changed = new Map<string, ChangedThings>();
  const waiting = new Set<QueueMessage>();
  const failures = await processEach(messages, async (queued) => {
    const dealt = await deal(processor, queued);
    if (dealt.sentAgain) waiting.add(queued);
    for (const { storeId, ...fields } of dealt.changed) {
      // Where the store is gone from the configuration, or nobody fetches, this fails here, for this message alone.
      processor.store(storeId);
      followUpOf(processor);
      const things: ChangedThings = changed.get(storeId) ?? new Map();
      addChange(things, subjectOf(fields), queued);
      changed.set(storeId, things);
    }
  });
  // Side by side: one store's calls are paced for a while, and another's are granted for now.
  const fetching = [...changed].map(([storeId, things]) =>
    followUpOf(processor).fetchChanged(processor.store(storeId), things.values()),
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

async function deal<S extends OrderWriter>(processor: Processor<S>, queued: QueueMessage): Promise<Dealt> {
  const { message } = queued;
  switch (message.kind) {
    case 'refresh':
      return { changed: [message] };
    case 'erase-store':
      await followUpOf(processor).eraseStore(processor.store(message.storeId), message);
      return { changed: [] };
    case 'received':
      return takeIn(processor, { message, bytes: queued.bytes });
  }
}

/** A message with the bytes that it carries. */
export interface Received {
  message: ReceivedMessage;
  bytes: Uint8Array;
}

async function takeIn<S extends OrderWriter>(processor: Processor<S>, received: Received): Promise<Dealt> {
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
async function handle<S extends OrderWriter>(
  processor: Processor<S>,
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
    case 'suspended':
    case 'resumed':
      countIgnored(processor);
      return followUpOf(processor).handle(store(item.storeId), item, received);
    case 'privacy':
      return followUpOf(processor).handle(store(item.storeId), item, received);
    case 'job':
      await keepJob(processor, item.result, correlationId);
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
async function keepJob(
  { jobs, platform, stores, store, log }: Processor,
  result: JobResult,
  correlationId: string,
): Promise<void> {
  const { jobId, vendorId, ended, failed } = result;
  const rejected = await jobs.keep(result, correlationId);
  const [first] = stores;
  if (first !== undefined) {
    const { metrics } = store(first.id);
    metrics.add('CatalogueRejected', platform.name, rejected);
    if (ended && failed === true) metrics.add('CatalogueJobFailed', platform.name, 1);
  }
  if (failed) log.error('a catalogue job failed', { jobId, vendorId });
  if (rejected > 0) log.warn('a catalogue job left products as they were', { jobId, products: rejected });
}
