import { randomUUID } from 'node:crypto';
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import { isoTime } from '../domain/time.ts';
import type { Clock } from '../runtime/clock.ts';
import { describeError } from '../runtime/describe-error.ts';
import { type Message, MessageRefused, messageSchema, type Queue } from '../runtime/queue.ts';
import {
  type LeaseName,
  leaseKey,
  outboxAsideKey,
  outboxAsidePk,
  outboxKey,
  outboxPk,
  pollBackoffKey,
} from './control-keys.ts';
import { applied, getItem, inPartition, queryAll, type StoreTable } from './dynamodb.ts';
import { TABLE_KEYS } from './keys.ts';

/** Keeps two runs of one job from overlapping, across all instances. */
export interface Lease {
  /** True when `owner` holds the lease from now for `ms`; false while somebody else's is not over. */
  acquire(owner: string, ms: number): Promise<boolean>;
  /** Gives the lease back early; does nothing when `owner` no longer holds it. */
  release(owner: string): Promise<void>;
}

/** Instances' clocks differ by up to this many ms; a lease counts as over only when it is over on every one of them. */
export const CLOCK_SKEW_MS = 1000;

export function createLease(options: {
  client: DynamoDBDocumentClient;
  table: string;
  name: LeaseName;
  clock: Pick<Clock, 'now'>;
  random?: () => string;
}): Lease {
  const { client, table: TableName, clock, random = randomUUID } = options;
  const Key = leaseKey(options.name);
  // A call that Lambda makes twice has the same id both times, and runs in another container.
  const instance = random();
  const isOurs = 'holder = :owner AND instance = :instance';
  return {
    acquire: (owner, ms) =>
      applied(
        client.send(
          new PutCommand({
            TableName,
            Item: { ...Key, holder: owner, instance, heldUntil: clock.now() + ms },
            ConditionExpression: `attribute_not_exists(pk) OR heldUntil < :now OR (${isOurs})`,
            ExpressionAttributeValues: {
              ':now': clock.now() - CLOCK_SKEW_MS,
              ':owner': owner,
              ':instance': instance,
            },
          }),
        ),
      ),
    release: async (owner) => {
      await applied(
        client.send(
          new DeleteCommand({
            TableName,
            Key,
            ConditionExpression: isOurs,
            ExpressionAttributeValues: { ':owner': owner, ':instance': instance },
          }),
        ),
      );
    },
  };
}

/** From one minute to a quarter of an hour, doubling with each failed run in a row. */
const FIRST_MS = 60_000;
const LONGEST_MS = 15 * 60_000;

const backoffItem = lazily(() => z.object({ failures: z.int(), notBefore: z.number() }));

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

/** What is set aside waits this long for a person: as long as a platform's bytes are kept by default. */
const ASIDE_SECONDS = 90 * 24 * 3600;

/** A message that was set aside, without its payload, which may be a person's order. */
export interface SetAside {
  /** Names it among the store's. */
  id: string;
  reason: string;
  /** ISO times. */
  setAsideAt: string;
  keptUntil: string;
  correlationId: string;
  /** Of the item's message, as JSON. */
  bytes: number;
}

/** What became of one message that was sent again: a refused one stays where it is. */
export interface Retried {
  id: string;
  sent: boolean;
  problem?: string;
}

/** Keeps messages that the queue did not take, until it takes them. What it will never take is set aside for a person. */
export interface Outbox {
  keep(messages: readonly Message[]): Promise<void>;
  /**
   * Sends what is kept, oldest first, and forgets each only when the queue has it. A message that the queue refuses for
   * good, or that cannot be read, is set aside, and the next ones go on. Answers the ids of those.
   *
   * @throws the queue's error when it takes nothing at the moment; what was not sent stays.
   */
  drain(queue: Queue): Promise<string[]>;
  /** Keeps messages that the queue refuses for good where no drain meets them. */
  setAside(messages: readonly Message[], reason: string): Promise<void>;
  /** How many messages are set aside. */
  countAside(): Promise<number>;
  /** How many messages wait for the next drain. */
  countWaiting(): Promise<number>;
  listAside(): Promise<SetAside[]>;
  /** Sends what was set aside once more: all of it, or what is named. */
  retry(queue: Queue, ids?: readonly string[]): Promise<Retried[]>;
  /** Deletes for good what was set aside. Answers how many there were. */
  discard(ids: readonly string[]): Promise<number>;
}

