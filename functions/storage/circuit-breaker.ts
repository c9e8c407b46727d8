import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Clock } from '../runtime/clock.ts';
import type { SecretUnusable } from '../runtime/secrets.ts';
import type { BackfillRequests } from './backfill-requests.ts';
import { applied, getItem, type StoreTable } from './dynamodb.ts';
import { circuitKey, resumedKey, TABLE_KEYS } from './keys.ts';

/** How often an open circuit lets one call through to see whether the platform works again, in ms. */
export const PROBE_EVERY_MS = 5 * 60_000;
/** How often a circuit that a notice closes is probed, in ms: the notice may be lost, and one call an hour does the least harm. */
export const SUSPENDED_PROBE_EVERY_MS = 60 * 60_000;
/** How often work looks again at a suspended circuit, in ms: it goes on this long after the end at the latest. */
export const SUSPENDED_RETRY_MS = 5 * 60_000;
/** Events from before the first refused call may be missing too, so a reconciliation goes back further by this (ms). */
export const BACKFILL_MARGIN_MS = 60 * 60_000;
/** Calls were resumed and nobody knew that they had stopped: a reconciliation goes back this far (ms). */
export const UNSEEN_MS = 7 * 24 * 60 * 60_000;
/** Longer than a message can wait in a queue (14 days) and a platform can go on sending (2 days). */
const KEEP_RESUMED_SECONDS = 30 * 24 * 3600;

/**
 * What closes a circuit, from weak to strong: a probe that succeeds, the platform's notice that calls may be made again, a
 * new token. Each also closes what a weaker one closes. A weaker reason to open never replaces a stronger one.
 */
const CLOSERS = ['probe', 'notice', 'token'] as const;
type ClosedBy = (typeof CLOSERS)[number];
const closable = (by: ClosedBy): readonly ClosedBy[] => CLOSERS.slice(0, CLOSERS.indexOf(by) + 1);

const circuitItem = lazily(() =>
  z.object({
    /** Why calls stopped, in words for a person; no secret, no personal data. */
    cause: z.string(),
    remedy: z.string(),
    /** Epoch ms at which the circuit opened; a probe that fails does not change it. */
    openedAt: z.number(),
    /** Epoch ms of the latest refused call or notice that keeps it open. */
    stoppedAt: z.number(),
    /** Epoch ms from which one caller may probe. */
    probeAt: z.number(),
    /** What closes it; but for a `probe`, it is suspended. One that a `notice` closes is probed rarely, one of a `token` never. */
    closedBy: z.enum(CLOSERS),
  }),
);
export type OpenState = z.infer<ReturnType<typeof circuitItem>>;

const resumedItem = lazily(() => z.object({ resumedAt: z.number() }));

/** `probe`: the circuit is half open, and this caller alone makes a call to see whether the platform works again. */
export type Permission =
  | { allowed: true; probe: boolean }
  | { allowed: false; retryAt: EpochMs; state: OpenState };

/**
 * Stops all calls to a store's platform while its credential or account is refused, for every function at once.
 *
 * - closed: calls are made.
 * - open: no call is made until the next probe.
 * - half open: one caller makes a probe; the others wait. If it succeeds the circuit closes.
 * - suspended: no call is made until the platform or a new token allows it. Because a platform's notice may be lost, a circuit
 *   that a notice closes is probed once an hour; one that only a new token closes is never probed, its old token is dead.
 */
export interface CircuitBreaker {
  /** Asks whether calls may be made now. */
  check(): Promise<Permission>;
  /** Opens the circuit after a call that was refused. */
  trip(cause: string, remedy: string): Promise<void>;
  /** Closes a half-open circuit after a call that succeeded. Costs nothing unless this instance saw the circuit open. */
  recordSuccess(): Promise<void>;
  /**
   * Suspends the circuit, because the platform said that nothing may be called.
   *
   * @param until `at`: epoch ms at which the platform said so
   * @returns false when calls were resumed after `at`: then the notice is outdated
   */
  suspend(
    cause: string,
    remedy: string,
    until: { closedBy: Exclude<ClosedBy, 'probe'>; at: EpochMs },
  ): Promise<boolean>;
  /**
   * The platform said at `at` (epoch ms) that calls may be made again, or gave a new token. Closes the circuit if `by` may
   * close it and it is not newer, and returns the state it had.
   */
  resume(by: Exclude<ClosedBy, 'probe'>, at: EpochMs): Promise<OpenState | undefined>;
  /** The state while the circuit is not closed. Asks for no probe. */
  state(): Promise<OpenState | undefined>;
}

/** The state of a store's circuit, for whoever only wants to know; undefined while it is closed. */
export const readCircuit = ({ client, table, ...store }: StoreTable): Promise<OpenState | undefined> =>
  getItem(client, table, circuitKey(store), circuitItem());

export interface CircuitBreakerOptions extends StoreTable {
  clock: Pick<Clock, 'now'>;
  /** Told from when on events may be missing, before the circuit closes. */
  backfill: Pick<BackfillRequests, 'request'>;
}

