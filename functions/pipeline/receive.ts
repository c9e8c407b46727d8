import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Platform } from '../platforms/names.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Message, Payload } from '../runtime/messages.ts';
import type { Metrics } from '../runtime/metric-names.ts';
import { pack } from '../runtime/pack.ts';
import type { Queue } from '../runtime/queue.ts';
import { jsonProblem } from './json-problem.ts';

/** Largest body a webhook may have, in bytes. */
export const MAX_BODY_BYTES = 1024 * 1024;

export type Verification = { valid: true } | { valid: false; reason: string };

export interface Receiver {
  platform: Platform;
  /** Decides from headers (lower-case names) and raw bytes whether the platform sent this. */
  verify(headers: Record<string, string | undefined>, body: Uint8Array): Promise<Verification>;
  toMessage(
    payload: Payload,
    envelope: { v: 1; correlationId: string; receivedAt: number; attempts: number },
    path: string,
  ): Message;
  queue: Queue;
  metrics: Metrics;
  log: Log;
  clock: Clock;
}

/**
 * Takes one webhook: proof of origin over the raw bytes first, then size and form, then the queue. Answers 2xx only when
 * the queue has the bytes; whatever keeps them out of it is answered 503, so that the platform sends them again. The body
 * is never logged and never interpreted here.
 */
export async function receive(
  receiver: Receiver,
  event: APIGatewayProxyEventV2,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { metrics, platform, log, clock } = receiver;
  const correlationId = event.requestContext.requestId;
  const receivedAt = clock.now();
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  try {
    const verification = await receiver.verify(event.headers, body);
    if (!verification.valid) {
      metrics.add('WebhookBadSignature', platform, 1);
      log.warn('webhook refused: its proof of origin is wrong', {
        correlationId,
        reason: verification.reason,
        bytes: body.byteLength,
      });
      return refuse(401, verification.reason, correlationId);
    }
    const problem = body.byteLength > MAX_BODY_BYTES ? tooLarge(body.byteLength) : jsonProblem(body);
    if (problem !== undefined) {
      metrics.add('WebhookRefused', platform, 1);
      log.warn('webhook refused for its body', { correlationId, reason: problem, bytes: body.byteLength });
      return refuse(body.byteLength > MAX_BODY_BYTES ? 413 : 400, problem, correlationId);
    }
    for (const payload of pack(body)) {
      await receiver.queue.send(
        receiver.toMessage(payload, { v: 1, correlationId, receivedAt, attempts: 0 }, event.rawPath),
      );
    }
  } catch (error) {
    metrics.add('WebhookNotQueued', platform, 1);
    log.error('webhook not queued; the platform is asked to send it again', {
      correlationId,
      error: describe(error),
    });
    return { ...refuse(503, 'not stored, send it again', correlationId), headers: { 'retry-after': '5' } };
  }
  for (const bad of ['WebhookBadSignature', 'WebhookRefused', 'WebhookNotQueued'] as const)
    metrics.add(bad, platform, 0);
  metrics.add('WebhookAccepted', platform, 1);
  log.info('webhook accepted', { correlationId, bytes: body.byteLength, path: event.rawPath });
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

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error';
