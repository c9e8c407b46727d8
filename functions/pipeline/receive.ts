import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod';
import type { RawRequest, Verification, Webhook } from '../platforms/intake.ts';
import type { Platform } from '../platforms/platform.ts';
import type { Route } from '../platforms/store.ts';
import { type Patience, secretsClient, sqsClient } from '../runtime/aws-clients.ts';
import type { Clock } from '../runtime/clock.ts';
import { describeError } from '../runtime/describe-error.ts';
import type { Runtime } from '../runtime/handler.ts';
import type { Metrics } from '../runtime/metric-names.ts';
import { createQueue, pack, type Queue } from '../runtime/queue.ts';
import { createSecret, type Secret } from '../runtime/secrets.ts';
import type { Log } from '../runtime/telemetry.ts';
import { strictTextOf } from '../runtime/text.ts';
import { awsOptions, type Deployed, secretIdIn } from './deployed.ts';

/** Largest body a webhook may have, in bytes. */
export const MAX_BODY_BYTES = 1024 * 1024;

/**
 * The most impatient platform waits 3 s for an answer. A cold receiver reads the secret and sends the message: two calls of
 * two tries, which leave the platform an answer, good or bad, in time. A 503 in time is sent again, a time-out may be
 * counted against us.
 */
export const RECEIVER_PATIENCE: Patience = { connectMs: 300, answerMs: 650, attempts: 2 };

export interface Receiver {
  platform: Pick<Platform, 'name'>;
  routes: readonly Route[];
  /** Decides from headers and raw bytes whether the platform sent this to the route. */
  verify(route: Route, request: RawRequest): Promise<Verification>;
  queue: Queue;
  metrics: Metrics;
  log: Log;
  clock: Clock;
}

/** The receiver of a platform's webhooks, made once per container. */
export function createReceiver({ platform, stores }: Deployed, runtime: Runtime<'receive'>): Receiver {
  const { env, clock } = runtime;
  const { webhook } = platform;
  if (webhook === undefined) throw new Error(`${platform.name} sends no webhooks`);
  const aws = awsOptions(runtime, RECEIVER_PATIENCE);
  const client = secretsClient(aws);
  const verifiers = new Map<string | undefined, (request: RawRequest) => Promise<Verification>>();
  const verifierOf = ({ storeId }: Route) => {
    const known = verifiers.get(storeId);
    if (known !== undefined) return known;
    const id = secretIdIn(env.SECRETS, webhook.credential, storeId);
    const schema: z.ZodType<unknown> = platform.credentials[webhook.credential]?.schema ?? z.unknown();
    const made = verifyWithRotation(createSecret({ client, id, schema, clock }), webhook, clock);
    verifiers.set(storeId, made);
    return made;
  };
  return {
    ...runtime,
    platform,
    routes: webhook.routes(stores),
    queue: createQueue(sqsClient(aws), env.QUEUE_URL),
    verify: (route, request) => verifierOf(route)(request),
  };
}

/**
 * Takes one webhook: origin is verified over the raw bytes first, then size and form, then the queue. Answers 2xx only when
 * the queue has the bytes; whatever keeps them out of it is answered 503, so that the platform sends them again. The body
 * is never logged and never interpreted here.
 */
