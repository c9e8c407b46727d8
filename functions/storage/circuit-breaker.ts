import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Clock } from '../runtime/clock.ts';
import type { SecretUnusable } from '../runtime/secrets.ts';
import type { BackfillRequests } from './backfill-requests.ts';
import { circuitKey } from './control-keys.ts';
import { applied, getItem, type StoreTable } from './dynamodb.ts';
import { type Pause, pauseAt, pausedItem, pauseWords } from './pauses.ts';
import { createResumptions } from './resumptions.ts';

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
type Circuit = z.infer<ReturnType<typeof circuitItem>>;
/** Why nothing is called: the open circuit, or a pause, which only its end or a `person` closes. */
export type OpenState = Omit<Circuit, 'closedBy'> & { closedBy: ClosedBy | 'person' };
/** A circuit that is closed while a person keeps the store paused has nothing but the pause. */
const storedItem = lazily(() =>
  z.union([
    circuitItem().extend(pausedItem().shape),
    pausedItem().extend({ closedBy: z.undefined().optional() }),
  ]),
);

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
 * - paused: a person said that no call is made, whatever the circuit's state; nothing but them, or the end they named, ends it.
 * - suspended: no call is made until the platform or a new token allows it. Because a platform's notice may be lost, a circuit
 *   that a notice closes is probed once an hour; one that only a new token closes is never probed, its old token is dead.
 */
export interface CircuitBreaker {
  /**
   * Asks whether calls may be made now.
   *
   * @param how `ahead`: takes the next probe before it is due; the one after it is as far away as after any other
   */
  check(how?: { ahead: boolean }): Promise<Permission>;
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
  resume(by: Exclude<ClosedBy, 'probe'>, at: EpochMs): Promise<Circuit | undefined>;
  /** The state while the circuit is not closed; else of a pause. Asks for no probe. */
  state(): Promise<OpenState | undefined>;
}

/** The state of a store's circuit, for whoever only wants to know; undefined while it is closed. */
export const readCircuit = async (store: StoreTable): Promise<Circuit | undefined> =>
  (await readStored(store)).open;

interface Stored {
  open?: Circuit;
  pause?: Pause;
}

async function readStored({ client, table, ...store }: StoreTable): Promise<Stored> {
  const item = await getItem(client, table, circuitKey(store), storedItem);
  if (item === undefined) return {};
  const { pause, ...circuit } = item;
  return {
    ...(circuit.closedBy === undefined ? {} : { open: circuit }),
    ...(pause === undefined ? {} : { pause }),
  };
}

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

  const read = async (): Promise<Stored> => {
    const stored = await readStored(options);
    seenOpen = stored.open !== undefined;
    return stored;
  };

  const claimProbe = (state: Circuit): Promise<boolean> =>
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
          ConditionExpression: `attribute_not_exists(closedBy) OR ${isClosable(closedBy)}`,
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

  const close = async (by: ClosedBy, at: EpochMs): Promise<Circuit | undefined> => {
    const { open: state, pause } = await read();
    if (state === undefined || !closable(by).includes(state.closedBy)) return undefined;
    // Before the circuit closes, because afterwards nobody would know.
    await backfill.request(state.openedAt - BACKFILL_MARGIN_MS);
    const condition = `${isClosable(by)} AND stoppedAt <= :at AND ${pause === undefined ? 'attribute_not_exists' : 'attribute_exists'}(#pause)`;
    const change = {
      TableName,
      Key,
      ConditionExpression: condition,
      ExpressionAttributeNames: { '#pause': 'pause' },
      ExpressionAttributeValues: { ...closableValues(by), ':at': at },
    };
    // A pause outlives the circuit that it stands beside.
    const closed = await applied(
      pause === undefined
        ? client.send(new DeleteCommand(change))
        : client.send(new UpdateCommand({ ...change, UpdateExpression: `REMOVE ${CIRCUIT_FIELDS}` })),
    );
    if (!closed) return undefined;
    seenOpen = false;
    return state;
  };

  return {
    async state() {
      const { open, ...paused } = await read();
      return open ?? pausedState(pauseAt(paused, clock.now()));
    },
    async check({ ahead } = { ahead: false }) {
      probedAt = undefined;
      const { open: state, ...stored } = await read();
      const now = clock.now();
      const paused = pausedState(pauseAt(stored, now));
      if (paused !== undefined)
        return { allowed: false, retryAt: Math.min(paused.probeAt, now + SUSPENDED_RETRY_MS), state: paused };
      if (state === undefined) return { allowed: true, probe: false };
      const dueAt = ahead ? now : state.probeAt;
      if (state.closedBy !== 'token' && now >= dueAt && (await claimProbe(state))) {
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
      if ((await read()).open === undefined) await backfill.request(at - UNSEEN_MS);
      return close(by, at);
    },
  };
}

const CIRCUIT_FIELDS = 'cause, remedy, openedAt, stoppedAt, probeAt, closedBy';

const pausedState = (pause: Pause | undefined): OpenState | undefined =>
  pause && {
    ...pauseWords(pause),
    openedAt: pause.at,
    stoppedAt: pause.at,
    probeAt: pause.until,
    closedBy: 'person',
  };

const probeEvery = (closedBy: ClosedBy): number =>
  closedBy === 'probe' ? PROBE_EVERY_MS : SUSPENDED_PROBE_EVERY_MS;

const isClosable = (by: ClosedBy): string =>
  `closedBy IN (${closable(by).map((_, index) => `:closer${index}`)})`;
const closableValues = (by: ClosedBy) =>
  Object.fromEntries(closable(by).map((closer, index) => [`:closer${index}`, closer]));

/** What a check answers until somebody fills the secret in, or mends it: work waits as for an open circuit, and nothing is kept of it. */
export function withoutCredential(
  error: SecretUnusable,
  now: EpochMs,
): Extract<Permission, { allowed: false }> {
  const retryAt = now + PROBE_EVERY_MS;
  const state = { openedAt: now, stoppedAt: now, probeAt: retryAt, closedBy: 'probe' } as const;
  const cause = error.unfilled ? 'the store is not connected yet' : 'the credential cannot be used';
  return { allowed: false, retryAt, state: { ...state, cause, remedy: error.message } };
}
