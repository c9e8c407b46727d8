import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import { MAX_DELAY_SECONDS } from './queue.ts';

/** Says that a store is to be told of stock. Nothing more: of which SKUs and what stands in the table. */
export const stockHintSchema = lazily(() =>
  z.object({
    /** Version of the message shape: a consumer meets messages of the release before it. */
    v: z.literal(1),
    storeId: z.string().min(1).max(128),
  }),
);

export interface StoreToTell {
  readonly platform: string;
  readonly storeId: string;
}

/** Says which stores are to be told. Any of it may be lost: the sweep says it again. */
export interface StockHints {
  send(store: StoreToTell, delayMs: number): Promise<void>;
}

/** @param urls of the queues, by platform; whoever has none is told nothing */
export function createStockHints(client: SQSClient, urls: Readonly<Record<string, string>>): StockHints {
  return {
    async send({ platform, storeId }, delayMs) {
      const QueueUrl = urls[platform];
      if (QueueUrl === undefined) return;
      const message: z.infer<ReturnType<typeof stockHintSchema>> = { v: 1, storeId };
      const DelaySeconds = Math.min(MAX_DELAY_SECONDS, Math.max(0, Math.ceil(delayMs / 1000)));
      await client.send(
        new SendMessageCommand({
          QueueUrl,
          MessageBody: JSON.stringify(message),
          ...(DelaySeconds > 0 ? { DelaySeconds } : {}),
        }),
      );
    },
  };
}
