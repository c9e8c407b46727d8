import {
  type DynamoDBDocumentClient,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import { OwnError } from '../runtime/describe-error.ts';
import { getItem, inPartition, transacted } from './dynamodb.ts';
import { byEmailKey, byEmailPk, type EmailOwner, emailOfKey, ownerOfByEmailSk } from './email-keys.ts';
import type { StoreName } from './keys.ts';

/** By the hash of which address orders and customers are found. All of it may be done again without effect. */
export interface Emails {
  /** Lets it be found by this hash, and by none before. @returns false where its person was erased, and nothing was written */
  note(owner: EmailOwner, hash: string): Promise<boolean>;
  /** Its row says no address any more. */
  forget(owner: EmailOwner): Promise<void>;
  /** Its person was erased: whatever is noted later is not, also where it was read before. */
  erase(owner: EmailOwner): Promise<void>;
  /** What a store has of the hash, in one read. `complete`: there is no more than this. */
  find(store: StoreName, hash: string, limit: number): Promise<{ owners: EmailOwner[]; complete: boolean }>;
}

/** Neither: it is found by no address. */
const emailItem = lazily(() => z.object({ hash: z.string().optional(), erased: z.literal(true).optional() }));
type Known = z.infer<ReturnType<typeof emailItem>>;
const found = lazily(() => z.object({ sk: z.string() }));

/** Two write of one order at most, the tracker and an erasure; more conflicts in a row mean that something else is wrong. */
const MOST_CONFLICTS = 8;

export function createEmails(client: DynamoDBDocumentClient, TableName: string): Emails {
  /**
   * Both items of an owner are written in one transaction, on the condition that the first is as it was read. So an erasure
   * deletes everything that was noted before it, and nothing is noted after it.
   */
  async function become(owner: EmailOwner, next: Known): Promise<boolean> {
    const key = emailOfKey(owner);
    for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
      const known = (await getItem(client, TableName, key, emailItem)) ?? {};
      if (known.erased === true) return next.erased === true;
      if (known.hash === next.hash && next.erased === undefined) return true;
      const TransactItems = [
        written(TableName, key, known, next),
        ...(known.hash === undefined ? [] : [{ Delete: { TableName, Key: byEmailKey(owner, known.hash) } }]),
        ...(next.hash === undefined ? [] : [{ Put: { TableName, Item: byEmailKey(owner, next.hash) } }]),
      ];
      if (await transacted(client.send(new TransactWriteCommand({ TransactItems })))) return true;
    }
    throw new OwnError(`${key.pk}: gave up after ${MOST_CONFLICTS} write conflicts`);
  }

  return {
    note: (owner, hash) => become(owner, { hash }),
    async forget(owner) {
      await become(owner, {});
    },
    async erase(owner) {
      await become(owner, { erased: true });
    },
    async find(store, hash, limit) {
      const page = await client.send(
        new QueryCommand({ ...inPartition(TableName, byEmailPk(store, hash)), Limit: limit }),
      );
      const owners = (page.Items ?? []).map((item) => ownerOfByEmailSk(store, found().parse(item).sk));
      return {
        owners: owners.filter((owner) => owner !== undefined),
        complete: page.LastEvaluatedKey === undefined,
      };
    },
  };
}

type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** The write of what an owner is found by, if that still is as it was read. */
function written(TableName: string, key: ReturnType<typeof emailOfKey>, known: Known, next: Known): Write {
  const asRead =
    known.hash === undefined
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: '#hash = :known',
          ExpressionAttributeNames: { '#hash': 'hash' },
          ExpressionAttributeValues: { ':known': known.hash },
        };
  return next.hash === undefined && next.erased === undefined
    ? { Delete: { TableName, Key: key, ...asRead } }
    : { Put: { TableName, Item: { ...key, ...next }, ...asRead } };
}
