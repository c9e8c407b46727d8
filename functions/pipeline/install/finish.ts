import { PlatformError } from '../../http/errors.ts';
import type { Grant } from '../../platforms/oauth.ts';
import { describeError } from '../../runtime/describe-error.ts';
import type { Invocation } from '../../runtime/handler.ts';
import { SecretUnusable } from '../../runtime/secrets.ts';
import type { InstallableStore, Installer } from './installer.ts';
import type { Outcome, OutcomeKind } from './outcomes.ts';

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
 * subscribed, because subscribing can be repeated and an exchange can not. The circuit closes even if subscribing fails: the new
 * token is good, and every order that can be fetched should be.
 */
export async function finish(installer: Installer, visit: Invocation, back: Return): Promise<Outcome> {
  const { lease, log } = installer;
  const { code } = back;
  if (!(await spent(installer, back))) return refuse(installer, visit, 'link-used');
  if (code === undefined || code === '') return refuse(installer, visit, 'no-code');
  if (!(await lease.acquire(visit.requestId, visit.remainingMs() + LEASE_MARGIN_MS))) {
    return refuse(installer, visit, 'busy');
  }
  try {
    return await install(installer, visit, code);
  } finally {
    await lease
      .release(visit.requestId)
      .catch((error: unknown) =>
        log.warn('the lease ends by itself', { correlationId: visit.requestId, error: describeError(error) }),
      );
  }
}

/** Whether this browser began, with the link: asked of the table only where the state is one of ours. */
async function spent({ key, states }: Installer, { state, begunWith }: Return): Promise<boolean> {
  return state !== undefined && state === begunWith && key.sealed(state) && states.spend(state);
}

async function install(installer: Installer, visit: Invocation, code: string): Promise<Outcome> {
  const { clock, log } = installer;
  const correlationId = visit.requestId;
  let grant: Grant;
  try {
    grant = await installer.exchange(code, visit);
  } catch (error) {
    return failedExchange(installer, visit, error);
  }
  const at = clock.now();
  const store = installer.store(grant.storeId);
  if (store === undefined) {
    log.warn('the app was allowed into a store that is not ours; its token is not kept', {
      correlationId,
      storeIds: installer.storeIds,
      foreignStoreId: grant.storeId,
    });
    return { kind: 'other-store', foreignStoreId: grant.storeId };
  }
  try {
    await store.keep(grant);
  } catch (error) {
    log.error('the new token could not be kept, and the old one is worthless: install again', {
      correlationId,
      error: describeError(error),
    });
    return { kind: 'not-kept' };
  }
  return connect(installer, store, grant, visit, at);
}

async function connect(
  installer: Installer,
  store: InstallableStore,
  grant: Grant,
  visit: Invocation,
  at: number,
): Promise<Outcome> {
  const { log } = installer;
  const correlationId = visit.requestId;
  try {
    const changes = await store.subscribe(grant, visit);
    await resume(installer, store, at);
    log.info('installed', { correlationId, storeId: grant.storeId, scopes: grant.scopes, ...changes });
    return { kind: scopesAreEnough(installer, store, grant, correlationId) ? 'installed' : 'scopes-missing' };
  } catch (error) {
    log.error(
      'the token is kept, but webhooks are missing or calls stay stopped: open the installation link again',
      { correlationId, error: describeError(error) },
    );
    await resume(installer, store, at).catch((again: unknown) =>
      log.error('the circuit did not close', { correlationId, error: describeError(again) }),
    );
    return { kind: 'not-subscribed' };
  }
}

/** Says what the app may not do, and what it may do without need. */
function scopesAreEnough(
  { log }: Installer,
  store: InstallableStore,
  grant: Grant,
  correlationId: string,
): boolean {
  const review = store.reviewScopes(grant);
  if (review === undefined) return true;
  const { missing, surplus } = review;
  const about = { correlationId, storeId: grant.storeId };
  for (const { scope, required, fails } of missing) {
    const fields = { ...about, scope, fails: fails.join(', ') };
    if (required) log.error('the app lacks a scope that the store needs; add it and install again', fields);
    else log.warn('the app lacks a scope: some requests will be refused', fields);
  }
  if (surplus.length > 0)
    log.warn('the app has scopes that nothing needs; the platform rejects an app for them', {
      ...about,
      surplus,
    });
  return !missing.some(({ required }) => required);
}

/** Work that waited for a token goes on. */
async function resume({ metrics, platform }: Installer, store: InstallableStore, at: number): Promise<void> {
  if ((await store.connection.circuit.resume('token', at)) !== undefined)
    metrics.add('PlatformPaused', platform.name, 0);
}

function failedExchange(
  { log }: Installer,
  { requestId: correlationId }: Invocation,
  error: unknown,
): Outcome {
  const kind = meaningOf(error);
  const fields = { correlationId, outcome: kind, error: describeError(error) };
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

function refuse({ log }: Installer, { requestId: correlationId }: Invocation, kind: OutcomeKind): Outcome {
  log.warn('an installation was refused', { correlationId, outcome: kind });
  return { kind };
}
