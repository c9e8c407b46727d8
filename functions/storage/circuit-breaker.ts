import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Platform } from '../platforms/names.ts';
import type { Clock, EpochMs } from '../runtime/clock.ts';
import type { BackfillRequests } from './backfill-requests.ts';
import { createResumptions } from './resumptions.ts';

/** How often a paused platform is asked again whether it works, in ms. */
export const PROBE_EVERY_MS = 5 * 60_000;
/** A pause that no probe ends is looked at this often, in ms: what waits goes on this long after its end at the latest. */
export const SUSPENDED_RETRY_MS = PROBE_EVERY_MS;
/** Events from before the first refused call may be missing too, so a reconciliation goes back further by this (ms). */
export const BACKFILL_MARGIN_MS = 60 * 60_000;
/** Calls are welcome again and nobody knew they were not: a reconciliation goes back this far (ms). */
export const UNSEEN_MS = 7 * 24 * 60 * 60_000;

/**
 * What ends a pause, from weak to strong: a call that succeeds, the platform's word that calls are welcome again, a new
 * token. Each ends the weaker pauses too; a weaker pause never takes the place of a stronger one.
 */
const ENDS = ['probe', 'notice', 'token'] as const;
export type ClosedBy = (typeof ENDS)[number];
const upTo = (end: ClosedBy): readonly ClosedBy[] => ENDS.slice(0, ENDS.indexOf(end) + 1);

const circuitItem = z.object({
  /** Why, in words for a person; no secret, no personal data. */
  cause: z.string(),
  remedy: z.string(),
  since: z.number(),
  probeAt: z.number(),
  endsBy: z.enum(ENDS).default('probe'),
});
export type OpenState = z.infer<typeof circuitItem>;

/** `probe`: this caller, and no other until the next probe is due, makes one call to see whether the platform works again. */
export type Permission = { go: true; probe: boolean } | { go: false; retryAt: number; state: OpenState };

/**
 * Stops all calls to a platform whose credential or account is refused, for every function at once. One per platform and
 * credential scope.
 */
export interface CircuitBreaker {
  /** Asks whether calls may be made now. */
  permission(): Promise<Permission>;
  /** After a call that was refused: until a probe succeeds. */
  pause(cause: string, remedy: string): Promise<void>;
  /** After a call that succeeded: ends what a probe may end. Costs nothing unless this instance knows of a pause. */
  resume(): Promise<void>;
  /**
   * The platform said that nothing may be called, so there is no probe either.
   *
   * @param at epoch ms at which it said so. False when a later `lift` is known: then this is an old story.
   */
  hold(
    cause: string,
    remedy: string,
    until: { endsBy: Exclude<ClosedBy, 'probe'>; at: EpochMs },
  ): Promise<boolean>;
  /**
   * The platform said, at `at` (epoch ms), that calls are welcome, or gave a new token. Ends every pause that `by` may end
   * and that is not newer, and gives it back.
   */
  lift(by: Exclude<ClosedBy, 'probe'>, at: EpochMs): Promise<OpenState | undefined>;
}

export interface CircuitBreakerOptions {
  client: DynamoDBDocumentClient;
  table: string;
  platform: Platform;
  scope: string;
  clock: Clock;
  /** Told from when on events may be missing, before a pause ends. */
  due?: BackfillRequests;
}

export function createCircuitBreaker(options: CircuitBreakerOptions): CircuitBreaker {
  const { client, table: TableName, clock, due } = options;
  const pk = `pause#${options.platform}#${options.scope}`;
  const Key = { pk, sk: 'pause' };
  const resumptions = createResumptions({ client, table: TableName, pk });
  let knownOpen = false;

  const unlessRefused = async (work: Promise<unknown>): Promise<boolean> => {
    try {
      await work;
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  const read = async (): Promise<OpenState | undefined> => {
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    knownOpen = Item !== undefined;
    return Item === undefined ? undefined : circuitItem.parse(Item);
  };

  const claimProbe = (state: OpenState): Promise<boolean> =>
    unlessRefused(
      client.send(
        new UpdateCommand({
          TableName,
          Key,
          UpdateExpression: 'SET probeAt = :next',
          ConditionExpression: 'probeAt = :seen',
          ExpressionAttributeValues: { ':next': clock.now() + PROBE_EVERY_MS, ':seen': state.probeAt },
        }),
      ),
    );

  const write = async (cause: string, remedy: string, endsBy: ClosedBy, at: EpochMs): Promise<void> => {
    await unlessRefused(
      client.send(
        new UpdateCommand({
          TableName,
          Key,
          // A probe that fails pauses again: the pause still began when it began.
          UpdateExpression:
            'SET cause = :cause, remedy = :remedy, probeAt = :next, endsBy = :endsBy, saidAt = :at, since = if_not_exists(since, :at)',
          ConditionExpression: `attribute_not_exists(endsBy) OR ${within(endsBy)}`,
          ExpressionAttributeValues: {
            ...endsUpTo(endsBy),
            ':cause': cause,
            ':remedy': remedy,
            ':endsBy': endsBy,
            ':next': clock.now() + PROBE_EVERY_MS,
            ':at': at,
          },
        }),
      ),
    );
    knownOpen = true;
  };

  const end = async (by: ClosedBy, at: EpochMs): Promise<OpenState | undefined> => {
    const state = await read();
    if (state === undefined || !upTo(by).includes(state.endsBy)) return undefined;
    // Before the pause is gone, because afterwards nobody would know.
    await due?.mark(state.since - BACKFILL_MARGIN_MS);
    const ended = await unlessRefused(
      client.send(
        new DeleteCommand({
          TableName,
          Key,
          ConditionExpression: `(attribute_not_exists(endsBy) OR ${within(by)}) AND (attribute_not_exists(saidAt) OR saidAt <= :at)`,
          ExpressionAttributeValues: { ...endsUpTo(by), ':at': at },
        }),
      ),
    );
    if (!ended) return undefined;
    knownOpen = false;
    return state;
  };

  return {
    async permission() {
      const state = await read();
      if (state === undefined) return { go: true, probe: false };
      const now = clock.now();
      if (state.endsBy !== 'probe') return { go: false, retryAt: now + SUSPENDED_RETRY_MS, state };
      if (now >= state.probeAt && (await claimProbe(state))) return { go: true, probe: true };
      return { go: false, retryAt: Math.max(state.probeAt, now + 1000), state };
    },
    pause: (cause, remedy) => write(cause, remedy, 'probe', clock.now()),
    async resume() {
      if (knownOpen) await end('probe', clock.now());
    },
    async hold(cause, remedy, { endsBy, at }) {
      if (await resumptions.since(at)) return false;
      await write(cause, remedy, endsBy, at);
      // Whoever lifted it in this moment found nothing to lift.
      const undone = await resumptions.since(at);
      if (undone) await end(endsBy, at);
      return !undone;
    },
    async lift(by, at) {
      await resumptions.remember(at);
      if ((await read()) === undefined) await due?.mark(at - UNSEEN_MS);
      return end(by, at);
    },
  };
}

const within = (end: ClosedBy): string => `endsBy IN (${upTo(end).map((_, index) => `:end${index}`)})`;
const endsUpTo = (end: ClosedBy) =>
  Object.fromEntries(upTo(end).map((name, index) => [`:end${index}`, name]));