export function createCircuitBreaker(options: CircuitBreakerOptions): CircuitBreaker {
  const { client, table: TableName, clock, backfill } = options;
  const Key = circuitKey(options);
  const resumptions = createResumptions(options);
  let seenOpen = false;
  /** Epoch ms of the probe of a suspended circuit that this instance may make; a call that was under way is none. */
  let probedAt: EpochMs | undefined;

  const read = async (): Promise<OpenState | undefined> => {
    const state = await getItem(client, TableName, Key, circuitItem());
    seenOpen = state !== undefined;
    return state;
  };

  const claimProbe = (state: OpenState): Promise<boolean> =>
    applied(
      client.send(
        new UpdateCommand({
          TableName,
          Key,
          UpdateExpression: 'SET probeAt = :next',
          ConditionExpression: 'probeAt = :seen',
          ExpressionAttributeValues: {
            ':next': clock.now() + probeEvery(state.closedBy),
            ':seen': state.probeAt,
          },
        }),
      ),
    );

  const open = async (cause: string, remedy: string, closedBy: ClosedBy, at: EpochMs): Promise<void> => {
    await applied(
      client.send(
        new UpdateCommand({
          TableName,
          Key,
          UpdateExpression:
            'SET cause = :cause, remedy = :remedy, probeAt = :next, closedBy = :closedBy, stoppedAt = :at, openedAt = if_not_exists(openedAt, :at)',
          ConditionExpression: `attribute_not_exists(pk) OR ${isClosable(closedBy)}`,
          ExpressionAttributeValues: {
            ...closableValues(closedBy),
            ':cause': cause,
            ':remedy': remedy,
            ':closedBy': closedBy,
            ':next': clock.now() + probeEvery(closedBy),
            ':at': at,
          },
        }),
      ),
    );
    seenOpen = true;
  };

  const close = async (by: ClosedBy, at: EpochMs): Promise<OpenState | undefined> => {
    const state = await read();
    if (state === undefined || !closable(by).includes(state.closedBy)) return undefined;
    // Before the circuit closes, because afterwards nobody would know.
    await backfill.request(state.openedAt - BACKFILL_MARGIN_MS);
    const closed = await applied(
      client.send(
        new DeleteCommand({
          TableName,
          Key,
          ConditionExpression: `${isClosable(by)} AND stoppedAt <= :at`,
          ExpressionAttributeValues: { ...closableValues(by), ':at': at },
        }),
      ),
    );
    if (!closed) return undefined;
    seenOpen = false;
    return state;
  };

  return {
    state: read,
    async check() {
      probedAt = undefined;
      const state = await read();
      if (state === undefined) return { allowed: true, probe: false };
      const now = clock.now();
      if (state.closedBy !== 'token' && now >= state.probeAt && (await claimProbe(state))) {
        if (state.closedBy === 'notice') probedAt = now;
        return { allowed: true, probe: true };
      }
      const retryAt =
        state.closedBy === 'probe' ? Math.max(state.probeAt, now + 1000) : now + SUSPENDED_RETRY_MS;
      return { allowed: false, retryAt, state };
    },
    trip: (cause, remedy) => open(cause, remedy, 'probe', clock.now()),
    async recordSuccess() {
      if (probedAt !== undefined) {
        await resumptions.remember(probedAt);
        await close('notice', probedAt);
        probedAt = undefined;
      } else if (seenOpen) await close('probe', clock.now());
    },
    async suspend(cause, remedy, { closedBy, at }) {
      if (await resumptions.since(at)) return false;
      await open(cause, remedy, closedBy, at);
      // Whoever resumed calls in this moment found nothing to close.
      const outdated = await resumptions.since(at);
      if (outdated) await close(closedBy, at);
      return !outdated;
    },
    async resume(by, at) {
      await resumptions.remember(at);
      if ((await read()) === undefined) await backfill.request(at - UNSEEN_MS);
      return close(by, at);
    },
  };
}

const probeEvery = (closedBy: ClosedBy): number =>
  closedBy === 'probe' ? PROBE_EVERY_MS : SUSPENDED_PROBE_EVERY_MS;

const isClosable = (by: ClosedBy): string =>
  `closedBy IN (${closable(by).map((_, index) => `:closer${index}`)})`;
const closableValues = (by: ClosedBy) =>
  Object.fromEntries(closable(by).map((closer, index) => [`:closer${index}`, closer]));

/** What a check answers until somebody fills the secret in: work waits as for an open circuit, and nothing is kept of it. */
export function notConnected(error: SecretUnusable, now: EpochMs): Permission {
  const retryAt = now + PROBE_EVERY_MS;
  const state = { openedAt: now, stoppedAt: now, probeAt: retryAt, closedBy: 'probe' } as const;
  return {
    allowed: false,
    retryAt,
    state: { ...state, cause: 'the store is not connected yet', remedy: error.message },
  };
}

/**
 * Remembers when calls were last resumed. The notices that suspend them carry no time of their own, so one that waited in
 * a queue while the app was installed anew would suspend it again.
 */
function createResumptions(options: StoreTable) {
  const { client, table: TableName } = options;
  const Key = resumedKey(options);
  return {
    async remember(at: EpochMs): Promise<void> {
      await applied(
        client.send(
          new UpdateCommand({
            TableName,
            Key,
            UpdateExpression: 'SET resumedAt = :at, #expiry = :expiry',
            ConditionExpression: 'attribute_not_exists(resumedAt) OR resumedAt < :at',
            ExpressionAttributeNames: { '#expiry': TABLE_KEYS.expiry },
            ExpressionAttributeValues: { ':at': at, ':expiry': Math.ceil(at / 1000) + KEEP_RESUMED_SECONDS },
          }),
        ),
      );
    },
    async since(at: EpochMs): Promise<boolean> {
      const item = await getItem(client, TableName, Key, resumedItem());
      return item !== undefined && item.resumedAt > at;
    },
  };
}
