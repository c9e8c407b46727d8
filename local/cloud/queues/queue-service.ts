import { ServiceError } from '../errors.ts';
import type { Permission } from '../iam/authorizer.ts';
import { asObject, asText, type JsonObject } from '../json.ts';
import type { Selected } from '../resources/select.ts';
import { createFauxqs, FAUXQS_ACCOUNT, type FauxqsApp, type SqsQueue, type SqsStore } from './fauxqs.ts';
import { checkLimits } from './limits.ts';

export interface QueueCounts {
  name: string;
  logicalId: string;
  isDeadLetter: boolean;
  visible: number;
  inFlight: number;
  delayed: number;
}

/** One received message, as an event source sees it. */
export interface ReceivedMessage {
  id: string;
  receiptHandle: string;
  body: string;
  md5OfBody: string;
  attributes: Record<string, string>;
  messageAttributes: Record<string, { DataType: string; StringValue?: string; BinaryValue?: unknown }>;
}

/** Actions whose name is not the operation's. (Service authorization reference, page "Amazon SQS".) */
const ACTION_OF: Readonly<Record<string, string>> = {
  SendMessageBatch: 'SendMessage',
  DeleteMessageBatch: 'DeleteMessage',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
};

const OPERATIONS: ReadonlySet<string> = new Set([
  'GetQueueUrl',
  'ListQueues',
  'GetQueueAttributes',
  'PurgeQueue',
  'SendMessage',
  'SendMessageBatch',
  'ReceiveMessage',
  'DeleteMessage',
  'DeleteMessageBatch',
  'ChangeMessageVisibility',
  'ChangeMessageVisibilityBatch',
]);

/** The queues of a deployment, kept by fauxqs in memory or in a folder. */
export class QueueService {
  readonly #app: FauxqsApp;
  readonly #store: SqsStore;
  readonly #account: string;
  readonly #region: string;
  readonly #queues = new Map<string, { logicalId: string; queue: SqsQueue; isDeadLetter: boolean }>();

  private constructor(app: FauxqsApp, store: SqsStore, account: string, region: string) {
    this.#app = app;
    this.#store = store;
    this.#account = account;
    this.#region = region;
  }

