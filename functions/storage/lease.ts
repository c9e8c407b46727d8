import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../runtime/clock.ts';

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
  name: string;
  clock: Clock;
}): Lease {
  const { client, table, name, clock } = options;
  const key = { pk: `lease#${name}`, sk: 'lease' };
  const unlessRefused = async (work: Promise<unknown>): Promise<boolean> => {
    try {
      await work;
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };
  return {
    acquire: (owner, ms) =>
      unlessRefused(
        client.send(
          new PutCommand({
            TableName: table,
            Item: { ...key, holder: owner, heldUntil: clock.now() + ms },
            ConditionExpression: 'attribute_not_exists(pk) OR heldUntil < :now OR holder = :owner',
            ExpressionAttributeValues: { ':now': clock.now() - CLOCK_SKEW_MS, ':owner': owner },
          }),
        ),
      ),
    release: async (owner) => {
      await unlessRefused(
        client.send(
          new DeleteCommand({
            TableName: table,
            Key: key,
            ConditionExpression: 'holder = :owner',
            ExpressionAttributeValues: { ':owner': owner },
          }),
        ),
      );
    },
  };
}
