import { PlatformError } from '../functions/http/errors.ts';
import type { KnownStore } from '../functions/pipeline/replay/select.ts';
import { patient } from '../functions/platforms/admission.ts';
import { openConnection, type StoreConnection } from '../functions/platforms/connection.ts';
import type { OAuth, Subscriptions } from '../functions/platforms/oauth.ts';
import type { Priority } from '../functions/rate-limit/limits.ts';
import { describeError } from '../functions/runtime/describe-error.ts';
import { SecretUnusable } from '../functions/runtime/secrets.ts';
import type { OperatorContext } from './context.ts';
import { EXIT } from './exit.ts';
import { permissionHint } from './failure-hints.ts';
import { OperatorError } from './outputs.ts';

/**
 * What one harmless call to the platform shows of a store. `off`: no call can show it. `unfilled`, `unusable`: of the
 * secrets. `paused`: the circuit is open. `refused`: the platform refuses the credentials. `unclear`: it did not answer.
 */
export type LiveRead =
  | { outcome: 'good'; connection: StoreConnection }
  | { outcome: 'off' | 'unfilled' | 'unusable' | 'paused' | 'refused' | 'unclear'; why: string };

/** How long a person waits for a free slot in the platform's limit, in ms. */
const LONGEST_WAIT_MS = 60_000;

type Reach = Pick<OperatorContext, 'channelOf' | 'accountOf' | 'control' | 'outputs'>;

/** A store with its platform. */
export function storeIn(
  { channelOf }: Pick<OperatorContext, 'channelOf'>,
  { platform, storeId }: KnownStore,
) {
  const channel = channelOf(platform);
  const store = channel.stores.find(({ id }) => id === storeId);
  if (store === undefined) throw new Error(`${platform} has no store ${storeId}`);
  return { ...channel, store };
}

/** A client of the store whose calls go through the shared limit, before all others unless it is said otherwise. */
function clientOf(
  { control: { clock } }: Pick<Reach, 'control'>,
  platform: string,
  { api, bucket }: StoreConnection,
  priority: Priority = 'urgent',
) {
  const mayWait = (ms: number) => ms <= LONGEST_WAIT_MS;
  const admit = patient(platform, bucket, { priority, clock, mayWait });
  return api({ correlationId: `ops-check-${clock.now()}`, admit });
}

/**
 * Makes the platform's harmless call with a store's credentials. Trips no circuit and closes none.
 *
 * @param given credentials at hand, which are then tried in the place of the stored ones, also where those opened the circuit
 * @throws AWS's own error where the caller may not read the credentials: of the platform it says nothing
 */
export async function readLive(
  reach: Reach,
  known: KnownStore,
  given: Readonly<Record<string, unknown>> = {},
): Promise<LiveRead> {
  const { platform, store, ...channel } = storeIn(reach, known);
  const off = platform.check.off?.(store);
  if (off !== undefined) return { outcome: 'off', why: off };
  const connection = openConnection(platform, store, reach.accountOf({ platform, ...channel }), given);
  const open = await connection.circuit.state();
  const isNew = Object.keys(given).length > 0 && open?.closedBy !== 'notice';
  if (open !== undefined && !isNew) return { outcome: 'paused', why: `${open.cause}. ${open.remedy}` };
  try {
    const api = clientOf(reach, platform.name, connection);
    await platform.check.read(api, store, reach.control.clock.now());
    return { outcome: 'good', connection };
  } catch (error) {
    if (permissionHint(error) !== undefined) throw error;
    return { outcome: outcomeOf(error), why: describeError(error) };
  }
}

function outcomeOf(error: unknown): 'unfilled' | 'unusable' | 'refused' | 'unclear' {
  if (error instanceof SecretUnusable) return error.unfilled ? 'unfilled' : 'unusable';
  return error instanceof PlatformError && error.kind === 'auth-failed' ? 'refused' : 'unclear';
}

/**
 * A client that reads a store for somebody who waits, behind live orders. Trips no circuit and closes none.
 *
 * @throws OperatorError while its circuit is open
 */
export async function readerOf(reach: Reach, known: KnownStore): Promise<unknown> {
  const { platform, store, ...channel } = storeIn(reach, known);
  const connection = openConnection(platform, store, reach.accountOf({ platform, ...channel }));
  const open = await connection.circuit.state();
  if (open === undefined) return clientOf(reach, platform.name, connection, 'bulk');
  throw new OperatorError(`Nothing was read. ${open.cause}. ${open.remedy}`);
}

/** What a person is told of a read that failed. Anything but the platform's own answer is thrown as it is. */
export function readFailed(error: unknown, platform: string): Error {
  if (!(error instanceof PlatformError)) return error instanceof Error ? error : new Error(String(error));
  const refused = error.kind === 'auth-failed' || error.kind === 'refused';
  return new OperatorError(
    `${platform} could not be read (${describeError(error)}). ${error.remedy ?? (refused ? '"doctor" says more.' : 'Give the command again.')}`,
    refused ? EXIT.refusedByPlatform : EXIT.couldNotRun,
  );
}

/** A store's webhooks at a platform where the app subscribes them itself. */
export interface SubscriptionCheck {
  read(): Promise<Subscriptions>;
  repair(): Promise<{ created: number; deleted: number; kept: number }>;
}

/** Undefined where a person enters the URL in a panel, or nothing is sent. */
export function subscriptionsOf(
  reach: Reach,
  known: KnownStore,
  connection: StoreConnection,
): SubscriptionCheck | undefined {
  const { platform, stores } = storeIn(reach, known);
  const { oauth }: { oauth?: OAuth | undefined } = platform;
  const route = platform.webhook?.routes(stores).find(({ topic }) => topic === oauth?.subscribedTopic);
  if (oauth === undefined || route === undefined) return undefined;
  const url = reach.outputs(route.output);
  const client = () => clientOf(reach, platform.name, connection);
  return {
    read: () => oauth.subscriptions(client(), url),
    repair: () => oauth.subscribe(client(), url),
  };
}