  /** @param keep folder in which queues and messages outlive the process */
  static async create(
    queues: readonly Selected<'AWS::SQS::Queue'>[],
    account: string,
    region: string,
    keep?: string,
  ): Promise<QueueService> {
    const { app, store } = await createFauxqs(region, keep);
    const service = new QueueService(app, store, account, region);
    const deadLetterArns = new Set(
      queues.map(({ properties }) => properties.RedrivePolicy?.deadLetterTargetArn),
    );
    for (const { arn, ref, logicalId, properties } of queues) {
      const name = arn.slice(arn.lastIndexOf(':') + 1);
      const { RedrivePolicy } = properties;
      const attributes = {
        VisibilityTimeout: String(properties.VisibilityTimeout),
        DelaySeconds: String(properties.DelaySeconds),
        MessageRetentionPeriod: String(properties.MessageRetentionPeriod),
        MaximumMessageSize: String(properties.MaximumMessageSize),
        ReceiveMessageWaitTimeSeconds: String(properties.ReceiveMessageWaitTimeSeconds),
        ...(RedrivePolicy
          ? {
              RedrivePolicy: JSON.stringify({
                ...RedrivePolicy,
                deadLetterTargetArn: service.#theirs(RedrivePolicy.deadLetterTargetArn),
              }),
            }
          : {}),
      };
      // Making a kept queue again would delete its messages.
      const kept = store.getQueueByName(name);
      const queue = kept ?? store.createQueue(name, ref, service.#theirs(arn), attributes);
      kept?.setAttributes(attributes);
      service.#queues.set(arn, { logicalId, queue, isDeadLetter: deadLetterArns.has(arn) });
    }
    // Whoever worked on a kept message is gone.
    if (keep !== undefined) service.#takeBack();
    await app.ready();
    return service;
  }

  permissions(operation: string, input: JsonObject): Permission[] {
    if (operation === 'StartMessageMoveTask') return this.#movePermissions(input);
    const url = asText(input.QueueUrl) ?? asText(input.QueueName);
    const resource = url === undefined ? '*' : this.#arn(url.slice(url.lastIndexOf('/') + 1));
    return [{ action: `sqs:${ACTION_OF[operation] ?? operation}`, resource }];
  }

  /** Runs one operation of the JSON protocol. */
  async handle(operation: string, input: JsonObject): Promise<JsonObject> {
    if (operation === 'StartMessageMoveTask') return await this.#moveMessages(input);
    if (!OPERATIONS.has(operation)) {
      throw new ServiceError('UnsupportedOperation', `The local cloud has no sqs:${operation}.`, 501);
    }
    checkLimits(input);
    const response = await this.#app.inject({
      method: 'POST',
      url: '/',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${operation}` },
      payload: JSON.stringify(input),
    });
    const body = asObject(JSON.parse(response.body || '{}'));
    if (response.statusCode >= 400) {
      const header = String(response.headers['x-amzn-query-error'] ?? '').split(';')[0];
      const code = header || String(body.__type ?? 'InternalFailure').replace(/^.*#/, '');
      throw new ServiceError(code, String(body.message ?? 'fauxqs failed'), response.statusCode);
    }
    return this.#withOurArns(body);
  }

  /**
   * Waits for messages and takes them, as `ReceiveMessage` with every attribute does.
   *
   * @param waitSeconds longest wait for the first message, in seconds; fractions are allowed.
   * @param may whether messages may be taken at the moment that there are some.
   */
  async receive(
    arn: string,
    most: number,
    { waitSeconds, may }: { waitSeconds: number; may: () => boolean },
  ): Promise<ReceivedMessage[]> {
    const queue = this.#queue(arn);
    const take = () =>
      may() ? queue.dequeue(Math.min(most, 10), undefined, (dlq) => this.#store.getQueueByArn(dlq)) : [];
    let messages = take();
    if (messages.length === 0 && waitSeconds > 0) {
      await queue.waitForMessages(waitSeconds);
      messages = take();
    }
    return messages.map(({ MessageId, ReceiptHandle, Body, MD5OfBody }) => {
      const entry = queue.inflightMessages.get(ReceiptHandle)?.message;
      return {
        id: MessageId,
        receiptHandle: ReceiptHandle,
        body: Body,
        md5OfBody: MD5OfBody,
        attributes: {
          ApproximateReceiveCount: String(entry?.approximateReceiveCount ?? 1),
          SentTimestamp: String(entry?.sentTimestamp ?? 0),
          SenderId: 'AIDALOCALCLOUD',
          ApproximateFirstReceiveTimestamp: String(entry?.approximateFirstReceiveTimestamp ?? 0),
        },
        messageAttributes: entry?.messageAttributes ?? {},
      };
    });
  }

  delete(arn: string, receiptHandles: readonly string[]): void {
    for (const handle of receiptHandles) this.#queue(arn).deleteMessage(handle);
  }

  /**
   * Ends every wait now: delayed messages become visible, and messages whose visibility timeout runs return, except
   * those that `held` says are being worked on.
   */
  endWaits(held: (receiptHandle: string) => boolean, arn?: string): void {
    for (const [queueArn, { queue }] of this.#queues) {
      if (arn !== undefined && arn !== queueArn) continue;
      for (const message of queue.delayedMessages) message.delayUntil = 0;
      for (const [handle, entry] of queue.inflightMessages) {
        if (!held(handle)) entry.visibilityDeadline = 0;
      }
      queue.processTimers();
    }
  }

  #takeBack(): void {
    for (const { queue } of this.#queues.values()) {
      for (const entry of queue.inflightMessages.values()) entry.visibilityDeadline = 0;
      queue.processTimers();
    }
  }

  /** What waits in a queue, whatever its state; reading it changes nothing. */
  peek(arn: string): { id: string; body: string; receives: number }[] {
    const { ready, delayed, inflight } = this.#queue(arn).inspectMessages();
    return [...ready, ...delayed, ...inflight.map(({ message }) => message)].map((message) => ({
      id: message.messageId,
      body: message.body,
      receives: message.approximateReceiveCount,
    }));
  }

  visibilityTimeout(arn: string): number {
    return Number(this.#queue(arn).attributes.VisibilityTimeout);
  }

  counts(): QueueCounts[] {
    return [...this.#queues.values()].map(({ queue, logicalId, isDeadLetter }) => ({
      name: queue.name,
      logicalId,
      isDeadLetter,
      visible: queue.messages.length,
      inFlight: queue.inflightMessages.size,
      delayed: queue.delayedMessages.length,
    }));
  }

  async stop(): Promise<void> {
    this.#store.shutdown();
    await this.#app.close();
  }

  /**
   * Sends what is visible in a dead-letter queue back, as new messages. fauxqs has no such task; here it is over when
   * the call is.
   */
  async #moveMessages(input: JsonObject): Promise<JsonObject> {
    const source = this.#queues.get(asText(input.SourceArn) ?? '');
    const target = this.#queues.get(this.#moveTarget(input) ?? '');
    if (!source?.isDeadLetter || !target) {
      throw new ServiceError(
        'ResourceNotFoundException',
        'Source or destination queue of the task does not exist.',
      );
    }
    for (const message of source.queue.messages.splice(0)) {
      const { body: MessageBody, messageAttributes } = message;
      const MessageAttributes = JSON.parse(JSON.stringify(messageAttributes));
      await this.handle('SendMessage', { QueueUrl: target.queue.url, MessageBody, MessageAttributes });
    }
    return { TaskHandle: `local-${source.queue.name}` };
  }

  /** Where a task moves to: what it names, or else the queue whose dead letters these are. */
  #moveTarget(input: JsonObject): string | undefined {
    const named = asText(input.DestinationArn);
    if (named !== undefined) return named;
    const deadLetters = JSON.stringify(this.#theirs(asText(input.SourceArn) ?? ''));
    return [...this.#queues].find(([, { queue }]) =>
      queue.attributes.RedrivePolicy?.includes(deadLetters),
    )?.[0];
  }

  #movePermissions(input: JsonObject): Permission[] {
    const source = asText(input.SourceArn) ?? '*';
    const reads = ['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];
    return [
      ...reads.map((name) => ({ action: `sqs:${name}`, resource: source })),
      { action: 'sqs:SendMessage', resource: this.#moveTarget(input) ?? '*' },
    ];
  }

  #queue(arn: string): SqsQueue {
    const found = this.#queues.get(arn);
    if (!found) throw new Error(`There is no queue ${arn} in this deployment.`);
    return found.queue;
  }

  #arn(name: string): string {
    return `arn:aws:sqs:${this.#region}:${this.#account}:${name}`;
  }

  #theirs(arn: string): string {
    return arn.replace(`:${this.#account}:`, `:${FAUXQS_ACCOUNT}:`);
  }

  #withOurArns(body: JsonObject): JsonObject {
    if (body.Attributes === undefined) return body;
    const ours = JSON.stringify(body.Attributes).replaceAll(
      `:${this.#region}:${FAUXQS_ACCOUNT}:`,
      `:${this.#region}:${this.#account}:`,
    );
    return { ...body, Attributes: JSON.parse(ours) };
  }
}
