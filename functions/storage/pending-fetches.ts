import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import type { Subject } from '../domain/resource.ts';
import type { EpochMs } from '../domain/time.ts';
import { PRIORITIES, type Priority } from '../rate-limit/limits.ts';
import type { Clock } from '../runtime/clock.ts';
import { OwnError } from '../runtime/describe-error.ts';
import { pendingFetchKey } from './control-keys.ts';
import { applied, getItem, type StoreTable } from './dynamodb.ts';
import { TABLE_KEYS } from './keys.ts';

/** A fetch of an order or a product that is bound to happen, because a message for it waits in the queue. */
const pendingItem = lazily(() =>
  z.object({
    /** Correlation id of the message that waits. */
    owner: z.string(),
    /** Epoch ms before which it does not fetch. */
    scheduledAt: z.number(),
    /** Epoch ms of the newest event that counts on it. */
    staleSince: z.number(),
    priority: z.enum(PRIORITIES),
  }),
);
export type PendingFetch = z.infer<ReturnType<typeof pendingItem>>;

/** No event counts on a fetch that may begin this soon: the gate is up to 2 s early, and clocks of instances differ (ms). */
export const TOO_SOON_MS = 3500;
const MAX_CONFLICTS = 8;
const KEEP_SECONDS = 24 * 3600;

/**
 * Lets events of one order or product share a fetch that is still to come, so that a busy one is fetched once and not once
 * for each of its events. A coalesced event may be forgotten: the message that owns the fetch is in the queue, and finds the
 * event's time here when it fetches.
 */
export interface PendingFetches {
  get(subject: Subject): Promise<PendingFetch | undefined>;
  /**
   * True when the event, received at `receivedAt`, will be served by somebody else's pending fetch. Never by its own, nor
   * by one that is served after its priority.
   *
   * @param event `me`: correlation id of the event's message
   * @param found the pending fetch as it was read a moment ago: nothing is joined that changed since
   */
  coalesce(
    subject: Subject,
    event: { me: string; receivedAt: EpochMs; priority: Priority },
    found: PendingFetch | undefined,
  ): Promise<boolean>;
  /**
   * Writes down a fetch before its message is sent. A more urgent one that is still to come stays, and only learns of the
   * newer event.
   *
   * @param fetch `me`: correlation id of the message that fetches
   * @param known the pending fetch as it was read a moment ago: where it changed since, it is read again
   */
  schedule(
    subject: Subject,
    fetch: Omit<PendingFetch, 'owner'> & { me: string },
    known?: { found: PendingFetch | undefined },
  ): Promise<void>;
}

/** True when `priority` is served before `other`, or beside it. */
const servedNoLaterThan = (priority: Priority, other: Priority): boolean =>
  PRIORITIES.indexOf(priority) <= PRIORITIES.indexOf(other);

export function createPendingFetches(options: StoreTable & { clock: Pick<Clock, 'now'> }): PendingFetches {
  const { client, table: TableName, clock } = options;
  const keyOf = (subject: Subject) => pendingFetchKey(options, subject);
  const get: PendingFetches['get'] = (subject) => getItem(client, TableName, keyOf(subject), pendingItem);

  // Others count on the time of the pending one: a bulk fetch that comes after them must not replace it.
  const foremost = (pending: PendingFetch | undefined, mine: PendingFetch): PendingFetch =>
    pending === undefined ||
    pending.scheduledAt <= clock.now() ||
    servedNoLaterThan(mine.priority, pending.priority)
      ? mine
      : pending;

  return {
    get,
    async coalesce(subject, { me, receivedAt, priority }, pending) {
      const soon = clock.now() + TOO_SOON_MS;
      if (pending === undefined || pending.owner === me || pending.scheduledAt <= soon) return false;
      if (!servedNoLaterThan(pending.priority, priority)) return false;
      return applied(
        client.send(
          new UpdateCommand({
            TableName,
            Key: keyOf(subject),
            UpdateExpression: 'SET staleSince = :staleSince',
            ConditionExpression: '#owner = :owner AND scheduledAt > :soon AND staleSince = :seen',
            ExpressionAttributeNames: { '#owner': 'owner' },
            ExpressionAttributeValues: {
              ':staleSince': Math.max(pending.staleSince, receivedAt),
              ':owner': pending.owner,
              ':soon': soon,
              ':seen': pending.staleSince,
            },
          }),
        ),
      );
    },
    async schedule(subject, { me, ...fetch }, known) {
      const mine = { ...fetch, owner: me };
      for (let tries = 0; tries < MAX_CONFLICTS; tries += 1) {
        const pending = known !== undefined && tries === 0 ? known.found : await get(subject);
        const { owner, scheduledAt, priority } = foremost(pending, mine);
        const update = new UpdateCommand({
          TableName,
          Key: keyOf(subject),
          UpdateExpression:
            'SET #owner = :owner, scheduledAt = :scheduledAt, priority = :priority, staleSince = :staleSince, #expiry = :expiry',
          // An event that is coalesced between the read and the write must not be forgotten.
          ConditionExpression: pending === undefined ? 'attribute_not_exists(pk)' : 'staleSince = :seen',
          ExpressionAttributeNames: { '#owner': 'owner', '#expiry': TABLE_KEYS.expiry },
          ExpressionAttributeValues: {
            ':owner': owner,
            ':scheduledAt': scheduledAt,
            ':priority': priority,
            ':staleSince': Math.max(mine.staleSince, pending?.staleSince ?? 0),
            ':expiry': Math.ceil(scheduledAt / 1000) + KEEP_SECONDS,
            ...(pending === undefined ? {} : { ':seen': pending.staleSince }),
          },
        });
        if (await applied(client.send(update))) return;
      }
      throw new OwnError(
        `${subject.resource} ${subject.id}: its pending fetch could not be written, ${MAX_CONFLICTS} write conflicts`,
      );
    },
  };
}
