import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { isAcknowledged } from '../domain/acknowledge-term.ts';
import {
  type Acknowledgement,
  acknowledgedNow,
  acknowledgement,
  type SaidToHave,
} from '../domain/acknowledgement.ts';
import { lazily } from '../domain/lazily.ts';
import type { OrderKey } from '../domain/order-row.ts';
import { type EpochMs, isoTime } from '../domain/time.ts';
import type { Clock } from '../runtime/clock.ts';
import { applied, getItem } from './dynamodb.ts';
import { orderRowKey, WORK, WORK_INDEX } from './keys.ts';

/** What came of an acknowledgement. `contended`: other writers of the row kept being quicker. */
export type Acknowledged =
  | { outcome: 'acknowledged'; acknowledgement: Acknowledgement; currentVersion: number }
  | { outcome: 'ahead'; currentVersion: number }
  | { outcome: 'unknown' }
  | { outcome: 'contended' };

/** Remembers on the row of an order that the merchant's system has it. */
export interface Acknowledgements {
  /**
   * Each client has one for each order. One of an older version or an older booking than the client told before changes nothing,
   * because answers may overtake each other; one of a version that the order has not reached is refused.
   */
  acknowledge(key: OrderKey, client: string, said: SaidToHave): Promise<Acknowledged>;
}

const seen = lazily(() =>
  z.object({
    version: z.int(),
    revision: z.int(),
    acknowledgements: z.record(z.string(), acknowledgement()).optional(),
    acknowledgeClient: z.string().optional(),
    state: z.string(),
  }),
);

/** Writers of one order are few; more conflicts in a row than this mean that something else is wrong. */
const MAX_CONFLICTS = 8;

export function createAcknowledgements(options: {
  client: DynamoDBDocumentClient;
  table: string;
  clock: Pick<Clock, 'now'>;
}): Acknowledgements {
  const { client, table: TableName, clock } = options;
  return {
    async acknowledge(key, who, said) {
      const Key = orderRowKey(key);
      for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
        const row = await getItem(client, TableName, Key, seen);
        if (row === undefined || row.state === 'removed') return { outcome: 'unknown' };
        const { version: currentVersion, revision, acknowledgements = {} } = row;
        if (said.version > currentVersion) return { outcome: 'ahead', currentVersion };
        const before = acknowledgements[who];
        const news = acknowledgedNow(before, said);
        if (before !== undefined && news === undefined)
          return { outcome: 'acknowledged', acknowledgement: before, currentVersion };
        const acknowledgement = { ...(news ?? said), at: isoTime(clock.now()) };
        const all = { ...acknowledgements, [who]: acknowledgement };
        // Another system's is not the one that somebody waits for.
        const ends = isAcknowledged({ ...row, acknowledgements: all });
        const done = await applied(
          client.send(
            new UpdateCommand({
              TableName,
              Key,
              UpdateExpression: `SET acknowledgements = :all, revision = :next${ends ? ` REMOVE ${WORK_INDEX.partition}, ${WORK_INDEX.sort}` : ''}`,
              ConditionExpression: 'revision = :expected',
              ExpressionAttributeValues: {
                ':all': all,
                ':next': revision + 1,
                ':expected': revision,
              },
            }),
          ),
        );
        if (done) return { outcome: 'acknowledged', acknowledgement, currentVersion };
      }
      return { outcome: 'contended' };
    },
  };
}

/**
 * How many orders should have been acknowledged by now and were not. The index follows the table within a moment.
 *
 * @param most more are not counted
 */
export async function countUnacknowledged(
  client: DynamoDBDocumentClient,
  table: string,
  now: EpochMs,
  most = Number.POSITIVE_INFINITY,
): Promise<number> {
  let count = 0;
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: WORK_INDEX.name,
        KeyConditionExpression: `${WORK_INDEX.partition} = :kind AND ${WORK_INDEX.sort} < :now`,
        ExpressionAttributeValues: { ':kind': WORK.acknowledge, ':now': isoTime(now) },
        Select: 'COUNT',
        ...(most === Number.POSITIVE_INFINITY ? {} : { Limit: most - count }),
        ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
      }),
    );
    count += page.Count ?? 0;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined && count < most);
  return count;
}
