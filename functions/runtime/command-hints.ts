import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { type CommandSubject, isErpCustomer, isErpProduct } from '../domain/command-subject.ts';
import { MAX_DELAY_SECONDS, serialise } from './queue.ts';

/** Says that an order, or a customer or a product of the merchant's system, has commands. Nothing more: what they are and how far they have come stands in the table. */
export const commandHintSchema = z
  .object({
    /** Version of the message shape: a consumer meets messages of the release before it. */
    v: z.literal(1),
    storeId: z.string().min(1).max(128),
    orderId: z.string().min(1).optional(),
    /** Of a customer, by the id that the merchant's system gave it. */
    externalId: z.string().min(1).optional(),
    /** The same of a product. */
    externalProductId: z.string().min(1).optional(),
  })
  .refine(
    ({ orderId, externalId, externalProductId }) =>
      [orderId, externalId, externalProductId].filter((id) => id !== undefined).length === 1,
  );
type Hint = Omit<z.infer<typeof commandHintSchema>, 'v'>;

/** What a message says of whom has commands. */
export function hintOf(subject: CommandSubject): Hint {
  const { storeId } = subject;
  if (isErpCustomer(subject)) return { storeId, externalId: subject.externalId };
  return isErpProduct(subject)
    ? { storeId, externalProductId: subject.externalProductId }
    : { storeId, orderId: subject.platformOrderId };
}

/** Whom a message names; the queue is a platform's. */
export function subjectOfHint(
  platform: string,
  { storeId, orderId = '', externalId, externalProductId }: Hint,
): CommandSubject {
  if (externalId !== undefined) return { platform, storeId, externalId };
  return externalProductId === undefined
    ? { platform, storeId, platformOrderId: orderId }
    : { platform, storeId, externalProductId };
}

/** The queue of a platform's orders that have commands. Any message of it may be lost: the sweep says it again. */
export interface CommandHints {
  send(hint: Hint, delayMs?: number): Promise<void>;
}

/** Tells whoever runs the commands of an order's platform. Where nobody does, there is nobody to tell. */
export function createPlatformHints(
  client: SQSClient,
  urls: Readonly<Record<string, string>>,
): (key: CommandSubject) => Promise<void> {
  const hints = new Map(Object.entries(urls).map(([name, url]) => [name, createCommandHints(client, url)]));
  return async (key) => hints.get(key.platform)?.send(hintOf(key));
}

export function createCommandHints(client: SQSClient, url: string): CommandHints {
  return {
    async send(hint, delayMs = 0) {
      const message: z.infer<typeof commandHintSchema> = { v: 1, ...hint };
      const DelaySeconds = Math.min(MAX_DELAY_SECONDS, Math.ceil(delayMs / 1000));
      await client.send(
        new SendMessageCommand({
          QueueUrl: url,
          MessageBody: serialise(message),
          // The queue lets the orders of a store pass whose turn never came while those of another one took all of the functions.
          MessageGroupId: hint.storeId,
          ...(DelaySeconds > 0 ? { DelaySeconds } : {}),
        }),
      );
    },
  };
}
