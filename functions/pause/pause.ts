import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Platform } from '../contract/platform.ts';
import type { Clock } from '../runtime/clock.ts';

/** How often a paused platform is asked again whether it works, in ms. */
export const PROBE_EVERY_MS = 5 * 60_000;

const pauseItem = z.object({
  /** Why, in words for a person; no secret, no personal data. */
  cause: z.string(),
  remedy: z.string(),
  since: z.number(),
  probeAt: z.number(),
});
export type PauseState = z.infer<typeof pauseItem>;

/** `probe`: this caller, and no other until the next probe is due, makes one call to see whether the platform works again. */
export type Passage = { go: true; probe: boolean } | { go: false; retryAt: number; state: PauseState };

/**
 * Stops all calls to a platform whose credential or account is refused, for every function at once, until a probe
 * succeeds. One per platform and credential scope.
 */
export interface Pause {
  /** Asks whether calls may be made now. */
  passage(): Promise<Passage>;
  pause(cause: string, remedy: string): Promise<void>;
  /** After a call that succeeded. Costs nothing unless this instance knows of a pause. */
  resume(): Promise<void>;
}

export function createPause(options: {
  client: DynamoDBDocumentClient;
  table: string;
  platform: Platform;
  scope: string;
  clock: Clock;
}): Pause {
  const { client, table, clock } = options;
  const Key = { pk: `pause#${options.platform}#${options.scope}`, sk: 'pause' };
  let knownPaused = false;

  const claimProbe = async (state: PauseState): Promise<boolean> => {
    try {
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key,
          UpdateExpression: 'SET probeAt = :next',
          ConditionExpression: 'probeAt = :seen',
          ExpressionAttributeValues: { ':next': clock.now() + PROBE_EVERY_MS, ':seen': state.probeAt },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  return {
    async passage() {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
      knownPaused = Item !== undefined;
      if (Item === undefined) return { go: true, probe: false };
      const state = pauseItem.parse(Item);
      if (clock.now() >= state.probeAt && (await claimProbe(state))) return { go: true, probe: true };
      return { go: false, retryAt: Math.max(state.probeAt, clock.now() + 1000), state };
    },
    async pause(cause, remedy) {
      const now = clock.now();
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key,
          // A probe that fails pauses again: the pause still began when it began.
          UpdateExpression:
            'SET cause = :cause, remedy = :remedy, probeAt = :next, since = if_not_exists(since, :now)',
          ExpressionAttributeValues: {
            ':cause': cause,
            ':remedy': remedy,
            ':next': now + PROBE_EVERY_MS,
            ':now': now,
          },
        }),
      );
      knownPaused = true;
    },
    async resume() {
      if (!knownPaused) return;
      await client.send(new DeleteCommand({ TableName: table, Key }));
      knownPaused = false;
    },
  };
}
