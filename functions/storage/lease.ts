import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../runtime/clock.ts';
import { applied } from './dynamodb.ts';
import { type LeaseName, leaseKey } from './keys.ts';

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
