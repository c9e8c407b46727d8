import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Loop } from '../time/loop.ts';
import type { SimFunction } from './functions.ts';
import type { Received, SimQueue } from './queue.ts';

export interface EventSourceOptions {
  queue: SimQueue;
  consumer: SimFunction<SQSEvent, SQSBatchResponse>;
  batchSize: number;
  maxConcurrency: number;
  loop: Loop;
}

/** The service polls again about this soon after a message came in (ms). */
const POLL_MS = 30;

/** Hands a queue's messages to a function in batches, and deletes those that the function does not report as failed. */
export function connect(options: EventSourceOptions): { busy(): boolean } {
  const { queue, consumer, batchSize, maxConcurrency, loop } = options;
  let running = 0;
  let planned: number | undefined;

  const plan = (visibleAt: number) => {
    const at = Math.max(visibleAt, loop.now()) + POLL_MS;
    if (planned !== undefined && planned <= at) return;
    planned = at;
    loop.at(at, () => {
      if (planned !== at) return;
      planned = undefined;
      pull();
    });
  };
  const pull = () => {
    while (running < maxConcurrency) {
      const batch = queue.receive(batchSize);
      if (batch.length === 0) break;
      running += 1;
      void hand(batch).finally(() => {
        running -= 1;
        pull();
      });
    }
    const next = queue.nextAt();
    if (next !== undefined && running < maxConcurrency) plan(next);
  };
  const hand = async (batch: Received[]) => {
    const receives = Math.max(...batch.map((message) => message.receives));
    const outcome = await consumer.invoke(
      { Records: batch.map((one) => recordOf(queue.name, one)) },
      { receives },
    );
    // A call that did not end well leaves its whole batch to come back when its time of invisibility is over.
    if (!outcome.ok) return;
    const failed = new Set(outcome.result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { messageId } of batch) if (!failed.has(messageId)) queue.delete(messageId);
  };
  queue.onSend = plan;
  return { busy: () => running > 0 };
}

function recordOf(queue: string, { messageId, body, receives, sentAt }: Received): SQSRecord {
  return {
    messageId,
    body,
    receiptHandle: messageId,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: String(sentAt),
      SenderId: 'simulated',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:sa-east-1:000000000000:${queue}`,
    awsRegion: 'sa-east-1',
  };
}
