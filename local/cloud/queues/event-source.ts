import type { FunctionService, LocalFunction } from '../functions/function-service.ts';
import { failedItems } from '../functions/reported-failures.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { Selected } from '../resources/select.ts';
import type { QueueService, ReceivedMessage } from './queue-service.ts';

/** Lambda starts with this many pollers on a standard queue. (Lambda guide, "Scaling with Amazon SQS".) */
const DEFAULT_CONCURRENCY = 5;
const LONG_POLL_SECONDS = 20;
/** Largest payload of one invocation, in bytes, with room for the envelope of the records. */
const MOST_BYTES = 6_000_000;
const BUSY_PAUSE_MS = 10;

/** What Lambda does in the name of the function's role, when it reads a queue for it. */
export const READ_ACTIONS = ['sqs:ReceiveMessage', 'sqs:GetQueueAttributes'];
export const DELETE_ACTION = 'sqs:DeleteMessage';

/** Reads one queue for one function: batches, partial failures and the limit of concurrent batches. */
export class EventSource {
  readonly #mapping: Selected<'AWS::Lambda::EventSourceMapping'>;
  readonly #target: LocalFunction;
  readonly #functions: FunctionService;
  readonly #queues: QueueService;
  readonly #authorizer: Authorizer;
  readonly #region: string;
  readonly #now: () => number;
  readonly #held = new Set<string>();
  readonly #working = new Set<Promise<void>>();
  #stopped = false;
  #reading: Promise<void> | undefined;

  constructor(options: {
    mapping: Selected<'AWS::Lambda::EventSourceMapping'>;
    target: LocalFunction;
    functions: FunctionService;
    queues: QueueService;
    authorizer: Authorizer;
    region: string;
    now: () => number;
  }) {
    this.#mapping = options.mapping;
    this.#target = options.target;
    this.#functions = options.functions;
    this.#queues = options.queues;
    this.#authorizer = options.authorizer;
    this.#region = options.region;
    this.#now = options.now;
  }

  get #arn(): string {
    return this.#mapping.properties.EventSourceArn;
  }

  get #concurrency(): number {
    const { ScalingConfig } = this.#mapping.properties;
    const reserved = this.#target.definition.reserved ?? Number.POSITIVE_INFINITY;
    return Math.min(ScalingConfig?.MaximumConcurrency ?? DEFAULT_CONCURRENCY, reserved);
  }

  start(): void {
    if (this.#mapping.properties.Enabled) this.#reading = this.#read();
  }

  /** Is a running batch working on this message? */
  holds(receiptHandle: string): boolean {
    return this.#held.has(receiptHandle);
  }

  /** Waits for the reader; the queues must have been told to end their waits. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#reading;
    await Promise.all(this.#working);
  }

  stopReading(): void {
    this.#stopped = true;
  }

  async #read(): Promise<void> {
    while (!this.#stopped) {
      // Taking messages that no worker is free for would use up their receives.
      if (this.#working.size >= this.#concurrency) {
        await Promise.race(this.#working);
        continue;
      }
      if (!this.#functions.fleet.hasRoom(this.#target.definition) || !this.#may(...READ_ACTIONS)) {
        await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS));
        continue;
      }
      const batch = await this.#collect();
      if (batch.length === 0) continue;
      const work = this.#process(batch).finally(() => this.#working.delete(work));
      this.#working.add(work);
    }
  }

  /** Gathers a batch until it is full, too large for one invocation, or its window is over. */
  async #collect(): Promise<ReceivedMessage[]> {
    const { BatchSize, MaximumBatchingWindowInSeconds } = this.#mapping.properties;
    const batch = await this.#receive(BatchSize, LONG_POLL_SECONDS);
    const until = this.#now() + MaximumBatchingWindowInSeconds * 1000;
    let bytes = sizeOf(batch);
    while (batch.length > 0 && batch.length < BatchSize && bytes < MOST_BYTES && !this.#stopped) {
      const secondsLeft = Math.max(0, (until - this.#now()) / 1000);
      const more = await this.#receive(BatchSize - batch.length, Math.min(secondsLeft, LONG_POLL_SECONDS));
      batch.push(...more);
      bytes += sizeOf(more);
      if (more.length === 0 && secondsLeft === 0) break;
    }
    return batch;
  }

  /** Permissions are judged at each call, as on AWS: a role may lose them while the function is deployed. */
  #may(...actions: string[]): boolean {
    try {
      const resource = this.#arn;
      this.#authorizer.check(
        this.#target.principal,
        actions.map((action) => ({ action, resource })),
      );
      return true;
    } catch {
      return false;
    }
  }

  async #receive(most: number, waitSeconds: number): Promise<ReceivedMessage[]> {
    const may = () => this.#may(...READ_ACTIONS);
    const messages = await this.#queues.receive(this.#arn, most, { waitSeconds, may });
    for (const { receiptHandle } of messages) this.#held.add(receiptHandle);
    return messages;
  }

  async #process(batch: readonly ReceivedMessage[]): Promise<void> {
    try {
      const Records = batch.map((message) => toRecord(message, this.#arn, this.#region));
      const { payload, failure } = await this.#functions.invoke(this.#target, { Records }, 'event-source');
      if (failure) return;
      const failed = this.#mapping.properties.FunctionResponseTypes ? failedItems(payload, batch) : new Set();
      const done = batch.filter(({ id }) => !failed.has(id));
      if (!this.#may(DELETE_ACTION)) return;
      this.#queues.delete(
        this.#arn,
        done.map(({ receiptHandle }) => receiptHandle),
      );
    } catch {
      // The invocation was refused (throttled, or the cloud is stopping): the messages come back by their time-out.
    } finally {
      for (const { receiptHandle } of batch) this.#held.delete(receiptHandle);
    }
  }
}

function toRecord(message: ReceivedMessage, arn: string, region: string): object {
  const messageAttributes = Object.fromEntries(
    Object.entries(message.messageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        ...(StringValue === undefined ? {} : { stringValue: StringValue }),
        ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]),
  );
  return {
    messageId: message.id,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: message.attributes,
    messageAttributes,
    md5OfBody: message.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: region,
  };
}

function sizeOf(messages: readonly ReceivedMessage[]): number {
  return messages.reduce((sum, { body }) => sum + body.length, 0);
}