/** An item whose message was not looked into yet: a message that cannot be read must not stop the others. */
const keptItem = lazily(() => z.object({ pk: z.string(), sk: z.string(), message: z.unknown() }));
const asideItem = lazily(() =>
  keptItem().extend({
    reason: z.string().catch('unknown'),
    setAsideAt: z.number().catch(0),
    expiresAt: z.number().catch(0),
  }),
);
type Kept = z.output<ReturnType<typeof keptItem>>;
const keyItem = lazily(() => z.object({ sk: z.string() }));
const named = lazily(() => z.object({ correlationId: z.string() }).catch({ correlationId: 'unknown' }));

export function createOutbox(options: StoreTable & { clock: Pick<Clock, 'now'> }): Outbox {
  const { client, table: TableName, clock } = options;
  const read = <T>(pk: string, schema: z.ZodType<T>) => queryAll(client, inPartition(TableName, pk), schema);
  const count = async (pk: string): Promise<number> =>
    (await queryAll(client, { ...inPartition(TableName, pk), ProjectionExpression: 'sk' }, keyItem())).length;
  const readAside = () => read(outboxAsidePk(options), asideItem());
  const remove = ({ pk, sk }: Pick<Kept, 'pk' | 'sk'>) =>
    client.send(new DeleteCommand({ TableName, Key: { pk, sk } }));
  const putAside = ({ sk, message }: Pick<Kept, 'sk' | 'message'>, reason: string) => {
    const now = clock.now();
    const expiresAt = Math.floor(now / 1000) + ASIDE_SECONDS;
    const Item = {
      ...outboxAsideKey(options, sk),
      message,
      reason,
      setAsideAt: now,
      [TABLE_KEYS.expiry]: expiresAt,
    };
    return client.send(new PutCommand({ TableName, Item }));
  };

  return {
    async keep(messages) {
      for (const message of messages)
        await client.send(new PutCommand({ TableName, Item: { ...keyOf(options, message), message } }));
    },
    async drain(queue) {
      const aside: string[] = [];
      for (const kept of await read(outboxPk(options), keptItem())) {
        const problem = await sendKept(queue, kept);
        if (problem !== undefined) {
          await putAside(kept, problem);
          aside.push(kept.sk);
        }
        await remove(kept);
      }
      return aside;
    },
    async setAside(messages, reason) {
      for (const message of messages) await putAside({ ...keyOf(options, message), message }, reason);
    },
    countAside: () => count(outboxAsidePk(options)),
    countWaiting: () => count(outboxPk(options)),
    async listAside() {
      return (await readAside()).map(({ sk: id, message, reason, setAsideAt, expiresAt }) => ({
        id,
        reason,
        setAsideAt: isoTime(setAsideAt),
        keptUntil: isoTime(expiresAt * 1000),
        ...named().parse(message),
        bytes: Buffer.byteLength(JSON.stringify(message) ?? ''),
      }));
    },
    async retry(queue, ids) {
      const done: Retried[] = [];
      for (const kept of await readAside()) {
        if (ids !== undefined && !ids.includes(kept.sk)) continue;
        const problem = await sendKept(queue, kept);
        if (problem === undefined) await remove(kept);
        done.push({
          id: kept.sk,
          sent: problem === undefined,
          ...(problem === undefined ? {} : { problem }),
        });
      }
      return done;
    },
    async discard(ids) {
      const meant = (await readAside()).filter(({ sk }) => ids.includes(sk));
      for (const kept of meant) await remove(kept);
      return meant.length;
    },
  };
}

function keyOf(store: StoreTable, message: Message) {
  const { receivedAt, correlationId } = message;
  const chunk = 'payload' in message ? (message.payload.chunk?.index ?? 0) : 0;
  return outboxKey(store, { receivedAt, correlationId, chunk });
}

/** Sends one message; answers why it never will be, if so. @throws the queue's error when it takes nothing now. */
async function sendKept(queue: Queue, { message }: Kept): Promise<string | undefined> {
  const read = messageSchema().safeParse(message);
  if (!read.success) return `it is no message of ours: ${describeError(read.error)}`;
  try {
    await queue.send(read.data);
    return undefined;
  } catch (error) {
    if (error instanceof MessageRefused) return error.message;
    throw error;
  }
}
