import * as z from 'zod';
import { PRIORITIES } from '../rate-limit/limits.ts';
import { payloadSchema } from './payload.ts';

/** A store's id, a part of keys. */
const storeId = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^#]+$/);

const envelope = z.object({
  /** Version of the message shape: a consumer meets messages of the release before it. */
  v: z.literal(1),
  /** Follows one webhook or page from the door to the row, through every re-send. */
  correlationId: z.string().min(1),
  /** Epoch ms at which our receiver or poller had the bytes. */
  receivedAt: z.number().int(),
  /** Tries that ended in a failure of the platform. Waiting for a slot is not a try. */
  attempts: z.number().int().min(0).default(0),
  /** Epoch ms from which this message may take its slot. */
  scheduledAt: z.number().optional(),
});

/** Bytes that came in, by a webhook or from a poll; nobody has looked into them yet. */
const received = envelope.extend({
  kind: z.literal('received'),
  via: z.enum(['webhook', 'poll']),
  /** What the route they came by is for, or `page`. */
  topic: z.string().min(1).max(64),
  /** The store, where the route or the poll tells. */
  storeId: storeId.optional(),
  payload: payloadSchema,
});

/** Asks that an order is fetched again, with no webhook behind it; takes its place in the line like every other fetch. */
const refresh = envelope.extend({
  kind: z.literal('refresh'),
  storeId,
  orderId: z.string().min(1).max(128),
  /** What the row will tell of how it came. */
  origin: z.enum(['reconcile', 'replay']),
  /** Who is served first at the platform's bucket. */
  priority: z.enum(PRIORITIES).default('bulk'),
});

/** Erases the personal data of a store's orders, from where the message before it stopped. */
const eraseStore = envelope.extend({
  kind: z.literal('erase-store'),
  storeId,
  after: z.object({ pk: z.string(), changedAt: z.string() }).optional(),
});

/** Everything that travels in a platform's intake queue. Producers, consumer and tests share it. */
export const messageSchema = z.discriminatedUnion('kind', [received, refresh, eraseStore]);
export type Message = z.infer<typeof messageSchema>;
export type ReceivedMessage = z.infer<typeof received>;
export type EraseStoreMessage = z.infer<typeof eraseStore>;
