import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { MAX_DELAY_SECONDS } from './queue.ts';

/** Says that an endpoint has work. Nothing more: how far it has come and what is next stand in the table. */
export const deliveryMessageSchema = z.object({
  /** Version of the message shape: a consumer meets messages of the release before it. */
  v: z.literal(1),
  endpoint: z.string().min(1).max(64),
});

/** The queue of endpoints that have work. Any message of it may be lost: the sweep announces the work again. */
export interface Deliveries {
  announce(endpoint: string, delaySeconds?: number): Promise<void>;
}

export function createDeliveries(client: SQSClient, url: string): Deliveries {
  return {
    async announce(endpoint, delaySeconds = 0) {
      const message: z.infer<typeof deliveryMessageSchema> = { v: 1, endpoint };
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
