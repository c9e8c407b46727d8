import { PlatformError } from '../../http/errors.ts';
import type { Installation } from '../../platforms/nuvemshop/oauth.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metric-names.ts';
import { SecretUnusable } from '../../runtime/secrets.ts';
import type { CircuitBreaker } from '../../storage/circuit-breaker.ts';
import type { InstallStates } from '../../storage/install-states.ts';
import type { Lease } from '../../storage/lease.ts';
import type { Outcome, OutcomeKind } from './outcome.ts';

/** A visit's limits: what it is found by in the logs, and how much time is left to answer the browser. */
export interface Visit {
  id: string;
  /** Milliseconds. */
  remainingMs(): number;
}

export interface Installer {
  /** The one store this deployment is for. */
  storeId: string;
  states: InstallStates;
  /** Two installations at once could keep the token that the other one made worthless. */
  lease: Lease;
  pause: CircuitBreaker;
  /** The address of the platform where the merchant agrees. @throws SecretUnusable, or the AWS SDK's own error. */
  authorizeUrl(state: string): Promise<string>;
  /** @throws PlatformError, SecretUnusable, or the AWS SDK's own error. */
  exchange(code: string, visit: Visit): Promise<Installation>;
  /** Replaces the store's token in its secret. */
  keep(installation: Installation): Promise<void>;
  /** Makes the store's webhooks the wanted ones. @throws PlatformError. */
  subscribe(
    installation: Installation,
    visit: Visit,
  ): Promise<{ created: number; deleted: number; kept: number }>;
  metrics: Metrics;
  log: Log;
  clock: Clock;
}

/** What the platform sent the browser back with, and the state this browser began with. */
export interface Return {
  code: string | undefined;
  state: string | undefined;
  begunWith: string | undefined;
}

/** The lease outlives the function's time by this (ms). */
const LEASE_MARGIN_MS = 1000;

/**
 * Ends an installation: the state is spent, the code exchanged at once, the token kept, and only then the webhooks are
 * subscribed, because subscribing can be repeated and an exchange can not. A pause ends even if subscribing fails: the new
 * token is good, and every order that can be fetched should be.
 */
export async function finish(installer: Installer, visit: Visit, back: Return): Promise<Outcome> {
  const { states, lease, log } = installer;
  const { code, state } = back;
  const ours = state !== undefined && state === back.begunWith && (await states.spend(state));
  if (!ours) return refuse(installer, visit, 'link-used');
  if (code === undefined || code === '') return refuse(installer, visit, 'no-code');
  if (!(await lease.acquire(visit.id, visit.remainingMs() + LEASE_MARGIN_MS))) {
    return refuse(installer, visit, 'busy');
  }
  try {
    return await install(installer, visit, code);
  } finally {
    await lease
      .release(visit.id)
      .catch((error: unknown) =>
        log.warn('the lease ends by itself', { correlationId: visit.id, error: say(error) }),
      );
  }
}

async function install(installer: Installer, visit: Visit, code: string): Promise<Outcome> {
  const { storeId, clock, log } = installer;
  const correlationId = visit.id;
  let installation: Installation;
  try {
    installation = await installer.exchange(code, visit);
  } catch (error) {
    return failedExchange(installer, visit, error);
  }
  const at = clock.now();
  if (installation.storeId !== storeId) {
    log.warn('the app was allowed into a store that is not ours; its token is not kept', {
      correlationId,
      storeId,
      foreignStoreId: installation.storeId,
    });
    return { kind: 'other-store', foreignStoreId: installation.storeId };
  }
  try {
    await installer.keep(installation);
  } catch (error) {
    log.error('the new token could not be kept, and the old one is worthless: install again', {
      correlationId,
      error: say(error),
    });
    return { kind: 'not-kept' };
  }
  try {
    const changes = await installer.subscribe(installation, visit);
    await welcome(installer, at);
    log.info('installed', { correlationId, storeId, scopes: installation.scopes, ...changes });
    return { kind: 'installed' };
  } catch (error) {
    log.error(
      'the token is kept, but webhooks are missing or a pause stays: open the installation link again',
      {
        correlationId,
        error: say(error),
      },
    );
    await welcome(installer, at).catch((again: unknown) =>
      log.error('the pause did not end', { correlationId, error: say(again) }),
    );
    return { kind: 'not-subscribed' };
  }
}

/** Work that waited for a token goes on. */
async function welcome({ pause, metrics }: Installer, at: number): Promise<void> {
  if ((await pause.resume('token', at)) !== undefined) metrics.add('PlatformPaused', 'nuvemshop', 0);
}

function failedExchange({ log }: Installer, { id: correlationId }: Visit, error: unknown): Outcome {
  const kind = meaningOf(error);
  const fields = { correlationId, outcome: kind, error: say(error) };
  if (kind === 'code-refused') log.warn('the platform does not take the code', fields);
  else log.error('the code could not be exchanged', fields);
  return { kind };
}

function meaningOf(error: unknown): OutcomeKind {
  if (error instanceof SecretUnusable) return 'app-refused';
  if (!(error instanceof PlatformError)) return 'not-kept';
  if (error.kind === 'auth-failed' || error.detail?.includes('invalid_client')) return 'app-refused';
  return error.kind === 'refused' ? 'code-refused' : 'platform-down';
}

function refuse({ log }: Installer, { id: correlationId }: Visit, kind: OutcomeKind): Outcome {
  log.warn('an installation was refused', { correlationId, outcome: kind });
  return { kind };
}

/** Name and message of an error; those of the platform and of secrets name no value. */
export const say = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error';
