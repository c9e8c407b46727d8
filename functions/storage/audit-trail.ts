import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { isoTime } from '../domain/order-row.ts';
import type { Clock } from '../runtime/clock.ts';
import { AUDIT_PK, auditKey } from './keys.ts';

/** One thing that was done to orders or messages outside of their ordinary way. Never holds personal data. */
const entrySchema = z.object({
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
});
export type AuditEntry = z.infer<typeof entrySchema>;

/** Who did what to how many, for good: entries never expire and are never changed once they ended. */
export interface AuditTrail {
  /** Writes the entry before the work, and its end afterwards, so that work that was interrupted shows as well. */
  during<T extends Details>(entry: NewEntry, work: () => Promise<T>): Promise<T>;
  /** The latest entries, newest first. */
  latest(limit: number): Promise<AuditEntry[]>;
}

type Details = AuditEntry['details'];
export type NewEntry = Pick<AuditEntry, 'id' | 'who' | 'what' | 'details'>;

export function createAuditTrail(options: {
  client: DynamoDBDocumentClient;
  table: string;
  clock: Pick<Clock, 'now'>;
}): AuditTrail {
  const { client, table: TableName, clock } = options;
  const write = (entry: AuditEntry) =>
    client.send(new PutCommand({ TableName, Item: { ...auditKey(isoTime(entry.at), entry.id), ...entry } }));
  return {
    async during(entry, work) {
      const at = clock.now();
      await write({ ...entry, at, state: 'begun' });
      try {
        const result = await work();
        await write({ ...entry, at, state: 'done', details: { ...entry.details, ...result } });
        return result;
      } catch (error) {
        await write({ ...entry, at, state: 'failed' });
        throw error;
      }
    },
    async latest(limit) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': AUDIT_PK },
          ScanIndexForward: false,
          Limit: limit,
          ConsistentRead: true,
        }),
      );
      return Items.map((item) => entrySchema.parse(item));
    },
  };
}
