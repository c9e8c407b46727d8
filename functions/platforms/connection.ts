import { PutSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import type { PlatformName } from '../domain/order.ts';
import type { EpochMs } from '../domain/time.ts';
import { classify, type Failure } from '../http/answer.ts';
import { PlatformError } from '../http/errors.ts';
import { createTransport, inTime, type PlatformResponse, type Transport } from '../http/transport.ts';
import {
  type Bucket,
  createBucket,
  type Feedback,
  type Priority,
  type SchedulingBucket,
} from '../rate-limit/bucket.ts';
import { createDynamoStore } from '../rate-limit/store.ts';
import type { Clock } from '../runtime/clock.ts';
import { describeError, OwnError } from '../runtime/describe-error.ts';
import type { Metrics } from '../runtime/metric-names.ts';
import { createSecret, createUnfilledSecrets, type Secret } from '../runtime/secrets.ts';
import type { Log } from '../runtime/telemetry.ts';
import { createBackfillRequests } from '../storage/backfill-requests.ts';
import {
  type CircuitBreaker,
  createCircuitBreaker,
  notConnected,
  type Permission,
} from '../storage/circuit-breaker.ts';
import { bucketKey } from '../storage/control-keys.ts';
import type { ApiAnswer, ApiCall, CallContext, Connection } from './calls.ts';
import type { IntakePlatform } from './platform.ts';
import { createRotatingToken } from './rotating-token.ts';
import type { RateLimit, Store } from './store.ts';

/** What whoever calls a platform has of the merchant's account: a function of ours, or the operator's program. */
export interface Account {
  readonly dynamo: DynamoDBDocumentClient;
  readonly controlTable: string;
  readonly secretsManager: SecretsManagerClient;
  /** The id of a secret; `storeId` is absent for credentials that all stores share. */
  secretId(credential: string, storeId: string | undefined): string;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** One store of one platform, ready to be called by any part of the pipeline. */
export interface StoreConnection<Api = unknown> {
  /** The bucket of the store's calls. */
  readonly bucket: SchedulingBucket;
  readonly circuit: CircuitBreaker;
  /** A client for one piece of work. */
  api(context: CallContext): Api;
  /** Whether calls may be made now: not before the credentials are filled in, nor while the circuit is open. Counts what it answers. */
  check(): Promise<Permission>;
  /** To be called once a call brought what it was made for, and that is safe: ends a half-open circuit. */
  succeeded(): Promise<void>;
  /** Opens the circuit when the error says that no call can succeed; true when it did. */
  failed(error: unknown, correlationId: string): Promise<boolean>;
  /** The platform's calls that need no store, such as the exchange of a code. */
  readonly transport: Transport;
  secret<T>(credential: string, schema: z.ZodType<T>): Secret<T>;
  putSecret(credential: string, value: object): Promise<void>;
}

/**
 * The one place where token, slot, circuit, feedback and call metrics of a store come together. Made once per container;
 * making it calls nobody.
 *
 * @param given credentials at hand, which are then not read from their secrets
 */
export function openConnection<S, Api>(
  platform: IntakePlatform<unknown, S, Api>,
  store: Store<S>,
  account: Account,
  given: Readonly<Record<string, unknown>> = {},
): StoreConnection<Api> {
  const { clock, metrics, log, dynamo: client, controlTable: table } = account;
  const item = { client, table, platform: platform.name, storeId: store.id, clock };
  const circuit = createCircuitBreaker({ ...item, backfill: createBackfillRequests(item) });
  const transport = createTransport({ clock, onCall: countCalls(metrics) });
  const limits: Readonly<Record<string, RateLimit>> = platform.limits(store);
  const buckets = new Map<string, SchedulingBucket>();
  const bucketOf = (name: string): SchedulingBucket => {
    const known = buckets.get(name);
    if (known !== undefined) return known;
    const limit = limits[name];
    if (limit === undefined) throw new OwnError(`${platform.name} has no limit "${name}"`);
    const made = createBucket({
      store: createDynamoStore({ client, tableName: table }),
      key: bucketKey(platform.name, name, limit.scope),
      rate: limit.perSecond,
      burst: limit.burst,
      queues: limit.queues,
      clock,
    });
    buckets.set(name, made);
    return made;
  };

  const secretIdOf = (credential: string): string =>
    account.secretId(credential, platform.credentials[credential]?.per === 'store' ? store.id : undefined);
  const secret = <T>(credential: string, schema: z.ZodType<T>): Secret<T> => {
    if (!Object.hasOwn(given, credential))
      return createSecret({ client: account.secretsManager, id: secretIdOf(credential), schema, clock });
    const get = async () => schema.parse(given[credential]);
    return { get, fresh: get };
  };
  const putSecret = async (credential: string, value: object): Promise<void> => {
    const SecretId = secretIdOf(credential);
    await account.secretsManager.send(
      new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(value) }),
    );
  };

  const unfilled = createUnfilledSecrets();
  const connection: Connection = {
    clock,
    secret: (credential, schema) => unfilled.needs(secret(credential, schema)),
    sender: createSender({ platform, transport, bucketOf, clock, metrics, log }),
    fixedToken,
    rotatingToken: () =>
      createRotatingToken({
        platform,
        store,
        transport,
        secret: connection.secret,
        putSecret,
        client,
        table,
        clock,
      }),
  };
  let connected: ReturnType<typeof platform.connect> | undefined;
  const paused = (value: 0 | 1) => metrics.add('PlatformPaused', platform.name, value);

  return {
    bucket: bucketOf('api'),
    circuit,
    api(context) {
      // Not before the first call: a consumer of orders that are pushed calls nobody and is let at no secret.
      connected ??= platform.connect(store, connection);
      return connected(context);
    },
    transport,
    secret,
    putSecret,
    async check() {
      connected ??= platform.connect(store, connection);
      const missing = await unfilled.find();
      if (missing !== undefined) {
        metrics.add('NotConnected', platform.name, 1);
        return notConnected(missing, clock.now());
      }
      // Silence of a connected platform is 0 webhooks, not no data.
      if (platform.webhook !== undefined) metrics.add('WebhookAccepted', platform.name, 0);
      const permission = await circuit.check();
      if (!permission.allowed || permission.probe) paused(1);
      // Of a platform that is polled, the alarm over all has to know that it was ever connected.
      else if (platform.poll !== undefined) paused(0);
      return permission;
    },
    succeeded: () => circuit.recordSuccess(),
    async failed(error, correlationId) {
      if (!(error instanceof PlatformError) || error.kind !== 'auth-failed') return false;
      const cause =
        error.status === undefined
          ? `${error.operation} was refused`
          : `${error.operation} was answered ${error.status}`;
      const remedy = error.remedy ?? 'Replace the credential in its secret; calls resume by themselves.';
      await circuit.trip(cause, remedy);
      paused(1);
      log.error('platform is paused', {
        platform: platform.name,
        storeId: store.id,
        cause,
        remedy,
        correlationId,
      });
      return true;
    },
  };
}

