import {
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { COMMAND_STATES, COMMANDS, isFinal } from '../domain/command.ts';
import { isoTime, type OrderKey } from '../domain/order-row.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Clock } from '../runtime/clock.ts';
import { OwnError } from '../runtime/describe-error.ts';
import {
  COMMAND_PREFIX,
  commandIdKey,
  commandIdPk,
  commandKey,
  commandsHeadKey,
  commandWork,
} from './command-keys.ts';
import { applied, getItem, inPartition, queryAll } from './dynamodb.ts';
import { keyOfPk, orderPk, WORK_INDEX } from './keys.ts';

const time = z.number().int();

/** One command and where it stands. Times are epoch ms. */
export const commandSchema = z.object({
  /** Its place among the order's commands, from 1. */
  n: z.number().int().min(1),
  client: z.string(),
  /** The client's own id of it. */
  id: z.string(),
  command: z.enum(COMMANDS),
  input: z.record(z.string(), z.unknown()),
  /** Of the canonical JSON of what the client sent. */
  sha256: z.string(),
  state: z.enum(COMMAND_STATES),
  acceptedAt: time,
  updatedAt: time,
  /** Nobody calls the platform for it from here on. */
  giveUpAt: time,
  /** Nobody looks at it before. */
  dueAt: time.optional(),
  /** Of whoever wrote it last. */
  fence: z.number().int(),
  /** Calls that were begun to bring the effect about. */
  tries: z.number().int(),
  /** Calls in a row that failed and are made again. */
  failures: z.number().int(),
  /** When the call began whose effect was not seen yet. */
  calledAt: time.optional(),
  /** What that call was for, as the platform's table names it: a command may take several. */
  step: z.string().optional(),
  /** The platform answered that call with a success. */
  answered: z.literal(true).optional(),
  /** The effect was there before we made a call. */
  already: z.literal(true).optional(),
  /** Whether the platform showed the effect afterwards; of commands that are done. */
  seen: z.boolean().optional(),
  /** What could not be seen of the effect. */
  unconfirmed: z.array(z.string()).optional(),
  /** Why it did not come about, or what nobody knows; for people. */
  reason: z.string().optional(),
  /** What the platform said in its own words, which may quote what was sent to it. */
  platformSays: z.string().optional(),
  /** Counts the events that tell of it. */
  eventCount: z.number().int(),
  correlationId: z.string(),
});
export type Command = z.infer<typeof commandSchema>;

const idItem = z.object({ order: z.string(), n: z.number().int() });
const headItem = z.object({
  next: z.number().int().default(1),
  fence: z.number().int().default(0),
  changes: z.number().int().default(0),
});

/** A command before it has its place. */
export type NewCommand = Pick<
  Command,
  'client' | 'id' | 'command' | 'input' | 'sha256' | 'giveUpAt' | 'correlationId'
>;

/** A command with the order that it is for. */
export interface Found {
  readonly key: OrderKey;
  readonly command: Command;
}

/** The right to run an order's commands, until it is released or its time is over. */
export interface CommandLease {
  readonly key: OrderKey;
  /** Rises with each lease of the order: a write of an earlier one is refused. */
  readonly fence: number;
  /** Rises with whatever gives the order work: a command that comes, or a person's decision. */
  readonly changes: number;
}

/** Keeps the commands for orders. Everything that is wanted stands here; a message only says where to look. */
export interface CommandStore {
  /**
   * Keeps a command behind all others of its order, and says that there is work. The same id again answers what is known
   * of it, whatever it is now.
   */
  accept(key: OrderKey, command: NewCommand): Promise<{ command: Command; known: boolean }>;
  /** A client's command. */
  find(client: string, id: string): Promise<Found | undefined>;
  /** Ids of a client's commands, in the order of the ids. */
  ids(client: string, after: string | undefined, limit: number): Promise<string[]>;
  /** Every command of an order, the first one first. */
  ofOrder(key: OrderKey): Promise<Command[]>;
  /** Undefined while somebody else runs the order's commands. */
  lease(key: OrderKey, owner: string, ms: number): Promise<CommandLease | undefined>;
  /** False when the lease is another's by now: nothing was written, and nothing more may be done. */
  write(lease: CommandLease, command: Command): Promise<boolean>;
  /**
   * Gives the lease back and says when there is work again; never, when absent.
   *
   * @returns a lease: work came meanwhile, and the lease is still ours; undefined when it is another's
   */
  release(lease: CommandLease, dueAt: EpochMs | undefined): Promise<'released' | CommandLease | undefined>;
  /** A person decided about a command that waits for one. False when it does no longer. */
  resolve(found: Found, command: Command): Promise<boolean>;
}

/** Instances' clocks differ by up to this many ms. */
const CLOCK_SKEW_MS = 1000;
/** Commands of one order at the same moment are few; who loses so often has found a mistake of ours. */
const MAX_CONFLICTS = 16;

export function createCommandStore(options: {
  client: DynamoDBDocumentClient;
  table: string;
  clock: Pick<Clock, 'now'>;
}): CommandStore {
  const { client: dynamo, table: TableName, clock } = options;
  const headOf = async (key: OrderKey) =>
    (await getItem(dynamo, TableName, commandsHeadKey(key), headItem)) ?? headItem.parse({});

  const find: CommandStore['find'] = async (client, id) => {
    const named = await getItem(dynamo, TableName, commandIdKey(client, id), idItem);
    if (named === undefined) return undefined;
    const key = keyOfPk(named.order);
    const command = await getItem(dynamo, TableName, commandKey(key, named.n), commandSchema);
    if (command === undefined)
      throw new OwnError(`${named.order}: command ${named.n} is named and not there`);
    return { key, command };
  };

  const putAt = (key: OrderKey, made: Command): Promise<boolean> =>
    transacted(
      dynamo.send(
        new TransactWriteCommand({
          TransactItems: [
            {
              Update: {
                TableName,
                Key: commandsHeadKey(key),
                UpdateExpression: `SET #next = :after, ${WORK_INDEX.partition} = :work, ${WORK_INDEX.sort} = :now ADD changes :one`,
                ConditionExpression: made.n === 1 ? 'attribute_not_exists(#next)' : '#next = :n',
                ExpressionAttributeNames: { '#next': 'next' },
                ExpressionAttributeValues: {
                  ':after': made.n + 1,
                  ':one': 1,
                  ':work': commandWork(key.platform),
                  ':now': isoTime(made.acceptedAt),
                  ...(made.n === 1 ? {} : { ':n': made.n }),
                },
              },
            },
            { Put: { TableName, Item: { ...commandKey(key, made.n), ...made } } },
            {
              Put: {
                TableName,
                Item: { ...commandIdKey(made.client, made.id), order: orderPk(key), n: made.n },
                ConditionExpression: 'attribute_not_exists(pk)',
              },
            },
          ],
        }),
      ),
    );

  return {
    find,
    async accept(key, wanted) {
      for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
        const known = await find(wanted.client, wanted.id);
        if (known !== undefined) return { command: known.command, known: true };
        const now = clock.now();
        const { next } = await headOf(key);
        const command: Command = {
          ...wanted,
          n: next,
          state: 'accepted',
          acceptedAt: now,
          updatedAt: now,
          fence: 0,
          tries: 0,
          failures: 0,
          eventCount: 0,
        };
        if (await putAt(key, command)) return { command, known: false };
      }
      throw new OwnError(
        `${orderPk(key)}: a command met ${MAX_CONFLICTS} others; correlation id ${wanted.correlationId}`,
      );
    },
    async ids(client, after, limit) {
      const { Items = [] } = await dynamo.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: after === undefined ? 'pk = :pk' : 'pk = :pk AND sk > :after',
          ExpressionAttributeValues: { ':pk': commandIdPk(client), ...(after && { ':after': after }) },
          Limit: limit,
        }),
      );
      return Items.map((item) => z.object({ sk: z.string() }).parse(item).sk);
    },
    ofOrder: (key) => queryAll(dynamo, inPartition(TableName, orderPk(key), COMMAND_PREFIX), commandSchema),
    async lease(key, owner, ms) {
      const now = clock.now();
      try {
        const { Attributes } = await dynamo.send(
          new UpdateCommand({
            TableName,
            Key: commandsHeadKey(key),
            UpdateExpression: 'SET holder = :owner, heldUntil = :until ADD fence :one',
            ConditionExpression:
              'attribute_exists(pk) AND (attribute_not_exists(heldUntil) OR heldUntil < :now)',
            ExpressionAttributeValues: {
              ':owner': owner,
              ':until': now + ms,
              ':now': now - CLOCK_SKEW_MS,
              ':one': 1,
            },
            ReturnValues: 'ALL_NEW',
          }),
        );
        return { key, ...headItem.parse(Attributes) };
      } catch (error) {
        if (isRefused(error)) return undefined;
        throw error;
      }
    },
    write: ({ key, fence }, command) =>
      applied(
        dynamo.send(
          new PutCommand({
            TableName,
            Item: { ...commandKey(key, command.n), ...command, fence },
            ConditionExpression: 'fence <= :fence',
            ExpressionAttributeValues: { ':fence': fence },
          }),
        ),
      ),
    async release({ key, fence, changes }, dueAt) {
      const set = `SET ${WORK_INDEX.partition} = :work, ${WORK_INDEX.sort} = :due REMOVE holder, heldUntil`;
      const clear = `REMOVE holder, heldUntil, ${WORK_INDEX.partition}, ${WORK_INDEX.sort}`;
      const released = await applied(
        dynamo.send(
          new UpdateCommand({
            TableName,
            Key: commandsHeadKey(key),
            UpdateExpression: dueAt === undefined ? clear : set,
            ConditionExpression: 'fence = :fence AND changes = :changes',
            ExpressionAttributeValues: {
              ':fence': fence,
              ':changes': changes,
              ...(dueAt === undefined ? {} : { ':work': commandWork(key.platform), ':due': isoTime(dueAt) }),
            },
          }),
        ),
      );
      if (released) return 'released';
      const head = await headOf(key);
      return head.fence === fence ? { key, ...head } : undefined;
    },
    async resolve({ key, command: before }, command) {
      const Key = commandKey(key, before.n);
      return transacted(
        dynamo.send(
          new TransactWriteCommand({
            TransactItems: [
              {
                Put: {
                  TableName,
                  Item: { ...Key, ...command },
                  ConditionExpression: '#state = :state AND fence = :fence',
                  ExpressionAttributeNames: { '#state': 'state' },
                  ExpressionAttributeValues: { ':state': before.state, ':fence': before.fence },
                },
              },
              {
                // What waited behind it may go on.
                Update: {
                  TableName,
                  Key: commandsHeadKey(key),
                  UpdateExpression: `SET ${WORK_INDEX.partition} = :work, ${WORK_INDEX.sort} = :now ADD changes :one`,
                  ExpressionAttributeValues: {
                    ':one': 1,
                    ':work': commandWork(key.platform),
                    ':now': isoTime(clock.now()),
                  },
                },
              },
            ],
          }),
        ),
      );
    },
  };
}

/** Commands of an order that nobody is through with, the first one first. */
export const unfinished = (commands: readonly Command[]): Command[] =>
  commands.filter(({ state }) => !isFinal(state));

const isRefused = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException';

const cancelled = z.object({
  name: z.literal('TransactionCanceledException'),
  CancellationReasons: z.array(z.object({ Code: z.string().optional() })),
});
const LOST: ReadonlySet<string> = new Set(['None', 'ConditionalCheckFailed', 'TransactionConflict']);

/** Waits for a transaction. False when another writer was quicker; every other error is thrown. */
async function transacted(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    const read = cancelled.safeParse(error);
    if (read.success && read.data.CancellationReasons.every(({ Code = 'None' }) => LOST.has(Code)))
      return false;
    throw error;
  }
}
