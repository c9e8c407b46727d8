import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { NewEvent } from '../domain/event.ts';
import { lazily } from '../domain/lazily.ts';
import { awsOptions } from '../pipeline/deployed.ts';
import type { Clock } from '../runtime/clock.ts';
import { createDeliveries, type Deliveries } from '../runtime/deliveries.ts';
import { describeError } from '../runtime/describe-error.ts';
import type { Runtime } from '../runtime/handler.ts';
import type { Metrics } from '../runtime/metric-names.ts';
import { sqsClient } from '../runtime/sqs-client.ts';
import type { Log } from '../runtime/telemetry.ts';
import { documentClient } from '../storage/dynamodb.ts';
import { listEndpoints } from '../storage/endpoints.ts';
import { createFeedWriter, type FeedWriter } from '../storage/feed-writer.ts';
import type { EventBus } from './event-bus.ts';
import { eventOf } from './event-of.ts';
import { changeOf } from './stream-change.ts';
import { createAnnouncer } from './webhooks/announce.ts';

/** The dimension of metrics about the merchant's own system. */
const platform = 'erp';

export interface Publisher {
  feed: FeedWriter;
  /** Tells whoever is sent events that there are some. What it says may be lost. */
  announce: () => Promise<void>;
  bus?: EventBus;
  metrics: Metrics;
  log: Log;
  clock: Pick<Clock, 'now'>;
}

/** What lies beside the function, and is loaded when it is first asked for. */
export interface PublisherParts {
  /** A client more, which few merchants need. */
  readonly loadBus: () => Promise<
    Pick<typeof import('./event-bus.ts'), 'createEventBus' | 'eventBridgeClient'>
  >;
}

export function createPublisher(runtime: Runtime<'publish'>, { loadBus }: PublisherParts): Publisher {
  const { env, clock, log, metrics } = runtime;
  const client = documentClient(awsOptions(runtime));
  const bus = env.EVENT_BUS;
  return {
    feed: createFeedWriter({ client, table: env.CONTROL_TABLE, clock }),
    announce: createAnnouncer({
      endpoints: () => listEndpoints({ client, table: env.CONTROL_TABLE }),
      deliveries: lazyDeliveries(runtime),
      clock,
    }),
    ...(bus === undefined ? {} : { bus: lazyBus(runtime, loadBus, bus) }),
    metrics,
    log,
    clock,
  };
}

/** A merchant without endpoints needs no queue, and its publisher no client of one. */
function lazyDeliveries(runtime: Runtime<'publish'>): Deliveries {
  const deliveries = lazily(() => createDeliveries(sqsClient(awsOptions(runtime)), runtime.env.QUEUE_URL));
  return { announce: (...args) => deliveries().announce(...args) };
}

/** Few merchants want a bus. */
function lazyBus(runtime: Runtime<'publish'>, load: PublisherParts['loadBus'], name: string): EventBus {
  const bus = lazily(async () => {
    const { createEventBus, eventBridgeClient } = await load();
    return createEventBus(eventBridgeClient(awsOptions(runtime)), name);
  });
  return { put: async (events) => (await bus()).put(events) };
}

interface Made {
  record: DynamoDBRecord;
  event: NewEvent;
}

/**
 * Gives every change of the orders table its place in the feed. Where the table fails in the middle, the batch comes again
 * from the first record on whose event is not in the feed.
 */
export async function publish(
  publisher: Publisher,
  { Records: records }: DynamoDBStreamEvent,
): Promise<DynamoDBBatchResponse> {
  const { feed, clock } = publisher;
  let made: Made[] = [];
  const changes = records.map((record) => ({ record, change: changeOf(record, clock.now()) }));
  const mark = records[0]?.eventID;
  const { written, failure } = await feed.append({
    events(epoch) {
      made = changes.flatMap(({ record, change }) => {
        const event = eventOf(change, epoch);
        return event === undefined ? [] : [{ record, event }];
      });
      return made.map(({ event }) => event);
    },
    ...(mark === undefined ? {} : { mark }),
  });
  const done = made.slice(0, written).map(({ event }) => event);
  count(publisher, done, failure);
  if (done.length > 0) await tell(publisher, done);
  if (failure === undefined) return { batchItemFailures: [] };
  // Without a number of its own the whole batch comes again.
  const itemIdentifier = made[written]?.record.dynamodb?.SequenceNumber ?? '';
  return { batchItemFailures: [{ itemIdentifier }] };
}

function count({ metrics, log, clock }: Publisher, done: readonly NewEvent[], failure: unknown): void {
  // No alarm asks for a zero, and each event would pay for its letters.
  if (failure !== undefined) metrics.add('FeedFailed', platform, 1);
  for (const { at } of done)
    metrics.add('FeedLagSeconds', platform, Math.max(0, clock.now() - Date.parse(at)) / 1000);
  if (failure === undefined) log.debug('events published', { events: done.length });
  else
    log.error('events could not be published; the batch comes again from the first one on', {
      published: done.length,
      error: describeError(failure),
    });
}

/** The events are in the feed, so nothing of this may keep the next ones from it. */
async function tell({ announce, bus, metrics, log }: Publisher, events: readonly NewEvent[]): Promise<void> {
  await announce().catch((error: unknown) => {
    log.warn('the endpoints were not told of new events; the sweep tells them', {
      error: describeError(error),
    });
  });
  if (bus === undefined) return;
  const lost = await bus.put(events).catch((error: unknown) => {
    log.error('the event bus could not be called', { error: describeError(error) });
    return events.length;
  });
  metrics.add('BusEventsLost', platform, lost);
  if (lost > 0) log.error('the event bus did not take events, which stand in the feed', { lost });
}
