import { hash } from 'node:crypto';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import { RESOURCES } from '../domain/resource.ts';
import { PRIORITIES } from '../rate-limit/limits.ts';
import { OwnError } from './describe-error.ts';
import { zlib } from './zlib.ts';

/** Largest queue message we send, in bytes of JSON; the queue itself takes more. */
export const MAX_MESSAGE_BYTES = 256 * 1024;
/** Room that the rest of a message (ids, times, chunk numbers) may take, in bytes. */
const ENVELOPE_BYTES = 2048;
const ROOM = MAX_MESSAGE_BYTES - ENVELOPE_BYTES;
/** Below this, compressing costs more time than it saves in queue price. */
const WORTH_COMPRESSING = 16 * 1024;
/** No payload of ours is larger once decompressed; a bound against a corrupted one. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Bytes as they came, in a form that JSON can carry. `sha256` is of the whole original bytes. When they do not fit one
 * message they travel in chunks of the encoded text, and `chunk` says which this is.
 */
export const payloadSchema = lazily(() =>
  z.object({
    encoding: z.enum(['utf8', 'base64', 'gzip+base64']),
    data: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    chunk: z.object({ index: z.int().min(0), count: z.int().min(2).max(64) }).optional(),
  }),
);
export type Payload = z.infer<ReturnType<typeof payloadSchema>>;

/** The text of a payload was changed on its way: a bug of ours, never the platform's. */
export class PayloadDamaged extends OwnError {
  override readonly name = 'PayloadDamaged';

  constructor(expected: string, found: string) {
    super(
      `a queue payload does not have the hash it was sent with (expected sha256 ${expected}, found ${found})`,
    );
  }
}

/**
 * Puts bytes into as few queue messages as they fit, without loss: as text when they are small, compressed when they are
 * large, in chunks when they do not fit even then. `sha256` is of the bytes given.
 */
export function pack(bytes: Uint8Array): Payload[] {
  const sha256 = sha256Of(bytes);
  const encoded = encode(bytes);
  if (encodedSize(encoded) <= ROOM) return [{ ...encoded, sha256 }];
  const count = Math.ceil(encoded.data.length / ROOM);
  return Array.from({ length: count }, (_, index) => ({
    encoding: encoded.encoding,
    data: encoded.data.slice(index * ROOM, (index + 1) * ROOM),
    sha256,
    chunk: { index, count },
  }));
}

/**
 * Gives back the bytes that `pack` was given.
 *
 * @param whole one payload, or all its chunks in order joined by the chunk store
 * @throws PayloadDamaged when the hash does not match.
 */
export function unpack(whole: Payload): Uint8Array {
  const bytes = decode(whole);
  const found = sha256Of(bytes);
  if (found !== whole.sha256) throw new PayloadDamaged(whole.sha256, found);
  return bytes;
}

/**
 * Every character that a queue takes in a message (SQS API reference, SendMessage). JSON escapes what is below a space and
 * what is half a character, and leaves U+FFFE and U+FFFF as they are.
 */
const CARRIED = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

/** SHA-256 of bytes, in hex. */
export const sha256Of = (bytes: Uint8Array): string => hash('sha256', bytes);

function encode(bytes: Uint8Array): Pick<Payload, 'encoding' | 'data'> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength > WORTH_COMPRESSING)
    return { encoding: 'gzip+base64', data: zlib().gzipSync(buffer).toString('base64') };
  const text = buffer.toString('utf8');
  const lossless = Buffer.from(text, 'utf8').equals(buffer);
  return lossless && CARRIED.test(text)
    ? { encoding: 'utf8', data: text }
    : { encoding: 'base64', data: buffer.toString('base64') };
}

// Only text needs measuring as JSON: quotes and control characters grow when escaped, base64 does not.
function encodedSize({ encoding, data }: Pick<Payload, 'encoding' | 'data'>): number {
  return encoding === 'utf8' ? Buffer.byteLength(JSON.stringify(data)) : data.length;
}

function decode({ encoding, data }: Payload): Uint8Array {
  switch (encoding) {
    case 'utf8':
      return Buffer.from(data, 'utf8');
    case 'base64':
      return Buffer.from(data, 'base64');
    case 'gzip+base64':
      return zlib().gunzipSync(Buffer.from(data, 'base64'), { maxOutputLength: MAX_BYTES });
  }
}

/** The longest delay SQS knows, in seconds. */
export const MAX_DELAY_SECONDS = 900;

/** A queue to send to. Resolves only when the queue has the message. */
export interface Queue {
  /** @throws MessageRefused when sending the message again would change nothing; otherwise the AWS SDK's errors. */
  send(message: Message, delaySeconds?: number): Promise<void>;
}

/** The queue refuses this very message, however often it is sent: for what is in it, or for its size. */
export class MessageRefused extends OwnError {
  override readonly name = 'MessageRefused';

  /** @param code SQS's own name of the error */
  constructor(code: string, correlationId: string) {
    super(`the queue refuses the message for good (${code}); search the logs for ${correlationId}`);
  }
}

/** SQS's names of errors that are about the message itself, with or without its name in front. */
const ABOUT_THE_MESSAGE: ReadonlySet<string> = new Set([
  'InvalidMessageContents',
  'InvalidParameterValue',
  'InvalidParameterValueException',
]);

