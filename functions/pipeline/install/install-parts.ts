import { randomBytes } from 'node:crypto';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { isoTime } from '../../domain/time.ts';
import { countCalls } from '../../http/call-metrics.ts';
import { PlatformError } from '../../http/errors.ts';
import { createTransport, type Transport } from '../../http/transport.ts';
import { createNuvemshopClient } from '../../platforms/nuvemshop/client.ts';
import { WANTED_EVENTS } from '../../platforms/nuvemshop/event.ts';
import { authorizeLink, exchangeCode } from '../../platforms/nuvemshop/oauth.ts';
import { type NuvemshopStoreSecret, nuvemshopAppSecret } from '../../platforms/secrets.ts';
import { createBucket } from '../../rate-limit/bucket.ts';
import { createDynamoStore } from '../../rate-limit/store-dynamodb.ts';
import type { Runtime } from '../../runtime/lambda.ts';
import { createSecret } from '../../runtime/secrets.ts';
import { createBackfillRequests } from '../../storage/backfill-requests.ts';
import { createCircuitBreaker } from '../../storage/circuit-breaker.ts';
import { documentClient } from '../../storage/dynamodb.ts';
import { createInstallStates } from '../../storage/install-states.ts';
import { bucketKey } from '../../storage/keys.ts';
import { createLease } from '../../storage/lease.ts';
import { type Installer, say, type Visit } from './finish.ts';

/** Left of a visit's time for keeping the token, ending the pause and the page (ms). */
const RESERVE_MS = 4_000;

/** Everything the installation works with, made once per container. */
export function createInstaller(runtime: Runtime<'nuvemshop-install'>): Installer {
  const { env, clock, metrics, log } = runtime;
  const { SETTINGS: settings, CONTROL_TABLE: table } = env;
  const { storeId } = settings;
  const client = documentClient();
  const secrets = new SecretsManagerClient({});
  const control = { client, table, platform: 'nuvemshop', storeId, clock } as const;
  const app = createSecret({ client: secrets, id: env.APP_SECRET_ID, schema: nuvemshopAppSecret, clock });
  const bucket = createBucket({
    store: createDynamoStore({ client, tableName: table }),
    key: bucketKey('nuvemshop', 'api', storeId),
    rate: settings.rate.perSecond,
    burst: settings.rate.burst,
    clock,
  });
  const transport = createTransport({ clock, onCall: countCalls(metrics) });

  /** A person waits, and without webhooks no order comes: the calls go as urgent ones, and wait here for their turn. */
  const admit = async (operation: string, visit: Visit): Promise<void> => {
    for (;;) {
      const { granted, retryAt = clock.now() + 1000 } = await bucket.take(1, 'urgent');
      if (granted > 0) return;
      const wait = Math.max(1, retryAt - clock.now());
      if (wait > visit.remainingMs() - RESERVE_MS) throw outOfTime(operation);
      await clock.sleep(wait);
    }
  };

  const unheard = (error: unknown): void =>
    log.warn('the bucket did not hear of the platform', { error: say(error) });

  return {
    ...runtime,
    storeId,
    states: createInstallStates({ ...control, random: () => randomBytes(32).toString('base64url') }),
    lease: createLease({ client, table, name: `install#nuvemshop#${storeId}`, clock }),
    pause: createCircuitBreaker({ ...control, backfill: createBackfillRequests(control) }),
    authorizeUrl: async (state) => authorizeLink(settings.authUrl, (await app.get()).clientId, state),
    async exchange(code, visit) {
      // Read anew: installing follows a change of the app's credentials more often than not.
      const { clientId, clientSecret } = await app.fresh();
      const { authUrl, userAgent } = settings;
      const within = inTime(transport, visit);
      return exchangeCode({ transport: within, clock, authUrl, userAgent, clientId, clientSecret }, code);
    },
    async keep({ accessToken, scopes }) {
      const value: NuvemshopStoreSecret = {
        accessToken,
        storeId,
        scopes,
        installedAt: isoTime(clock.now()),
      };
      await secrets.send(
        new PutSecretValueCommand({ SecretId: env.STORE_SECRET_ID, SecretString: JSON.stringify(value) }),
      );
    },
    async subscribe({ accessToken }, visit) {
      const observed: Promise<void>[] = [];
      const { webhooks } = createNuvemshopClient({
        settings,
        transport: inTime(transport, visit),
        clock,
        correlationId: visit.id,
        token: async () => accessToken,
        admit: (operation) => admit(operation, visit),
        onFeedback: (feedback) => void observed.push(bucket.observe(feedback).catch(unheard)),
      });
      const { created, deleted, kept } = await webhooks.subscribe(env.WEBHOOK_URL, WANTED_EVENTS);
      await Promise.all(observed);
      return { created: created.length, deleted: deleted.length, kept: kept.length };
    },
  };
}

/** Gives up in time for the page, whatever a call's own patience. */
function inTime(transport: Transport, visit: Visit): Transport {
  return async (request) => {
    const left = visit.remainingMs() - RESERVE_MS;
    if (left <= 0) throw outOfTime(request.operation);
    return transport({ ...request, timeoutMs: Math.min(request.timeoutMs, left) });
  };
}

const outOfTime = (operation: string): PlatformError =>
  new PlatformError({
    platform: 'nuvemshop',
    operation,
    kind: 'retry-later',
    remedy: 'The time of this visit is used up. Open the installation link again.',
  });
