import {
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { CommandSubject, ErpSubject } from '../domain/command-subject.ts';
import { lazily } from '../domain/lazily.ts';
import { isoTime } from '../domain/time.ts';
import type { Clock } from '../runtime/clock.ts';
import { OwnError } from '../runtime/describe-error.ts';
import { type Command, commandSchema, expiryOf, type Found, itemOf, withoutPerson } from './command-item.ts';
import {
  COMMAND_END,
  commandIdKey,
  commandIdPk,
  commandKey,
  commandsHeadKey,
  commandWork,
  subjectOfPk,
  subjectPk,
} from './command-keys.ts';
import { applied, getItem, queryAll, transacted } from './dynamodb.ts';
import { type ItemKey, WORK_INDEX } from './keys.ts';

/** A command before it has its place. */
export type NewCommand = Pick<
  Command,
  'client' | 'id' | 'command' | 'input' | 'sha256' | 'giveUpAt' | 'correlationId'
>;

/** Keeps the commands for orders. Everything that is wanted stands here; a message only says where to look. */
export interface CommandStore {
  /**
   * Keeps a command behind all others of its order, and says that there is work. The same id again answers what is known
   * of it, whatever it is now.
   */
  accept(key: CommandSubject, command: NewCommand): Promise<Found & { known: boolean }>;
  /** A client's command. */
  find(client: string, id: string): Promise<Found | undefined>;
  /** A client's commands, in the order of their ids, behind the one that is named. */
  list(client: string, after: string | undefined, limit: number): Promise<Found[]>;
  /** Every command of an order, the first one first. @param from without those before this number */
  ofOrder(key: CommandSubject, from?: number): Promise<Command[]>;
  /** The last command of what the merchant's system has, and those before it that may not be through, the first one first. */
  latest(key: ErpSubject): Promise<Command[]>;
  /** One command of an order, by its number. */
  get(key: CommandSubject, n: number): Promise<Command | undefined>;
  /**
   * A person decided about a command, which has no lease while it waits for one. Its order has work again. False when it
   * is not as it was found any more.
   */
  resolve(found: Found, command: Command): Promise<boolean>;
  /** Erases what may tell of a person from an order's commands. Doing it again is harmless. */
  erase(key: CommandSubject): Promise<void>;
}

const idItem = lazily(() => z.object({ sk: z.string(), order: z.string(), n: z.int() }));
const nextItem = lazily(() => z.object({ next: z.int().default(1), firstOpen: z.int().default(1) }));

/** Of writers at the same moment one is through each time; more than the route takes at once have found a mistake of ours. */
const MAX_CONFLICTS = 48;

export function createCommandStore(options: {
  client: DynamoDBDocumentClient;
  table: string;
  clock: Pick<Clock, 'now'>;
}): CommandStore {
  const { client: dynamo, table: TableName, clock } = options;

  const get: CommandStore['get'] = (key, n) => getItem(dynamo, TableName, commandKey(key, n), commandSchema);
  const ofOrder: CommandStore['ofOrder'] = (key, from = 1) =>
    queryAll(dynamo, commandsFrom(TableName, commandKey(key, from)), commandSchema());
  const headOf = (key: CommandSubject) => getItem(dynamo, TableName, commandsHeadKey(key), nextItem);

  async function foundBy({ order, n }: z.infer<ReturnType<typeof idItem>>): Promise<Found> {
    const key = subjectOfPk(order);
    const command = await get(key, n);
    if (command === undefined) throw new OwnError(`${order}: command ${n} is named and not there`);
    return { key, command };
  }
  async function find(client: string, id: string): Promise<Found | undefined> {
    const named = await getItem(dynamo, TableName, commandIdKey(client, id), idItem);
    return named === undefined ? undefined : foundBy(named);
  }

  /** What gives an order work: whoever gives its lease back sees that `changes` is not what it was. */
  const workOf = (key: CommandSubject, now: number) => ({
    set: `${WORK_INDEX.partition} = :work, ${WORK_INDEX.sort} = :now`,
    values: { ':one': 1, ':work': commandWork(key.platform, 'under-way'), ':now': isoTime(now) },
  });

  function putAt(key: CommandSubject, made: Command): Promise<boolean> {
    const { set, values } = workOf(key, made.acceptedAt);
    return transacted(
      dynamo.send(
        new TransactWriteCommand({
          TransactItems: [
            {
              Update: {
                TableName,
                Key: commandsHeadKey(key),
                UpdateExpression: `SET #next = :after, ${set} ADD changes :one`,
                ConditionExpression: made.n === 1 ? 'attribute_not_exists(#next)' : '#next = :n',
                ExpressionAttributeNames: { '#next': 'next' },
                ExpressionAttributeValues: {
                  ...values,
                  ':after': made.n + 1,
                  ...(made.n === 1 ? {} : { ':n': made.n }),
                },
              },
            },
            { Update: { TableName, ...created(itemOf(key, made)) } },
            {
              Update: {
                TableName,
                ...created({
                  ...commandIdKey(made.client, made.id),
                  order: subjectPk(key),
                  n: made.n,
                  ...expiryOf(made, 'id', made.acceptedAt),
                }),
              },
            },
          ],
        }),
      ),
    );
  }

  return {
    find,
    get,
    ofOrder,
    async latest(key) {
      const { next, firstOpen } = (await headOf(key)) ?? { next: 1, firstOpen: 1 };
      return ofOrder(key, Math.max(1, Math.min(firstOpen, next - 1)));
    },
    async accept(key, wanted) {
      for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
        const known = await find(wanted.client, wanted.id);
        if (known !== undefined) return { ...known, known: true };
        const head = await headOf(key);
        const now = clock.now();
        const command: Command = {
          ...wanted,
          n: head?.next ?? 1,
          state: 'accepted',
          acceptedAt: now,
          updatedAt: now,
          fence: 0,
          tries: 0,
          failures: 0,
          stepsSeen: [],
          eventCount: 0,
        };
        if (await putAt(key, command)) return { key, command, known: false };
      }
      throw new OwnError(
        `${subjectPk(key)}: a command met ${MAX_CONFLICTS} others; correlation id ${wanted.correlationId}`,
      );
    },
    async list(client, after, limit) {
      const { Items = [] } = await dynamo.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: after === undefined ? 'pk = :pk' : 'pk = :pk AND sk > :after',
          ExpressionAttributeValues: { ':pk': commandIdPk(client), ...(after && { ':after': after }) },
          Limit: limit,
        }),
      );
      return Promise.all(Items.map((item) => foundBy(idItem().parse(item))));
    },
    resolve({ key, command: before }, command) {
      const { set, values } = workOf(key, clock.now());
      return transacted(
        dynamo.send(
          new TransactWriteCommand({
            TransactItems: [
              {
                Put: {
                  TableName,
                  Item: itemOf(key, command),
                  ...unlessChanged(before, command),
                },
              },
              {
                // What waited behind it may go on.
                Update: {
                  TableName,
                  Key: commandsHeadKey(key),
                  UpdateExpression: `SET ${set} ADD changes :one`,
                  ExpressionAttributeValues: values,
                },
              },
            ],
          }),
        ),
      );
    },
    async erase(key) {
      for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
        let left = 0;
        for (const command of await ofOrder(key)) {
          const bare = command.erased ? undefined : withoutPerson(command);
          if (bare === undefined) continue;
          const done = await applied(
            dynamo.send(
              new PutCommand({
                TableName,
                Item: itemOf(key, bare),
                ...unlessChanged(command, bare),
              }),
            ),
          );
          if (!done) left += 1;
        }
        if (left === 0) return;
      }
      throw new OwnError(
        `${subjectPk(key)}: gave up the erasure of its commands after ${MAX_CONFLICTS} conflicts`,
      );
    },
  };
}

