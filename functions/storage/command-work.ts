import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { CommandSubject } from '../domain/command-subject.ts';
import type { PlatformName } from '../domain/order.ts';
import { type EpochMs, isoTime } from '../domain/time.ts';
import { type CommandWork, commandWork, numberOfCommandSk, subjectOfPk } from './command-keys.ts';
import { WORK_INDEX } from './keys.ts';

/** An order that has commands under way, or one command of it. */
export interface WorkPlace {
  readonly key: CommandSubject;
  /** The command's number, where the place is of one command. */
  readonly n?: number;
  /** Since when: the time from which the work is due, or at which the command came to wait (epoch ms). */
  readonly at: EpochMs;
}

/** The end of the year 9999: later times are no ISO text of four digits. */
const END_OF_TIME = 253_402_300_799_999;

const place = z.object({ pk: z.string(), sk: z.string(), [WORK_INDEX.sort]: z.string() });

/** Which of them: those that were due, or came to wait, from one time on or before another (epoch ms). */
export interface WorkRange {
  readonly from?: EpochMs | undefined;
  readonly before?: EpochMs | undefined;
  readonly limit: number;
}

/**
 * What the index of unfinished work holds of a platform's commands, what has waited longest first. The index follows the
 * table within a moment.
 */
export async function commandsAtWork(
  { client, table }: { client: DynamoDBDocumentClient; table: string },
  platform: PlatformName,
  work: CommandWork,
  { from = 0, before = END_OF_TIME, limit }: WorkRange,
): Promise<WorkPlace[]> {
  const places: WorkPlace[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: WORK_INDEX.name,
        KeyConditionExpression: `${WORK_INDEX.partition} = :kind AND ${WORK_INDEX.sort} BETWEEN :from AND :to`,
        ExpressionAttributeValues: {
          ':kind': commandWork(platform, work),
          ':from': isoTime(from),
          ':to': isoTime(before - 1),
        },
        Limit: limit - places.length,
        ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
      }),
    );
    for (const item of page.Items ?? []) {
      const { pk, sk, workAt } = place.parse(item);
      const n = numberOfCommandSk(sk);
      places.push({ key: subjectOfPk(pk), at: Date.parse(workAt), ...(n === undefined ? {} : { n }) });
    }
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined && places.length < limit);
  return places;
}
