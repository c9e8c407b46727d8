import * as z from 'zod';
import { isoTime } from '../../domain/time.ts';
import { inTime } from '../../http/transport.ts';
import { patient } from '../../platforms/admission.ts';
import { openConnection, type StoreConnection } from '../../platforms/connection.ts';
import type { Grant, OAuth, ScopeReview } from '../../platforms/oauth.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { Clock } from '../../runtime/clock.ts';
import { OwnError } from '../../runtime/describe-error.ts';
import type { Invocation, Runtime } from '../../runtime/handler.ts';
import type { Metrics } from '../../runtime/metric-names.ts';
import type { Log } from '../../runtime/telemetry.ts';
import { createInstallStates, type InstallStates } from '../../storage/install-states.ts';
import { createLease, type Lease } from '../../storage/runs.ts';
import { accountOf } from '../account.ts';
import type { Deployed } from '../deployed.ts';
import { createInstallKey, type InstallKey } from './install-key.ts';

/** Left of a visit's time for keeping the token, closing the circuit and the page (ms). */
const RESERVE_MS = 4_000;

/** One of the merchant's stores that the app can be allowed into. */
export interface InstallableStore {
  connection: Pick<StoreConnection, 'circuit'>;
  /** Replaces the store's token in its secret. */
  keep(grant: Grant): Promise<void>;
  /** What the merchant granted beside what the store needs; undefined where the platform says nothing of it. */
  reviewScopes(grant: Grant): ScopeReview | undefined;
  /** Makes the store's webhooks the wanted ones. @throws PlatformError */
  subscribe(grant: Grant, visit: Invocation): Promise<{ created: number; deleted: number; kept: number }>;
}

export interface Installer {
  platform: Pick<Platform, 'name' | 'title'>;
  oauth: Pick<OAuth, 'start' | 'callback' | 'codeLifeMinutes'>;
  /** The stores that this deployment is for. */
  storeIds: readonly string[];
  store(storeId: string): InstallableStore | undefined;
  /** Tells who has the installation link from everybody else. */
  key: InstallKey;
  states: InstallStates;
  /** Two installations at once could keep the token that the other one made worthless. */
  lease: Lease;
  /** The address of the platform where the merchant agrees. @throws SecretUnusable, or the AWS SDK's own error. */
  authorizeUrl(state: string): Promise<string>;
  /** @throws PlatformError, SecretUnusable, or the AWS SDK's own error. */
  exchange(code: string, visit: Invocation): Promise<Grant>;
  metrics: Metrics;
  log: Log;
  clock: Clock;
}

/** What installations of a platform's app work with, made once per container. */
export function createInstaller({ platform, stores }: Deployed, runtime: Runtime<'install'>): Installer {
  const { env, clock } = runtime;
  const { oauth } = platform;
  const [first] = stores;
  if (oauth === undefined || first === undefined)
    throw new OwnError(`${platform.name} is not installed by a browser`);
  const account = accountOf(runtime);
  const control = { client: account.dynamo, table: env.CONTROL_TABLE, clock };
  const connections = new Map(stores.map((store) => [store.id, openConnection(platform, store, account)]));
  // The app is one for all stores, so any of them leads to its secret.
  const appConnection = openConnection(platform, first, account);
  const key = createInstallKey(env.INSTALL_KEY);
  const schema = platform.credentials[oauth.appCredential]?.schema ?? z.unknown;
  const app = appConnection.secret(oauth.appCredential, schema);
  return {
    ...runtime,
    platform,
    oauth,
    storeIds: stores.map(({ id }) => id),
    key,
    states: createInstallStates({ ...control, platform: platform.name, random: key.seal }),
    lease: createLease({ ...control, name: { job: 'install', platform: platform.name } }),
    authorizeUrl: async (state) => oauth.authorizeUrl(stores, await app.get(), state),
    async exchange(code, visit) {
      const transport = inTime(appConnection.transport, timeLeft(visit));
      // Read anew: installing follows a change of the app's credentials more often than not.
      return oauth.exchange({ transport, clock, stores, app: await app.fresh() }, code);
    },
    store(storeId) {
      const connection = connections.get(storeId);
      const store = stores.find(({ id }) => id === storeId);
      if (connection === undefined || store === undefined) return undefined;
      return {
        connection,
        keep: ({ secret }) =>
          connection.putSecret(oauth.tokenCredential, { ...secret, installedAt: isoTime(clock.now()) }),
        reviewScopes: ({ scopes }) => (scopes.length === 0 ? undefined : oauth.reviewScopes?.(store, scopes)),
        subscribe: ({ secret }, visit) => {
          // The function may replace the token and cannot read it, so the new one is handed over.
          const given = { [oauth.tokenCredential]: secret };
          const connect = () => openConnection(platform, store, account, given);
          return subscribe(connect, { platform, oauth }, visit, runtime);
        },
      };
    },
  };
}

/** A person waits, and without webhooks no order comes: the calls go as urgent ones, and wait here for their slots. */
function subscribe(
  connect: () => StoreConnection,
  { platform, oauth }: { platform: Platform; oauth: OAuth },
  visit: Invocation,
  { env, clock }: Runtime<'install'>,
) {
  const timeLeftMs = timeLeft(visit);
  const { api, bucket } = connect();
  const admit = patient(platform.name, bucket, {
    priority: 'urgent',
    clock,
    mayWait: (ms) => ms <= timeLeftMs(),
  });
  return oauth.subscribe(api({ correlationId: visit.requestId, admit, timeLeftMs }), env.WEBHOOK_URL);
}

const timeLeft =
  ({ remainingMs }: Invocation) =>
  () =>
    remainingMs() - RESERVE_MS;
