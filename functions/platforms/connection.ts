import { PutSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import { PlatformError } from '../http/errors.ts';
import { createTransport, type Transport } from '../http/transport.ts';
import { createBucket, type SchedulingBucket } from '../rate-limit/bucket.ts';
import { createDynamoStore } from '../rate-limit/store.ts';
import type { Clock } from '../runtime/clock.ts';
import { OwnError } from '../runtime/describe-error.ts';
import type { Metrics } from '../runtime/metric-names.ts';
import { createNeededSecrets, createSecret, type Secret, type SecretUnusable } from '../runtime/secrets.ts';
import type { Log } from '../runtime/telemetry.ts';
import { createBackfillRequests } from '../storage/backfill-requests.ts';
import {
  type CircuitBreaker,
  createCircuitBreaker,
  type Permission,
  withoutCredential,
} from '../storage/circuit-breaker.ts';
import { bucketKey } from '../storage/control-keys.ts';
import type { CallContext, Connection } from './calls.ts';
import type { IntakePlatform } from './platform.ts';
import { createRotatingToken } from './rotating-token.ts';
import { createSender } from './sender.ts';
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
  /** Whether the credentials are filled in; asks for no probe of an open circuit. Counts when they are not. */
  isConnected(): Promise<boolean>;
  /** To be called once a call brought what it was made for, and that is safe: ends a half-open circuit. */
  succeeded(): Promise<void>;
  /** Opens the circuit when the error says that no call can succeed; true when it did. */
  failed(error: unknown, correlationId: string): Promise<boolean>;
  /** The platform's calls that need no store, such as the exchange of a code. */
  readonly transport: Transport;
  secret<T>(credential: string, schema: () => z.ZodType<T>): Secret<T>;
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
  const secret = <T>(credential: string, schema: () => z.ZodType<T>): Secret<T> => {
    if (!Object.hasOwn(given, credential))
      return createSecret({ client: account.secretsManager, id: secretIdOf(credential), schema, clock });
    const get = async () => schema().parse(given[credential]);
    return { get, fresh: get };
  };
  const putSecret = async (credential: string, value: object): Promise<void> => {
    const SecretId = secretIdOf(credential);
    await account.secretsManager.send(
      new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(value) }),
    );
  };

  const needed = createNeededSecrets();
  const connection: Connection = {
    clock,
    secret: (credential, schema) => needed.needs(secret(credential, schema)),
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
  const tellPaused = (why: { cause: string; remedy: string; correlationId?: string }): void => {
    paused(1);
    log.error('platform is paused', { platform: platform.name, storeId: store.id, ...why });
  };
  async function unusableSecret(): Promise<SecretUnusable | undefined> {
    connected ??= platform.connect(store, connection);
    const unusable = await needed.findUnusable();
    if (unusable?.unfilled) metrics.add('NotConnected', platform.name, 1);
    return unusable;
  }

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
      const unusable = await unusableSecret();
      if (unusable !== undefined) {
        const denied = withoutCredential(unusable, clock.now());
        // Nobody has to be told of a store that is not connected yet by more than its own alarm.
        if (!unusable.unfilled) tellPaused(denied.state);
        return denied;
      }
      // Silence of a connected platform is 0 webhooks, not no data.
      if (platform.webhook !== undefined) metrics.add('WebhookAccepted', platform.name, 0);
      const permission = await circuit.check();
      if (!permission.allowed || permission.probe) paused(1);
      // Of a platform that is polled, the alarm over all has to know that it was ever connected.
      else if (platform.poll !== undefined) paused(0);
      return permission;
    },
    isConnected: async () => (await unusableSecret())?.unfilled !== true,
    succeeded: () => circuit.recordSuccess(),
    async failed(error, correlationId) {
      if (!(error instanceof PlatformError) || error.kind !== 'auth-failed') return false;
      const cause =
        error.status === undefined
          ? `${error.operation} was refused`
          : `${error.operation} was answered ${error.status}`;
      const remedy = error.remedy ?? 'Replace the credential in its secret; calls resume by themselves.';
      await circuit.trip(cause, remedy);
      tellPaused({ cause, remedy, correlationId });
      return true;
    },
  };
}

/** Counts every call, and those that were throttled or failed. */
export function countCalls(metrics: Metrics): Parameters<typeof createTransport>[0]['onCall'] {
  return ({ platform, throttled, failed }) => {
    metrics.add('PlatformCall', platform, 1);
    if (throttled) metrics.add('PlatformThrottled', platform, 1);
    if (failed) metrics.add('PlatformFailure', platform, 1);
  };
}

/** See {@link Connection.fixedToken}. */
export const fixedToken: Connection['fixedToken'] = (secret, read) => ({
  get: async () => read(await secret.get()),
  renew: async () => read(await secret.fresh()),
});