/** The few calls of an idle shop fill a bucket no further, and are not worth a series. */
const IDLE_FILL_PERCENT = 10;

/** Counts every call, and those that were throttled or failed. */
export function countCalls(metrics: Metrics): Parameters<typeof createTransport>[0]['onCall'] {
  return ({ platform, throttled, failed }) => {
    metrics.add('PlatformCall', platform, 1);
    if (throttled) metrics.add('PlatformThrottled', platform, 1);
    if (failed) metrics.add('PlatformFailure', platform, 1);
  };
}

/** How one piece of work takes its slots in a platform's limit; see {@link CallContext}. */
export type Admit = CallContext['admit'];

/**
 * The error of a call for which there is no slot now: it was not made, and waits like any other.
 *
 * @param retryAfterMs how long there is none, as far as is known
 */
const noSlot = (platform: PlatformName, operation: string, retryAfterMs?: number): PlatformError =>
  new PlatformError({
    platform,
    operation,
    kind: 'retry-later',
    throttled: true,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

/**
 * For work that took the slot of its first call before it began. What it calls beyond that, as after a refused token,
 * needs a slot of its own, at once or not at all.
 */
export function prepaid(platform: PlatformName, bucket: Bucket): Admit {
  let calls = 0;
  return async (operation) => {
    calls += 1;
    if (calls > 1 && (await bucket.take(1, 'urgent')).granted === 0) throw noSlot(platform, operation);
  };
}

/** For work that may wait: each call waits for its slot, as long as `mayWait` allows (ms; forever when absent). */
export function patient(
  platform: PlatformName,
  bucket: Bucket,
  how: { priority: Priority; clock: Clock; fresh?: boolean; mayWait?: (ms: number) => boolean },
): Admit {
  const { priority, clock, fresh, mayWait } = how;
  return async (operation) => {
    for (;;) {
      const { granted, retryAt = clock.now() + 1000 } = await bucket.take(1, priority, fresh);
      if (granted > 0) return;
      const wait = Math.max(1, retryAt - clock.now());
      if (mayWait !== undefined && !mayWait(wait)) throw noSlot(platform, operation, wait);
      await clock.sleep(wait);
    }
  };
}

export interface SenderOptions {
  platform: Pick<IntakePlatform, 'name' | 'feedback'>;
  transport: Transport;
  /** The bucket of one of the platform's limits. */
  bucketOf(limit: string): Bucket;
  clock: Clock;
  metrics: Metrics;
  log: Log;
}

/**
 * Makes what sends a client's calls: each attempt takes its slot, a refused token is renewed once, and what the answer
 * tells of the limit goes back to its bucket.
 */
export function createSender(options: SenderOptions): Connection['sender'] {
  const { platform, transport, bucketOf, clock, metrics, log } = options;

  const admit = async ({ operation, limit = 'api' }: ApiCall, context: CallContext): Promise<void> => {
    if (limit === 'api') return context.admit(operation);
    if ((await bucketOf(limit).take(1, 'bulk')).granted === 0) throw noSlot(platform.name, operation);
  };

  /** What the platform said is worth more than whether we could note what it said about our pace. */
  const observe = async (limit: string, feedback: Feedback): Promise<void> => {
    const { limit: size, remaining } = feedback;
    const percent = size === undefined || remaining === undefined ? 0 : (100 * (size - remaining)) / size;
    if (percent > IDLE_FILL_PERCENT) metrics.add('BucketFillPercent', platform.name, Math.round(percent));
    await bucketOf(limit)
      .observe(feedback)
      .catch((error: unknown) =>
        log.warn('rate-limit feedback could not be stored', { limit, error: describeError(error) }),
      );
  };

  const answerOf = async (
    call: ApiCall,
    response: ApiAnswer['response'],
    askedAt: number,
  ): Promise<ApiAnswer> => {
    if (call.destructive && response.status >= 200 && response.status < 300)
      return { response, failure: undefined };
    const failure = failureOf(response, clock.now());
    const heard = platform.feedback?.(response, failure) ?? {
      throttled: failure?.throttled ?? false,
      retryAfterMs: failure?.retryAfterMs,
    };
    await observe(call.limit ?? 'api', { ...heard, ageMs: Math.max(0, clock.now() - askedAt) });
    if (failure === undefined || heard.retryAfterMs === undefined) return { response, failure };
    return { response, failure: { ...failure, retryAfterMs: heard.retryAfterMs } };
  };

  return (context, tokens) => async (call) => {
    const send = context.timeLeftMs === undefined ? transport : inTime(transport, context.timeLeftMs);
    let askedAt = clock.now();
    const attempt = async (token: string | undefined) => {
      await admit(call, context);
      const { headers, limit: _, destructive: __, ...request } = call;
      askedAt = clock.now();
      return send({
        ...request,
        platform: platform.name,
        headers: headers(token),
        correlationId: context.correlationId,
        readmit: () => admit(call, context),
      });
    };
    const token = await tokens?.get();
    let response = await attempt(token);
    if (response.status === 401 && tokens !== undefined && token !== undefined) {
      // Refused at the door, so nothing happened: even a write may be made again, but not with the same token.
      const renewed = await tokens.renew(token);
      if (renewed !== token) response = { ...unknownOf(response), ...(await attempt(renewed)) };
    }
    return answerOf(call, response, askedAt);
  };
}

const unknownOf = ({ mayHaveActed }: PlatformResponse) =>
  mayHaveActed === undefined ? {} : { mayHaveActed };

/** What the answer means; of a call that was made twice, with what the first time may have brought about. */
function failureOf(response: PlatformResponse, now: EpochMs): Failure | undefined {
  const failure = classify(response, now);
  return failure === undefined || response.mayHaveActed !== true
    ? failure
    : { ...failure, outcomeUnknown: true };
}

/** See {@link Connection.fixedToken}. */
export const fixedToken: Connection['fixedToken'] = (secret, read) => ({
  get: async () => read(await secret.get()),
  renew: async () => read(await secret.fresh()),
});
