import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Priority } from '../rate-limit/limits.ts';
import { servedNoLaterThan } from '../rate-limit/limits.ts';
import type { Clock } from '../runtime/clock.ts';
import { TABLE_KEYS } from './keys.ts';

/** A fetch of an order that is bound to happen, because a message for it waits in the queue. */
const pendingItem = z.object({
  /** Correlation id of the message that waits. */
  owner: z.string(),
  /** Epoch ms before which it does not fetch. */
  scheduledAt: z.number(),
  /** Epoch ms of the newest event that counts on it. */
  staleSince: z.number(),
  /** The line it stands in. */
  priority: z.enum(['urgent', 'normal', 'bulk']).default('urgent'),
});
export type PendingFetch = z.infer<typeof pendingItem>;

/** Nobody joins a fetch that may begin this soon: the gate is up to 2 s early, and clocks of instances differ (ms). */
const TOO_SOON_MS = 3500;
const MAX_CONFLICTS = 8;
const KEEP_SECONDS = 24 * 3600;

/**
 * Lets events of one order share a fetch that is still to come, so that a busy order takes one place in the line and not
 * one for each of its events. An event may be forgotten once it joined: the message that owns the fetch is in the queue,
 * and finds the event's time here when its turn comes.
 */
export interface PendingFetches {
  get(orderId: string): Promise<PendingFetch | undefined>;
  /**
   * True when the event, received at `receivedAt`, will be served by somebody else's pending fetch. Never joins its own, nor
   * one of a class that is served after its own.
   */
  join(orderId: string, event: { me: string; receivedAt: number; priority: Priority }): Promise<boolean>;
  /** Announces, before its message is sent, that `me` will fetch at `turn`; a more urgent fetch to come stays the announced one. */
  announce(orderId: string, fetch: Announced & { staleSince: number }): Promise<void>;
}

interface Announced {
  me: string;
  scheduledAt: number;
  priority: Priority;
}

export function createPendingFetches(options: {
  client: DynamoDBDocumentClient;
  table: string;
  scope: string;
  clock: Clock;
}): PendingFetches {
  const { client, table: TableName, scope, clock } = options;
  const keyOf = (orderId: string) => ({ pk: `pending#${scope}#${orderId}`, sk: 'pending' });
  const applied = async (update: UpdateCommand): Promise<boolean> => {
    try {
      await client.send(update);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };
  const get: PendingFetches['get'] = async (orderId) => {
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: keyOf(orderId), ConsistentRead: true }),
    );
    return Item === undefined ? undefined : pendingItem.parse(Item);
  };

  // Others joined the pending one and count on its place in the line: a backfill that comes after them must not take it over.
  const foremost = (pending: PendingFetch | undefined, mine: Announced): Announced =>
    pending === undefined ||
    pending.scheduledAt <= clock.now() ||
    servedNoLaterThan(mine.priority, pending.priority)
      ? mine
      : { me: pending.owner, scheduledAt: pending.scheduledAt, priority: pending.priority };

  return {
    get,
    async join(orderId, { me, receivedAt, priority }) {
      const soon = clock.now() + TOO_SOON_MS;
      const pending = await get(orderId);
      if (pending === undefined || pending.owner === me || pending.scheduledAt <= soon) return false;
      if (!servedNoLaterThan(pending.priority, priority)) return false;
      return applied(
        new UpdateCommand({
          TableName,
          Key: keyOf(orderId),
          UpdateExpression: 'SET dirtyAt = :dirtyAt',
          ConditionExpression: '#owner = :owner AND turn > :soon AND dirtyAt = :seen',
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: {
            ':dirtyAt': Math.max(pending.staleSince, receivedAt),
            ':owner': pending.owner,
            ':soon': soon,
            ':seen': pending.staleSince,
          },
        }),
      );
    },
    async announce(orderId, mine) {
      for (let tries = 0; tries < MAX_CONFLICTS; tries += 1) {
        const pending = await get(orderId);
        // An event that joins between the read and the write must not be forgotten.
        const unchanged =
          pending === undefined
            ? { ConditionExpression: 'attribute_not_exists(pk)' }
            : { ConditionExpression: 'dirtyAt = :seen' };
        const { me, scheduledAt, priority } = foremost(pending, mine);
        const update = new UpdateCommand({
          TableName,
          Key: keyOf(orderId),
          UpdateExpression:
            'SET #owner = :me, turn = :turn, cls = :cls, dirtyAt = :dirtyAt, #expiry = :expiry',
          ...unchanged,
          ExpressionAttributeNames: { '#owner': 'owner', '#expiry': TABLE_KEYS.expiry },
          ExpressionAttributeValues: {
            ':me': me,
            ':turn': scheduledAt,
            ':cls': priority,
            ':dirtyAt': Math.max(mine.staleSince, pending?.staleSince ?? 0),
            ':expiry': Math.ceil(scheduledAt / 1000) + KEEP_SECONDS,
            ...(pending === undefined ? {} : { ':seen': pending.staleSince }),
          },
        });
        if (await applied(update)) return;
      }
      throw new Error(
        `order ${orderId}: ${MAX_CONFLICTS} events in a row joined its pending fetch while it was announced`,
      );
    },
  };
}