export async function receive(
  receiver: Receiver,
  event: APIGatewayProxyEventV2,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { metrics, log, clock, platform } = receiver;
  const correlationId = event.requestContext.requestId;
  const receivedAt = clock.now();
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  const bytes = body.byteLength;
  try {
    const route = receiver.routes.find(({ path }) => path === event.rawPath);
    if (route === undefined) return refuse(404, 'no webhook of this deployment has this path', correlationId);
    const verification = await receiver.verify(route, { headers: event.headers, body });
    if (!verification.valid) {
      metrics.add('WebhookBadSignature', platform.name, 1);
      log.warn('webhook refused: its origin could not be verified', {
        correlationId,
        reason: verification.reason,
        bytes,
      });
      return refuse(401, verification.reason, correlationId);
    }
    const problem = bytes > MAX_BODY_BYTES ? tooLarge(bytes) : jsonProblem(body);
    if (problem !== undefined) {
      metrics.add('WebhookRefused', platform.name, 1);
      log.warn('webhook refused for its body', { correlationId, reason: problem, bytes });
      return refuse(bytes > MAX_BODY_BYTES ? 413 : 400, problem, correlationId);
    }
    const { topic, storeId } = route;
    const envelope = {
      v: 1,
      kind: 'received',
      via: 'webhook',
      correlationId,
      receivedAt,
      attempts: 0,
    } as const;
    for (const payload of pack(body))
      await receiver.queue.send({
        ...envelope,
        topic,
        ...(storeId === undefined ? {} : { storeId }),
        payload,
      });
  } catch (error) {
    metrics.add('WebhookNotQueued', platform.name, 1);
    log.error('webhook not queued; the platform is asked to send it again', {
      correlationId,
      error: describeError(error),
    });
    return { ...refuse(503, 'not stored, send it again', correlationId), headers: { 'retry-after': '5' } };
  }
  for (const bad of ['WebhookBadSignature', 'WebhookRefused', 'WebhookNotQueued'] as const)
    metrics.add(bad, platform.name, 0);
  metrics.add('WebhookAccepted', platform.name, 1);
  log.info('webhook accepted', { correlationId, bytes, path: event.rawPath });
  return { statusCode: 200, headers: { 'x-correlation-id': correlationId }, body: '' };
}

const tooLarge = (bytes: number): string =>
  `the body has ${bytes} bytes; at most ${MAX_BODY_BYTES} are taken`;

const refuse = (
  statusCode: number,
  reason: string,
  correlationId: string,
): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'x-correlation-id': correlationId },
  body: JSON.stringify({ message: reason, correlationId }),
});

/** However many forged webhooks come in, the secret is read again for them at most this often (ms). */
const REREAD_AT_MOST_EVERY_MS = 10_000;

/**
 * Verifies origin with a secret that may be replaced while we hold a copy: what the held copy refuses is tried once more
 * with the secret read again, so a rotation loses no webhook.
 */
export function verifyWithRotation(
  secret: Secret<unknown>,
  { secrets, verify }: Pick<Webhook, 'secrets' | 'verify'>,
  clock: Pick<Clock, 'now'>,
): (request: RawRequest) => Promise<Verification> {
  const filled = (credential: unknown) =>
    secrets(credential).filter((text): text is string => text !== undefined && text !== '');
  let rereadAt = Number.NEGATIVE_INFINITY;
  return async (request) => {
    const verification = verify(request, filled(await secret.get()));
    if (verification.valid || clock.now() - rereadAt < REREAD_AT_MOST_EVERY_MS) return verification;
    rereadAt = clock.now();
    return verify(request, filled(await secret.fresh()));
  };
}

/** Deeper than any document a platform sends; a bound for whoever reads it later. */
const MAX_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** Why bytes are not a JSON document that we take on; `undefined` when they are one. Looks at form only. */
export function jsonProblem(body: Uint8Array): string | undefined {
  if (body.byteLength === 0) return 'the body is empty';
  if (depth(body) > MAX_DEPTH) return `the body is nested deeper than ${MAX_DEPTH} levels`;
  const text = strictTextOf(body);
  if (text === undefined) return 'the body is not UTF-8';
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    // The parser's own message quotes the body.
    return 'the body is not JSON';
  }
}

function depth(body: Uint8Array): number {
  let open = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < body.byteLength; at += 1) {
    const byte = body[at] ?? 0;
    if (quoted) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (OPENING.has(byte)) deepest = Math.max(deepest, ++open);
    else if (CLOSING.has(byte)) open -= 1;
  }
  return deepest;
}
