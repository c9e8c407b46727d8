import * as z from 'zod';

/** Largest queue message we send, in bytes of JSON; the queue itself takes more. */
export const MAX_MESSAGE_BYTES = 256 * 1024;

/**
 * Bytes as they came, in a form that JSON can carry. `sha256` is of the whole original bytes. When they do not fit one
 * message they travel in parts of the encoded text, and `part` says which this is.
 */
export const payloadSchema = z.object({
  encoding: z.enum(['utf8', 'base64', 'gzip+base64']),
  data: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  part: z.object({ index: z.number().int().min(0), count: z.number().int().min(2).max(64) }).optional(),
});
export type Payload = z.infer<typeof payloadSchema>;

const envelope = z.object({
  /** Version of the message shape: a consumer meets messages of the release before it. */
  v: z.literal(1),
  /** Follows one delivery from the receiver to the row, through every re-send. */
  correlationId: z.string().min(1),
  /** Epoch ms at which our receiver or poller had the bytes. */
  receivedAt: z.number().int(),
  /** Tries that ended in a failure of the platform. Waiting for a token is not a try. */
  attempts: z.number().int().min(0).default(0),
  /** Epoch ms from which this message may take its token. */
  scheduledAt: z.number().optional(),
});

export const nuvemshopWebhookMessage = envelope.extend({
  kind: z.literal('nuvemshop.webhook'),
  /** Privacy notices carry no event name: the URL they came to is their topic. */
  topic: z.enum(['event', 'store/redact', 'customers/redact', 'customers/data_request']),
  payload: payloadSchema,
});
export const pedidosyaWebhookMessage = envelope.extend({
  kind: z.literal('pedidosya.webhook'),
  payload: payloadSchema,
});
export const imotrizPageMessage = envelope.extend({
  kind: z.literal('imotriz.page'),
  payload: payloadSchema,
});
/** Who asks for a call: the order of service at the platform's bucket. */
const callPriority = z.enum(['urgent', 'normal', 'bulk']);

/** Asks that an order is fetched again, with no webhook behind it; takes its place in the line like every other fetch. */
export const nuvemshopRefetchMessage = envelope.extend({
  kind: z.literal('nuvemshop.refetch'),
  orderId: z.string().regex(/^\d{1,20}$/),
  /** What the row will tell of how it came. */
  origin: z.enum(['reconcile', 'replay']),
  class: callPriority.default('bulk'),
});

/** Erases the personal data of a store's orders, from where the message before it stopped. */
export const nuvemshopEraseStoreMessage = envelope.extend({
  kind: z.literal('nuvemshop.erase-store'),
  storeId: z.string().min(1),
  after: z.object({ pk: z.string(), changedAt: z.string() }).optional(),
});

/** Everything that may be in Nuvemshop's intake queue. */
export const nuvemshopMessage = z.discriminatedUnion('kind', [
  nuvemshopWebhookMessage,
  nuvemshopRefetchMessage,
  nuvemshopEraseStoreMessage,
]);

/** Everything that travels in a queue. Producer, consumer and tests share it. */
export const messageSchema = z.discriminatedUnion('kind', [
  nuvemshopWebhookMessage,
  nuvemshopRefetchMessage,
  nuvemshopEraseStoreMessage,
  pedidosyaWebhookMessage,
  imotrizPageMessage,
]);
export type Message = z.infer<typeof messageSchema>;
export type NuvemshopWebhookMessage = z.infer<typeof nuvemshopWebhookMessage>;
export type NuvemshopRefetchMessage = z.infer<typeof nuvemshopRefetchMessage>;
export type NuvemshopEraseStoreMessage = z.infer<typeof nuvemshopEraseStoreMessage>;
export type NuvemshopMessage = z.infer<typeof nuvemshopMessage>;
export type PedidosyaWebhookMessage = z.infer<typeof pedidosyaWebhookMessage>;
export type ImotrizPageMessage = z.infer<typeof imotrizPageMessage>;
