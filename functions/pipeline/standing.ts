import type { EpochMs } from '../domain/time.ts';
import { PlatformError } from '../http/errors.ts';
import { patient } from '../platforms/admission.ts';
import type { Incoming } from '../platforms/intake.ts';
import { OwnError } from '../runtime/describe-error.ts';
import type { ReceivedMessage } from '../runtime/queue.ts';
import { SecretUnusable } from '../runtime/secrets.ts';
import type { StoreContext } from './store-context.ts';

type Suspended = Extract<Incoming, { kind: 'suspended' }>;
type Received = Pick<ReceivedMessage, 'receivedAt' | 'correlationId'>;

/**
 * Follows what a platform says of the app's standing in a store. What the shop did while calls were not wanted was never
 * sent, and is left to a reconciliation.
 *
 * A notice carries no time and may be replayed, so one that stops calls is believed once a call was refused.
 *
 * @throws PlatformError when the platform did not say; the notice has to come back.
 */
export async function followStanding(
  context: StoreContext,
  standing: Extract<Incoming, { kind: 'suspended' | 'resumed' }>,
  { receivedAt: at, correlationId }: Received,
): Promise<void> {
  const { connection, log, metrics, platform } = context;
  const { circuit } = connection;
  const { storeId } = standing;
  if (standing.kind === 'resumed') {
    if ((await circuit.resume('notice', at)) !== undefined) metrics.add('PlatformPaused', platform.name, 0);
    log.info('the platform takes calls again', { storeId, correlationId });
    return;
  }
  const { cause, remedy, closedBy } = standing;
  const isTrue = await isRefused(context, closedBy, correlationId);
  if (!isTrue) {
    metrics.add('NoticeOutdated', platform.name, 1);
    log.warn('a notice that stops calls is outdated: the platform takes them; left aside', {
      storeId,
      cause,
      correlationId,
    });
  } else if (await circuit.suspend(cause, remedy, { closedBy, at })) {
    metrics.add('PlatformPaused', platform.name, 1);
    log.error('platform is paused', { platform: platform.name, storeId, cause, remedy, correlationId });
  } else {
    log.warn('a notice that stops calls is older than what let them go on; left aside', {
      storeId,
      cause,
      correlationId,
    });
  }
}

const GONE = {
  cause: 'the app is not in the store any more',
  remedy: 'Open the installation link (an output of the stack): a new token ends the pause.',
} as const;

/**
 * Since when the app is gone from the store (epoch ms); undefined while it is there. Where no notice said so, one refused
 * call does, and the circuit is suspended.
 *
 * @throws PlatformError when the platform did not say.
 */
export async function goneSince(
  context: StoreContext,
  { receivedAt: at, correlationId }: Received,
): Promise<EpochMs | undefined> {
  const { circuit } = context.connection;
  if (context.platform.oauth === undefined) return undefined;
  if (!(await isRefused(context, 'token', correlationId))) return undefined;
  let open = await circuit.state();
  if (open?.closedBy !== 'token') {
    await circuit.suspend(GONE.cause, GONE.remedy, { closedBy: 'token', at });
    open = await circuit.state();
  }
  return open?.closedBy === 'token' ? open.openedAt : undefined;
}

/**
 * Whether the platform refuses the app as a notice of the kind says. An open circuit knows that every call is refused. Where
 * that does not tell, one call does, as the circuit's next probe. It does not wait until that is due: all orders that wait
 * come for it then, and one of them takes it.
 *
 * @throws PlatformError when the platform did not say, or may not be asked yet.
 */
async function isRefused(
  context: StoreContext,
  closedBy: Suspended['closedBy'],
  correlationId: string,
): Promise<boolean> {
  const { connection, platform, clock } = context;
  const permission = await connection.circuit.check({ ahead: closedBy === 'token' });
  if (permission.allowed) return takesNoCalls(context, closedBy, correlationId);
  const { closedBy: open } = permission.state;
  // A person's pause says nothing of the platform.
  if (open !== 'person' && (closedBy === 'notice' || open === 'token')) return true;
  const retryAfterMs = permission.retryAt - clock.now();
  throw new PlatformError({
    platform: platform.name,
    operation: 'probe',
    kind: 'retry-later',
    throttled: true,
    retryAfterMs,
  });
}

/** An app that is unpaid is still in the store. */
const UNPAID = 402;

/**
 * Makes one call to see whether the platform refuses the app, whatever the circuit says. One that succeeds ends a half-open
 * circuit. A store without a token refuses every call.
 *
 * @param closedBy `token`: whether the app is gone. `notice`: whether it is refused for any reason.
 * @throws PlatformError when there is no slot now, or the answer says neither.
 */
export async function takesNoCalls(
  { connection, platform, store, clock }: StoreContext,
  closedBy: Suspended['closedBy'],
  correlationId: string,
): Promise<boolean> {
  if (platform.oauth === undefined)
    throw new OwnError(`${platform.name} has no app that a store could remove`);
  const mayWait = () => false;
  const admit = patient(platform.name, connection.bucket, { priority: 'urgent', clock, mayWait });
  try {
    await platform.check.read(connection.api({ correlationId, admit }), store, clock.now());
    await connection.succeeded();
    return false;
  } catch (error) {
    if (error instanceof SecretUnusable) return true;
    if (!(error instanceof PlatformError) || error.kind !== 'auth-failed') throw error;
    return closedBy === 'notice' || error.status !== UNPAID;
  }
}
