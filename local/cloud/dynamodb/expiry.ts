import type { JsonObject } from '../json.ts';
import type { TableResource } from './definition.ts';

/** The service leaves items alone whose time is longer ago. (DynamoDB guide, "Using time to live".) */
const OLDEST_S = 5 * 365 * 24 * 3600;

export interface ExpiryOptions {
  /** Epoch ms as of which items have expired. */
  at: number;
  /** Draws the order in which they go, from 0 to below 1; absent: as a scan finds them. */
  random?: (() => number) | undefined;
}

/** Reads a whole table, and deletes one item if a condition still holds. */
export interface ExpiryPort {
  scan(request: JsonObject): Promise<JsonObject[]>;
  remove(request: JsonObject): Promise<void>;
}

/**
 * Deletes what has expired from the tables that have a time to live, as the service does some time later.
 *
 * @returns how many items were gone.
 */
export async function deleteExpired(
  tables: readonly TableResource[],
  { at, random }: ExpiryOptions,
  port: ExpiryPort,
): Promise<number> {
  const seconds = Math.floor(at / 1000);
  const requests: JsonObject[] = [];
  for (const { ref: TableName, properties } of tables) {
    const { Enabled, AttributeName } = properties.TimeToLiveSpecification ?? {};
    if (!Enabled || AttributeName === undefined) continue;
    const keys = properties.KeySchema.map((key) => key.AttributeName);
    // Only a number is a time: a comparison with one never holds for anything else.
    const expired = {
      ExpressionAttributeNames: { '#expiry': AttributeName },
      ExpressionAttributeValues: {
        ':now': { N: String(seconds) },
        ':oldest': { N: String(seconds - OLDEST_S) },
      },
    };
    const condition = '#expiry <= :now AND #expiry > :oldest';
    for (const item of await port.scan({ TableName, FilterExpression: condition, ...expired })) {
      const Key = Object.fromEntries(keys.map((name) => [name, item[name]]));
      requests.push({ TableName, Key, ConditionExpression: condition, ...expired });
    }
  }
  for (const request of random ? shuffled(requests, random) : requests) await port.remove(request);
  return requests.length;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}