const commandsFrom = (TableName: string, { pk, sk }: ItemKey): QueryCommandInput => ({
  TableName,
  KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :end',
  ExpressionAttributeValues: { ':pk': pk, ':from': sk, ':end': COMMAND_END },
  ConsistentRead: true,
});

/** The condition that a command is as it was read. What was erased meanwhile does not come back. */
const unlessChanged = ({ state, updatedAt, fence }: Command, written: Command) => ({
  ConditionExpression: `#state = :state AND updatedAt = :updatedAt AND fence = :fence${
    written.erased ? '' : ' AND attribute_not_exists(erased)'
  }`,
  ExpressionAttributeNames: { '#state': 'state' },
  ExpressionAttributeValues: { ':state': state, ':updatedAt': updatedAt, ':fence': fence },
});

/** Makes an item where there is none, by an update: whoever gives commands may write no row anew, and so puts no item. */
function created({ pk, sk, ...attributes }: Record<string, unknown>) {
  const fields = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return {
    Key: { pk, sk },
    UpdateExpression: `SET ${fields.map((_, index) => `#f${index} = :f${index}`).join(', ')}`,
    ConditionExpression: 'attribute_not_exists(pk)',
    ExpressionAttributeNames: Object.fromEntries(fields.map(([name], index) => [`#f${index}`, name])),
    ExpressionAttributeValues: Object.fromEntries(fields.map(([, value], index) => [`:f${index}`, value])),
  };
}
