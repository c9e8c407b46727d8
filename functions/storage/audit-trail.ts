import { randomUUID } from 'node:crypto';
import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import type { PlatformName } from '../domain/order.ts';
import { isoTime } from '../domain/time.ts';
import type { Clock } from '../runtime/clock.ts';
import { auditEndKey, auditEntryOf, auditKey, auditPk } from './control-keys.ts';
import { applied } from './dynamodb.ts';
import type { ItemKey } from './keys.ts';

/** One thing that was done to orders or messages outside of their ordinary way. Never holds personal data. */
const entrySchema = lazily(() =>
  z.object({
    /** Epoch ms. */
    at: z.number(),
    /** Follows this entry and what came of it. */
    id: z.string(),
    /** The operator as the command line knows them, or the platform whose request it was. */
    who: z.string(),
    what: z.string(),
    /** `begun` stays when it was interrupted. */
    state: z.enum(['begun', 'done', 'failed']),
    /** What it was about and how many: ids, filters, numbers. */
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
);
export type AuditEntry = z.infer<ReturnType<typeof entrySchema>>;

/**
 * Who did what to how many, for good: entries never expire, and what was written is never written again. Whoever writes
 * an entry may not change or delete one.
 */
export interface AuditTrail {
  /** Writes the entry before the work, and its end afterwards, so that work that was interrupted shows as well. */
  during<T extends Details>(entry: NewEntry, work: () => Promise<T>): Promise<T>;
}

type Details = AuditEntry['details'];
export type NewEntry = Pick<AuditEntry, 'id' | 'who' | 'what' | 'details'>;

interface TrailTable {
  client: DynamoDBDocumentClient;
  table: string;
}

/** @param options `platform`: of the platform whose requests are written down; absent for what operators do */
export function createAuditTrail(
  options: TrailTable & { platform?: PlatformName; clock: Pick<Clock, 'now'>; random?: () => string },
): AuditTrail {
  const { client, table: TableName, platform, clock, random = randomUUID } = options;
  const write = (key: ItemKey, entry: AuditEntry) =>
    client.send(
      new PutCommand({
        TableName,
        Item: { ...key, ...entry },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
  // The key of an end is nobody else's: where it is there already, the answer to this very write was lost.
  const writeEnd = (key: ItemKey, entry: AuditEntry) => applied(write(auditEndKey(key), entry));
  return {
    async during(entry, work) {
      const at = clock.now();
      const key = auditKey(auditPk(platform), isoTime(at), entry.id, random());
      await write(key, { ...entry, at, state: 'begun' });
      const result = await work().catch(async (error: unknown) => {
        await writeEnd(key, { ...entry, at, state: 'failed' });
        throw error;
      });
      await writeEnd(key, { ...entry, at, state: 'done', details: { ...entry.details, ...result } });
      return result;
    },
  };
}

const storedEntry = lazily(() => entrySchema().extend({ sk: z.string() }));

/** Reads the entries of operators and of platforms' requests. */
export interface AuditReader {
  /** The latest entries, newest first. */
  latest(limit: number): Promise<AuditEntry[]>;
}

export function createAuditReader({
  client,
  table: TableName,
  platforms,
}: TrailTable & { platforms: readonly PlatformName[] }): AuditReader {
  /** Each entry is one item, or two with its end, which sorts right behind it. */
  const latestOf = async (pk: string, limit: number): Promise<AuditEntry[]> => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        ScanIndexForward: false,
        Limit: 2 * limit,
        ConsistentRead: true,
      }),
    );
    const entries = new Map<string, AuditEntry>();
    for (const item of Items) {
      const { sk, ...entry } = storedEntry().parse(item);
      const name = auditEntryOf(sk);
      if (!entries.has(name)) entries.set(name, entry);
    }
    return [...entries.values()].slice(0, limit);
  };
  return {
    async latest(limit) {
      const partitions = [auditPk(), ...platforms.map((name) => auditPk(name))];
      const found = await Promise.all(partitions.map((pk) => latestOf(pk, limit)));
      return found
        .flat()
        .sort((a, b) => b.at - a.at)
        .slice(0, limit);
    },
  };
}