/** A message as a queue takes it: whatever its texts hold, it holds characters that SQS allows. */
export const serialise = (message: object): string =>
  JSON.stringify(message).replace(/[\ufffe\uffff]/g, (found) => `\\u${found.charCodeAt(0).toString(16)}`);

export function createQueue(client: SQSClient, url: string): Queue {
  return {
    async send(message, delaySeconds = 0) {
      const command = new SendMessageCommand({
        QueueUrl: url,
        MessageBody: serialise(message),
        ...(delaySeconds > 0 ? { DelaySeconds: Math.min(MAX_DELAY_SECONDS, Math.ceil(delaySeconds)) } : {}),
      });
      await client.send(command).catch((error: unknown) => {
        const code = error instanceof Error ? error.name.replace(/^.*[.#]/, '') : '';
        throw ABOUT_THE_MESSAGE.has(code) ? new MessageRefused(code, message.correlationId) : error;
      });
    },
  };
}

/** A store's id, a part of keys. */
const storeId = lazily(() =>
  z
    .string()
    .min(1)
    .max(128)
    .regex(/^[^#]+$/),
);

const envelope = lazily(() =>
  z.object({
    /** Version of the message shape: a consumer meets messages of the release before it. */
    v: z.literal(1),
    /** Follows one webhook or page from the door to the row, through every re-send. */
    correlationId: z.string().min(1),
    /** Epoch ms at which our receiver or poller had the bytes. */
    receivedAt: z.int(),
    /** Tries that ended in a failure of the platform. Waiting for a slot is not a try. */
    attempts: z.int().min(0).default(0),
    /** Those of them that were answered "not found". */
    notFound: z.int().optional(),
    /** How often the platform had no room for a call of it, beside those. */
    throttled: z.int().optional(),
    /** Epoch ms from which this message may take its slot. */
    scheduledAt: z.number().optional(),
    /** It failed in a cohort: it travels by itself since, so that the queue counts its receives and nobody else's. */
    alone: z.literal(true).optional(),
  }),
);

/** Bytes that came in, by a webhook or from a poll; nobody has looked into them yet. */
const received = lazily(() =>
  envelope().extend({
    kind: z.literal('received'),
    via: z.enum(['webhook', 'poll']),
    /** What the route they came by is for, or `page`. */
    topic: z.string().min(1).max(64),
    /** The store, where the route or the poll tells. */
    storeId: storeId().optional(),
    payload: payloadSchema(),
  }),
);

/**
 * Asks that an order or a product is fetched again, with no webhook behind it; takes its place in the line like every other
 * fetch.
 */
const refresh = lazily(() =>
  envelope().extend({
    kind: z.literal('refresh'),
    storeId: storeId(),
    /** Absent of an order. */
    resource: z.enum(RESOURCES).optional(),
    /** Id of what is fetched: first only orders were. */
    orderId: z.string().min(1).max(256),
    /** What the row will tell of how it came. */
    origin: z.enum(['reconcile', 'replay']),
    /** Who is served first at the platform's bucket. */
    priority: z.enum(PRIORITIES).default('bulk'),
    /** How often the order was looked at again because it was not complete yet. */
    looks: z.int().min(0).optional(),
  }),
);

/** Goes on with a request to erase a store, by the request's correlation id, from where the message before it stopped. */
const eraseStore = lazily(() =>
  envelope().extend({
    kind: z.literal('erase-store'),
    storeId: storeId(),
    after: z
      .object({
        /** The kind of things that is gone through. */
        kind: z.string(),
        /** Where the walk through them stands; absent at their beginning. */
        cursor: z.record(z.string(), z.string()).optional(),
      })
      .optional(),
  }),
);

/** Messages of one store that wait, and come back, together. Each has its own id, times and counters; a cohort has only those of its first. */
const cohort = lazily(() =>
  envelope().extend({
    kind: z.literal('cohort'),
    messages: z.array(z.discriminatedUnion('kind', [received(), refresh()])).min(1),
  }),
);

/** Everything that travels in a platform's intake queue. Producers, consumer and tests share it. */
export const messageSchema = lazily(() =>
  z.discriminatedUnion('kind', [received(), refresh(), eraseStore(), cohort()]),
);
const KINDS = { received, refresh, 'erase-store': eraseStore, cohort } as const;
const kindSchema = lazily(() => z.object({ kind: z.enum(['received', 'refresh', 'erase-store', 'cohort']) }));

/**
 * Reads a message by the schema of its kind alone: a consumer that has just started pays for each schema that it makes.
 *
 * @throws ZodError
 */
export const readMessage = (json: unknown): Message => KINDS[kindSchema().parse(json).kind]().parse(json);

export type Message = z.infer<ReturnType<typeof messageSchema>>;
export type CohortMessage = z.infer<ReturnType<typeof cohort>>;
/** What is worked on: a cohort is taken apart first. */
export type SingleMessage = Exclude<Message, CohortMessage>;
export type ReceivedMessage = z.infer<ReturnType<typeof received>>;
export type EraseStoreMessage = z.infer<ReturnType<typeof eraseStore>>;
