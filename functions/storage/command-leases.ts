import { type DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type CommandSubject, isOrder } from '../domain/command-subject.ts';
import { lazily } from '../domain/lazily.ts';
import { type EpochMs, isoTime } from '../domain/time.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Command, itemOf } from './command-item.ts';
import { commandsHeadKey, commandWork } from './command-keys.ts';
import { applied, getItem, unlessRefused } from './dynamodb.ts';
import { WORK_INDEX } from './keys.ts';

/** The right to run an order's commands, until it is released or its time is over. */
export interface CommandLease {
  readonly key: CommandSubject;
  readonly owner: string;
  /** Rises with each lease of the order: a write of an earlier one is refused. */
  readonly fence: number;
  /** Rises with whatever gives the order work: a command that comes, or a person's decision. */
  readonly changes: number;
  /** Of what the merchant's system has: no command before this number is under way or in doubt. */
  readonly firstOpen: number;
}

/** Lets one run at a time at an order's commands, and only that one write them. */
export interface CommandLeases {
  /** Undefined while somebody else runs the order's commands, and where the order has none. */
  take(key: CommandSubject, owner: string, ms: number): Promise<CommandLease | undefined>;
  /**
   * False when the lease is another's by now, or the command was erased meanwhile: nothing was written, and nothing more
   * may be done under this lease.
   */
  write(lease: CommandLease, command: Command): Promise<boolean>;
  /**
   * Gives the lease back, with what is known now of `firstOpen`, and says when there is work again; never, when absent.
   *
   * @returns a lease: work came meanwhile, and the lease is still ours; undefined when it is another's
   */
  release(lease: CommandLease, dueAt: EpochMs | undefined): Promise<'released' | CommandLease | undefined>;
}

const headItem = lazily(() =>
  z.object({
    holder: z.string().optional(),
    fence: z.int().default(0),
    changes: z.int().default(0),
    firstOpen: z.int().default(1),
  }),
);

/** Instances' clocks differ by up to this many ms. */
const CLOCK_SKEW_MS = 1000;

export function createCommandLeases(options: {
  client: DynamoDBDocumentClient;
  table: string;
  clock: Pick<Clock, 'now'>;
}): CommandLeases {
  const { client: dynamo, table: TableName, clock } = options;
  return {
    async take(key, owner, ms) {
      const now = clock.now();
      const taken = await unlessRefused(
        dynamo.send(
          new UpdateCommand({
            TableName,
            Key: commandsHeadKey(key),
            UpdateExpression: 'SET holder = :owner, heldUntil = :until ADD fence :one',
            ConditionExpression:
              // Its own holder asks again when the first answer was lost on its way.
              'attribute_exists(pk) AND (attribute_not_exists(heldUntil) OR heldUntil < :over OR holder = :owner)',
            ExpressionAttributeValues: {
              ':owner': owner,
              ':until': now + ms,
              ':over': now - CLOCK_SKEW_MS,
              ':one': 1,
            },
            ReturnValues: 'ALL_NEW',
          }),
        ),
      );
      return taken === undefined ? undefined : { key, owner, ...headItem().parse(taken.Attributes) };
    },
    write: ({ key, fence }, command) =>
      applied(
        dynamo.send(
          new PutCommand({
            TableName,
            Item: itemOf(key, { ...command, fence }),
            // What was erased meanwhile does not come back.
            ConditionExpression: `fence <= :fence${command.erased ? '' : ' AND attribute_not_exists(erased)'}`,
            ExpressionAttributeValues: { ':fence': fence },
          }),
        ),
      ),
    async release({ key, owner, fence, changes, firstOpen }, dueAt) {
      const work = `${WORK_INDEX.partition} = :work, ${WORK_INDEX.sort} = :due`;
      // A person may have a command of an order given once more.
      const open = isOrder(key) ? undefined : firstOpen;
      const set = [
        ...(dueAt === undefined ? [] : [work]),
        ...(open === undefined ? [] : ['firstOpen = :open']),
      ];
      const remove = dueAt === undefined ? `, ${WORK_INDEX.partition}, ${WORK_INDEX.sort}` : '';
      const released = await applied(
        dynamo.send(
          new UpdateCommand({
            TableName,
            Key: commandsHeadKey(key),
            UpdateExpression: `${set.length === 0 ? '' : `SET ${set.join(', ')} `}REMOVE holder, heldUntil${remove}`,
            ConditionExpression: 'fence = :fence AND changes = :changes',
            ExpressionAttributeValues: {
              ':fence': fence,
              ':changes': changes,
              ...(open === undefined ? {} : { ':open': open }),
              ...(dueAt === undefined
                ? {}
                : { ':work': commandWork(key.platform, 'under-way'), ':due': isoTime(dueAt) }),
            },
          }),
        ),
      );
      if (released) return 'released';
      const head = await getItem(dynamo, TableName, commandsHeadKey(key), headItem);
      return head?.fence === fence && head.holder === owner ? { key, owner, ...head } : undefined;
    },
  };
}
