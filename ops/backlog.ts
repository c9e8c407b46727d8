import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** What a queue holds, as SQS estimates it. */
export interface Backlog {
  /** May be worked on now. */
  visible: number;
  /** Are being worked on, or failed and come back within minutes. */
  inWork: number;
  /** Were sent with a delay: for a slot in the platform's limit, for an open circuit, or to be tried again. */
  delayed: number;
}

export async function readBacklog(client: SQSClient, QueueUrl: string): Promise<Backlog> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    inWork: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
  };
}
