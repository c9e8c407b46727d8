import { randomUUID } from 'node:crypto';
import type { FunctionService, LocalFunction } from '../functions/function-service.ts';
import type { MetricStore } from '../functions/metrics.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { Selected } from '../resources/select.ts';
import { discardMessage, type SourceSettings } from './batch.ts';
import type { StreamClock } from './clock.ts';
import { compileFilter } from './filter.ts';
import type { Positions } from './kept-streams.ts';
import { type Discarded, type Invoked, LaneReader, type ReaderPort } from './lane-reader.ts';
import type { StreamRecord } from './record.ts';
import type { TableStream } from './table-stream.ts';

/** What Lambda does in the name of the function's role, when it reads a stream for it. */
export const STREAM_ACTIONS = [
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:DescribeStream',
  'dynamodb:ListStreams',
];
export const DESTINATION_ACTION = 'sqs:SendMessage';

/** AWS does not say how long Lambda waits between tries; here it is soon enough for a person who watches. */
const BACKOFF = { firstMs: 100, mostMs: 30_000 };
/** Lambda looks at a shard four times a second; here nobody wants to wait that long, unless it is to be as there. */
const POLL_MS = 10;

type Mapping = Selected<'AWS::Lambda::EventSourceMapping'>;

/** @throws Error for a filter that cannot be read. */
export function filterOf({ properties }: Mapping): ReturnType<typeof compileFilter> {
  return compileFilter(properties.FilterCriteria?.Filters.map(({ Pattern }) => Pattern) ?? []);
}

function settingsOf({ properties }: Mapping, pollMs: number): SourceSettings {
  const maxAge = properties.MaximumRecordAgeInSeconds ?? -1;
  return {
    batchSize: properties.BatchSize,
    windowMs: properties.MaximumBatchingWindowInSeconds * 1000,
    startingPosition: properties.StartingPosition ?? 'TRIM_HORIZON',
    parallelization: properties.ParallelizationFactor ?? 1,
    bisect: properties.BisectBatchOnFunctionError ?? false,
    maxRetries: properties.MaximumRetryAttempts ?? -1,
    maxAgeMs: maxAge < 0 ? -1 : maxAge * 1000,
    reportsFailures: properties.FunctionResponseTypes !== undefined,
    backoff: BACKOFF,
    pollMs,
  };
}

export interface StreamSourceOptions {
  mapping: Mapping;
  target: LocalFunction;
  functions: FunctionService;
  stream: TableStream;
  authorizer: Authorizer;
  metrics: MetricStore;
  /** Sends a message to the queue with this ARN. */
  send: (queueArn: string, body: string) => Promise<void>;
  clock: StreamClock;
  /** Between two looks at a shard. */
  pollMs?: number | undefined;
  /** Keeps how far it has come for the next process; in memory only when absent. */
  positions?: Positions | undefined;
}

/** Reads one stream for one function: a reader for each lane of each shard. */
export class StreamSource {
  readonly #options: StreamSourceOptions;
  readonly #readers: readonly { shard: number; reader: LaneReader }[];
  #unfollow: (() => void) | undefined;

  constructor(options: StreamSourceOptions) {
    this.#options = options;
    const { mapping, stream, clock, positions } = options;
    const settings = settingsOf(mapping, options.pollMs ?? POLL_MS);
    const passes = filterOf(mapping);
    this.#readers = stream.shardIds.flatMap((shardId, shard) => {
      const port: ReaderPort = {
        mayRead: () => this.#mayRead(),
        invoke: (records) => this.#invoke(records),
        discard: (discarded) => this.#discard(shardId, discarded),
        onIteratorAge: (ms) => this.#report('IteratorAge', ms, 'Milliseconds'),
      };
      return Array.from({ length: settings.parallelization }, (_, lane) => {
        // With another number of shards or lanes a lane has other keys.
        const name = `${shard} of ${stream.shardIds.length}, ${lane} of ${settings.parallelization}`;
        const position = positions?.of(name);
        const keeping = positions
          ? { ...port, onProgress: (next: number) => positions.note(name, next) }
          : port;
        const begin = position === undefined ? {} : { position: Math.min(position, stream.end(shard)) };
        const common = { stream, shard, lane, settings, passes, clock };
        return { shard, reader: new LaneReader({ ...common, port: keeping, ...begin }) };
      });
    });
  }

  /** Construct path of the mapping. */
  get path(): string {
    return this.#options.mapping.path;
  }

  /** ARN of the queue that is told of discarded records. */
  get destination(): string | undefined {
    return this.#options.mapping.properties.DestinationConfig?.OnFailure?.Destination;
  }

  /** Is there a record that its function has not dealt with? */
  get busy(): boolean {
    return this.#unfollow !== undefined && this.#readers.some(({ reader }) => reader.busy);
  }

  start(): void {
    if (!this.#options.mapping.properties.Enabled) return;
    this.#unfollow = this.#options.stream.follow({
      position: (shard) =>
        Math.min(...this.#of(shard).map((reader) => reader.position), Number.POSITIVE_INFINITY),
      wake: (shard) => {
        for (const reader of this.#of(shard)) reader.wake();
      },
    });
    for (const { reader } of this.#readers) reader.start();
  }

  /** Failed batches are tried again now. */
  endWaits(): void {
    for (const { reader } of this.#readers) reader.endWait();
  }

  async stop(): Promise<void> {
    this.#unfollow?.();
    await Promise.all(this.#readers.map(({ reader }) => reader.stop()));
  }

  #of(shard: number): LaneReader[] {
    return this.#readers.filter((one) => one.shard === shard).map(({ reader }) => reader);
  }

  /** Permissions are judged at each reading, as on AWS: a role may lose them while the function is deployed. */
  #mayRead(): boolean {
    const { functions, target, stream } = this.#options;
    return functions.fleet.hasRoom(target.definition) && this.#may(STREAM_ACTIONS, stream.arn);
  }

  #may(actions: readonly string[], resource: string): boolean {
    try {
      const permissions = actions.map((action) => ({ action, resource }));
      this.#options.authorizer.check(this.#options.target.principal, permissions);
      return true;
    } catch {
      return false;
    }
  }

  /** A function that is throttled, or a cloud that stops, is no failure of the batch. */
  async #invoke(Records: readonly StreamRecord[]): Promise<Invoked> {
    const { functions, target } = this.#options;
    const { payload, failure } = await functions.invoke(target, { Records }, 'event-source');
    return failure ? { kind: 'failed', error: failure.errorType } : { kind: 'answered', payload };
  }

  async #discard(shardId: string, discarded: Discarded): Promise<void> {
    const { target, stream, send, clock } = this.#options;
    const { destination } = this;
    if (destination === undefined) return;
    if (!this.#may([DESTINATION_ACTION], destination)) {
      this.#report('DestinationDeliveryErrors', 1, 'Count');
      return;
    }
    const message = discardMessage({
      ...discarded,
      requestId: randomUUID(),
      functionArn: target.resource.arn,
      streamArn: stream.arn,
      shardId,
      now: clock.now(),
    });
    await send(destination, JSON.stringify(message));
  }

  #report(name: string, value: number, unit: string): void {
    const FunctionName = this.#options.target.definition.functionName;
    this.#options.metrics.add('AWS/Lambda', name, { FunctionName }, value, unit);
  }
}
