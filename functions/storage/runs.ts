import * as z from 'zod';
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../runtime/clock.ts';
import { applied, getItem, type StoreTable } from './dynamodb.ts';
import { type LeaseName, leaseKey, pollBackoffKey } from './keys.ts';

/** Keeps two runs of one job from overlapping, across all instances. */
export interface Lease {
  /** True when `owner` holds the lease from now for `ms`; false while somebody else's is not over. */
  acquire(owner: string, ms: number): Promise<boolean>;
  /** Gives the lease back early; does nothing when `owner` no longer holds it. */
  release(owner: string): Promise<void>;
}

/** Instances' clocks differ by up to this many ms; a lease counts as over only when it is over on every one of them. */
const CLOCK_SKEW_MS = 1000;

export function createLease(options: {
  client: DynamoDBDocumentClient;
  table: string;
  name: LeaseName;
  clock: Pick<Clock, 'now'>;
}): Lease {
  const { client, table: TableName, clock } = options;
  const Key = leaseKey(options.name);
  return {
    acquire: (owner, ms) =>
      applied(
        client.send(
          new PutCommand({
            TableName,
            Item: { ...Key, holder: owner, heldUntil: clock.now() + ms },
            ConditionExpression: 'attribute_not_exists(pk) OR heldUntil < :now OR holder = :owner',
            ExpressionAttributeValues: { ':now': clock.now() - CLOCK_SKEW_MS, ':owner': owner },
          }),
        ),
      ),
    release: async (owner) => {
      await applied(
        client.send(
          new DeleteCommand({
            TableName,
            Key,
            ConditionExpression: 'holder = :owner',
            ExpressionAttributeValues: { ':owner': owner },
          }),
        ),
      );
    },
  };
}

/** From one minute to a quarter of an hour, doubling with each failed run in a row. */
const FIRST_MS = 60_000;
const LONGEST_MS = 15 * 60_000;

const backoffItem = z.object({ failures: z.number().int(), notBefore: z.number() });

/** Keeps a failing platform from being polled at full pace, across runs. */
export interface PollBackoff {
  /** True while the last failure is too recent to try again. */
  waiting(): Promise<boolean>;
  failed(): Promise<void>;
  succeeded(): Promise<void>;
}

export function createPollBackoff(options: StoreTable & { clock: Pick<Clock, 'now'> }): PollBackoff {
  const { client, table: TableName, clock } = options;
  const Key = pollBackoffKey(options);
  let failures = 0;
  return {
    async waiting() {
      const state = await getItem(client, TableName, Key, backoffItem);
      failures = state?.failures ?? 0;
      return state !== undefined && clock.now() < state.notBefore;
    },
    async failed() {
      const backoff = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
      const Item = { ...Key, failures: failures + 1, notBefore: clock.now() + backoff };
      await client.send(new PutCommand({ TableName, Item }));
    },
    async succeeded() {
      if (failures > 0) await client.send(new DeleteCommand({ TableName, Key }));
      failures = 0;
    },
  };
}
