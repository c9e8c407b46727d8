import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Message } from './messages.ts';

/** The longest delay SQS knows, in seconds. */
export const MAX_DELAY_SECONDS = 900;

/** A queue to send to. Resolves only when the queue has the message. */
export interface Queue {
  send(message: Message, delaySeconds?: number): Promise<void>;
}

export function createQueue(client: SQSClient, url: string): Queue {
  return {
    async send(message, delaySeconds = 0) {
      await client.send(
        new SendMessageCommand({
          QueueUrl: url,
          MessageBody: JSON.stringify(message),
          ...(delaySeconds > 0 ? { DelaySeconds: Math.min(MAX_DELAY_SECONDS, Math.ceil(delaySeconds)) } : {}),
        }),
      );
    },
  };
}
