import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import { type EpochMs, isoTime } from '../domain/time.ts';
import type { Clock } from '../runtime/clock.ts';
import type { BackfillRequests } from './backfill-requests.ts';
import { circuitKey } from './control-keys.ts';
import { applied, getItem, type StoreTable, unlessRefused } from './dynamodb.ts';

/** A person's word that nothing calls the platform of a store until it ends; beside the store's circuit, whatever its state. */
const pauseSchema = lazily(() =>
  z.object({
    /** Who said so. */
    by: z.string(),
    /** Why, in words for a person. */
    reason: z.string(),
    /** Epoch ms at which it began. */
    at: z.number(),
    /** Epoch ms at which it ends by itself. */
    until: z.number(),
  }),
);
export type Pause = z.infer<ReturnType<typeof pauseSchema>>;

/** The part of a circuit's item that a person writes. */
export const pausedItem = lazily(() => z.object({ pause: pauseSchema().optional() }));

/** A pause that has not ended. */
export const pauseAt = ({ pause }: { pause?: Pause | undefined }, now: EpochMs): Pause | undefined =>
  pause !== undefined && now < pause.until ? pause : undefined;

/** The same in the words of an open circuit. */
export const pauseWords = ({ by, reason, until }: Pause) => ({
  cause: `${by} paused it: ${reason}`,
  remedy: `It ends at ${isoTime(until)}, or when somebody resumes it.`,
});

/** A store's pause that has not ended, for whoever only wants to know. */
export const readPause = async (
  { client, table, ...store }: StoreTable,
  now: EpochMs,
): Promise<Pause | undefined> =>
  pauseAt((await getItem(client, table, circuitKey(store), pausedItem)) ?? {}, now);

export interface Pauses {
  /** Nothing calls the store's platform from now on. A pause that is there already is replaced. */
  pause(word: Pick<Pause, 'by' | 'reason' | 'until'>): Promise<void>;
  /** Ends the pause. @returns the one that there was, also where it had ended */
  resume(): Promise<Pause | undefined>;
}

export function createPauses(
  options: StoreTable & {
    clock: Pick<Clock, 'now'>;
    /** Told from when on events may be missing, before calls stop: a pause ends without anybody who could tell it. */
    backfill: Pick<BackfillRequests, 'request'>;
  },
): Pauses {
  const { client, table: TableName, clock, backfill } = options;
  const Key = circuitKey(options);
  const ExpressionAttributeNames = { '#pause': 'pause' };
  return {
    async pause(word) {
      const at = clock.now();
      await backfill.request(at);
      await client.send(
        new UpdateCommand({
          TableName,
          Key,
          UpdateExpression: 'SET #pause = :pause',
          ExpressionAttributeNames,
          ExpressionAttributeValues: { ':pause': { ...word, at } satisfies Pause },
        }),
      );
    },
    async resume() {
      const ended = await unlessRefused(
        client.send(
          new UpdateCommand({
            TableName,
            Key,
            UpdateExpression: 'REMOVE #pause',
            ConditionExpression: 'attribute_exists(#pause)',
            ExpressionAttributeNames,
            ReturnValues: 'ALL_OLD',
          }),
        ),
      );
      if (ended === undefined) return undefined;
      // What is left is the circuit's; where that is closed, nothing.
      await applied(
        client.send(
          new DeleteCommand({
            TableName,
            Key,
            ConditionExpression: 'attribute_not_exists(closedBy) AND attribute_not_exists(#pause)',
            ExpressionAttributeNames,
          }),
        ),
      );
      return pausedItem().parse(ended.Attributes).pause;
    },
  };
}
