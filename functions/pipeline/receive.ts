import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { RawRequest, Verification, WebhookProof } from '../platforms/intake.ts';
import type { Platform } from '../platforms/platform.ts';
import type { Route } from '../platforms/store.ts';
import { type Patience, secretsClient } from '../runtime/aws-clients.ts';
import type { Clock } from '../runtime/clock.ts';
import { describeError, OwnError } from '../runtime/describe-error.ts';
import type { Runtime } from '../runtime/handler.ts';
import type { MetricName, Metrics } from '../runtime/metric-names.ts';
import { createQueue, pack, type Queue } from '../runtime/queue.ts';
import { createSecret, SecretUnusable } from '../runtime/secrets.ts';
import { sqsClient } from '../runtime/sqs-client.ts';
import type { Log } from '../runtime/telemetry.ts';
import { awsOptions, type Deployed, secretIdIn } from './deployed.ts';
import { documentIn, encodingOf, type Refusal, verifyWithRotation } from './webhook-request.ts';

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

/** What a receiver knows of a platform. */
export interface Receiving {
  readonly platform: Pick<Platform, 'name'>;
  readonly proof: WebhookProof;
  readonly routes: readonly Route[];
}

/** What the receiver of these stores is told. @throws Error for a platform that sends no webhooks */
export function receivingOf({ platform, stores }: Deployed): Receiving {
  const { webhook } = platform;
  if (webhook === undefined) throw new OwnError(`${platform.name} sends no webhooks`);
  return { platform, proof: webhook, routes: webhook.routes(stores) };
}

/** The receiver of a platform's webhooks, made once per container. */
export function createReceiver(
  { platform, proof, routes }: Receiving,
  runtime: Runtime<'receive'>,
): Receiver {
  const { env, clock } = runtime;
  const aws = awsOptions(runtime, RECEIVER_PATIENCE);
  const client = secretsClient(aws);
  const verifiers = new Map<string | undefined, (request: RawRequest) => Promise<Verification>>();
  const verifierOf = ({ storeId }: Route) => {
    const known = verifiers.get(storeId);
    if (known !== undefined) return known;
    const id = secretIdIn(env.SECRETS, proof.credential, storeId);
    const made = verifyWithRotation(
      createSecret({ client, id, schema: proof.schema, clock }),
      proof,
      runtime,
    );
    verifiers.set(storeId, made);
    return made;
  };
  return {
    ...runtime,
    platform,
    routes,
    queue: createQueue(sqsClient(aws), env.QUEUE_URL),
    verify: (route, request) => verifierOf(route)(request),
  };
}

/** One request of this receiver: what it is about, in every line of the log. */
interface Request {
  readonly event: APIGatewayProxyEventV2;
  readonly correlationId: string;
  readonly receivedAt: number;
  /** The bytes as they were sent. */
  readonly sent: Uint8Array;
}

/**
 * Takes one webhook: origin is verified over the raw bytes first, then size and form, then the queue. Answers 2xx only when
 * the queue has the bytes; whatever keeps them out of it is answered 503, so that the platform sends them again. The body
 * is never logged and never interpreted here. A request that is none of a platform's is refused without an AWS call.
 */
export async function receive(
  receiver: Receiver,
  event: APIGatewayProxyEventV2,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { metrics, log, clock, platform } = receiver;
  const request: Request = {
    event,
    correlationId: event.requestContext.requestId,
    receivedAt: clock.now(),
    sent: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
  };
  const { correlationId } = request;
  try {
    const refused = await take(receiver, request);
    if (refused !== undefined) return refused;
  } catch (error) {
    // Nobody can be verified before the secret is filled in. A platform sends again whatever is not answered 2xx.
    if (error instanceof SecretUnusable && error.unfilled) {
      metrics.add('NotConnected', platform.name, 1);
      log.warn('webhook refused: the platform is not connected yet', { correlationId });
      return refuse({ status: 401, message: 'not connected yet', next: 'Send it again.' }, correlationId);
    }
    metrics.add('WebhookNotQueued', platform.name, 1);
    log.error('webhook not queued; the platform is asked to send it again', {
      correlationId,
      error: describeError(error),
    });
    const refusal = { status: 503, message: 'not stored', next: 'Send it again.' } as const;
    const answer = refuse(refusal, correlationId);
    return { ...answer, headers: { ...answer.headers, 'retry-after': '5' } };
  }
  metrics.add('WebhookAccepted', platform.name, 1);
  log.info('webhook accepted', { correlationId, bytes: request.sent.byteLength, path: event.rawPath });
  return { statusCode: 200, headers: { 'x-correlation-id': correlationId }, body: '' };
}

