import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { PlatformName } from '../domain/order.ts';
import { isoTime, type OrderKey } from '../domain/order-row.ts';
import type { EpochMs } from '../domain/time.ts';
import { type CommandWork, commandWork, numberOfCommandSk } from './command-keys.ts';
import { keyOfPk, WORK_INDEX } from './keys.ts';

/** An order that has commands under way, or one command of it. */
export interface WorkPlace {
  readonly key: OrderKey;
  /** The command's number, where the place is of one command. */
  readonly n?: number;
  /** Since when: the time from which the work is due, or at which the command came to wait (epoch ms). */
  readonly at: EpochMs;
}

const place = z.object({ pk: z.string(), sk: z.string(), [WORK_INDEX.sort]: z.string() });

/**
 * What the index of unfinished work holds of a platform's commands, what has waited longest first. The index follows the
 * table within a moment.
 *
 * @param before only what was due, or came to wait, before (epoch ms)
 */
export async function commandsAtWork(
  { client, table }: { client: DynamoDBDocumentClient; table: string },
  platform: PlatformName,
  work: CommandWork,
  { before, limit }: { before?: EpochMs; limit: number },
): Promise<WorkPlace[]> {
  const places: WorkPlace[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: WORK_INDEX.name,
        KeyConditionExpression: `${WORK_INDEX.partition} = :kind${before === undefined ? '' : ` AND ${WORK_INDEX.sort} < :before`}`,
        ExpressionAttributeValues: {
          ':kind': commandWork(platform, work),
          ...(before === undefined ? {} : { ':before': isoTime(before) }),
        },
        Limit: limit - places.length,
        ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
      }),
    );
    for (const item of page.Items ?? []) {
      const { pk, sk, workAt } = place.parse(item);
      const n = numberOfCommandSk(sk);
      places.push({ key: keyOfPk(pk), at: Date.parse(workAt), ...(n === undefined ? {} : { n }) });
    }
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined && places.length < limit);
  return places;
}