/** Puts a webhook into the queue, or answers why not. */
async function take(
  receiver: Receiver,
  request: Request,
): Promise<APIGatewayProxyStructuredResultV2 | undefined> {
  const { event, correlationId, receivedAt, sent } = request;
  const { metrics, log, platform } = receiver;
  const no = (refusal: Refusal, metric: MetricName, message: string, fields: object = {}) => {
    metrics.add(metric, platform.name, 1);
    log.warn(message, { correlationId, bytes: sent.byteLength, ...fields });
    return refuse(refusal, correlationId);
  };
  const route = receiver.routes.find(({ path }) => path === withoutSlash(event.rawPath));
  const astray = route === undefined ? NO_ROUTE : wrongMethod(event);
  if (route === undefined || astray !== undefined)
    return no(astray ?? NO_ROUTE, 'WebhookAstray', 'a request came that is no webhook of ours', {
      nearest: nearestPath(receiver.routes, event.rawPath),
    });
  const encoding = encodingOf(event.headers['content-encoding'], !event.isBase64Encoded);
  if (typeof encoding === 'object')
    return no(encoding, 'WebhookRefused', REFUSED_FOR_BODY, { reason: encoding.message });
  const verification = await receiver.verify(route, { headers: event.headers, body: sent });
  if (!verification.valid) {
    const { reason } = verification;
    return no(UNPROVEN[reason], 'WebhookBadSignature', REFUSED_FOR_ORIGIN, { reason });
  }
  const document = documentIn(sent, encoding);
  if ('refusal' in document) {
    const { refusal } = document;
    return no(refusal, 'WebhookRefused', REFUSED_FOR_BODY, { reason: refusal.message });
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
  for (const payload of pack(document.bytes))
    await receiver.queue.send({
      ...envelope,
      topic,
      ...(storeId === undefined ? {} : { storeId }),
      payload,
    });
  return undefined;
}

const REFUSED_FOR_BODY = 'webhook refused for its body';
const REFUSED_FOR_ORIGIN = 'webhook refused: its origin could not be verified';

const unproven = (message: string, next: string): Refusal => ({ status: 401, message, next });
const UNPROVEN = {
  missing: unproven(
    'the header that proves the origin is missing',
    'Send the proof of origin that the platform documents for its webhooks.',
  ),
  malformed: unproven(
    'the header that proves the origin is not of the documented form',
    'Send the proof of origin that the platform documents for its webhooks, once and whole.',
  ),
  wrong: unproven(
    'the proof of origin is not of our secret, or not of these bytes',
    "Compare the secret in the platform's panel with the one in Secrets Manager, and sign the bytes as they are sent.",
  ),
} as const satisfies Record<Exclude<Verification, { valid: true }>['reason'], Refusal>;

const NO_ROUTE: Refusal = {
  status: 404,
  message: 'no webhook of this deployment has this path',
  next: "Compare the address in the platform's panel with the outputs of the deployment.",
};

const wrongMethod = ({ requestContext }: APIGatewayProxyEventV2): Refusal | undefined =>
  (requestContext.http?.method ?? 'POST') === 'POST'
    ? undefined
    : { status: 405, message: 'webhooks are sent by POST', next: 'Send the same to this address by POST.' };

/** Somebody typed the address in by hand. */
const withoutSlash = (path: string): string => (path.endsWith('/') ? path.slice(0, -1) : path);

/** The path of ours that a wrong one begins with. The wrong one itself is a stranger's text, and stays out of the log. */
const nearestPath = (routes: readonly Route[], path: string): string =>
  routes
    .map((route) => route.path)
    .filter((known) => path.startsWith(known))
    .sort((one, other) => other.length - one.length)[0] ?? 'none';

const refuse = (
  { status, message, next }: Refusal,
  correlationId: string,
): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  headers: {
    'content-type': 'application/json',
    'x-correlation-id': correlationId,
    ...(status === 405 ? { allow: 'POST' } : {}),
    ...(status === 415 ? { 'accept-encoding': 'gzip, identity' } : {}),
  },
  body: JSON.stringify({ message, next, correlationId }),
});
