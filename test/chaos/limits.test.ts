import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { redirectClients } from '../../chaos/aws/clients.ts';
import type { Io } from '../../chaos/aws/io.ts';
import { patienceOf } from '../../chaos/aws/patience.ts';
import { createSimQueue } from '../../chaos/aws/queue.ts';
import { Tables } from '../../chaos/aws/tables.ts';
import { createLoop } from '../../chaos/time/loop.ts';
import { PATIENCE } from '../../functions/runtime/aws-clients.ts';
import { sqsClient } from '../../functions/runtime/sqs-client.ts';
import { documentClient } from '../../functions/storage/dynamodb.ts';
import { createSeededRandom } from '../../local/platforms/shared/seeded-random.ts';

const TableName = 't';
const KEY = { pk: 'p', sk: 's' };
const tables = () => new Tables({ now: () => 0, onWrite: () => {} });
const queue = () =>
  createSimQueue({
    name: 'q',
    visibilityMs: 1000,
    maxReceives: 2,
    loop: createLoop(0),
    random: createSeededRandom(1),
    disorder: () => ({ duplicates: 0, lateMs: 0 }),
  });

describe('the simulated table', () => {
  it.each<[string, unknown, RegExp]>([
    ['an item over 400 KB', 'x'.repeat(410_000), /Item size/],
    ['an item over 400 KB in UTF-8', 'ñ'.repeat(205_000), /Item size/],
    ['a number beyond 2^53', 1e16, /MAX_SAFE_INTEGER/],
    ['no number', Number.NaN, /MAX_SAFE_INTEGER/],
    ['a number that is too small', 1e-200, /underflow/],
  ])('refuses %s, as DynamoDB and its client do', (_, value, why) => {
    const table = tables();
    table.put({ TableName, Item: KEY });

    expect(() => table.put({ TableName, Item: { ...KEY, value } })).toThrow(why);
    expect(() =>
      table.update({
        TableName,
        Key: KEY,
        UpdateExpression: 'SET a = :a',
        ExpressionAttributeValues: { ':a': value },
      }),
    ).toThrow(why);
    expect(table.get({ TableName, Key: KEY }).Item).toEqual(KEY);
  });

  it('takes what just fits', () => {
    const Item = { ...KEY, value: 'ñ'.repeat(204_000), quantity: 0.5 };

    expect(() => tables().put({ TableName, Item })).not.toThrow();
  });
});

describe('the simulated queue', () => {
  it.each(['a\ufffeb', '\uffff', '\u0000', 'x'.repeat(1_100_000)])('refuses what SQS refuses', (body) => {
    expect(() => queue().send(body, 0)).toThrow();
  });

  it('takes every other character', () => {
    expect(() => queue().send('ñ 😀 🇦🇷 \t\r\n', 0)).not.toThrow();
  });
});

describe('a simulated call', () => {
  it('is as patient as its client, with every attempt', async () => {
    expect(await patienceOf(sqsClient({ region: 'x' }))).toBe(PATIENCE.attempts * PATIENCE.answerMs);
    expect(await patienceOf(documentClient({ region: 'x' }))).toBe(PATIENCE.attempts * PATIENCE.answerMs);
  });

  it('tells the world how long its client waits', async () => {
    // Arrange
    const seen: unknown[] = [];
    const io: Io = async (request, act) => {
      seen.push(request);
      return act();
    };
    const client = documentClient({ region: 'x', patience: { connectMs: 1, answerMs: 200, attempts: 2 } });
    const account = { tables: tables(), queues: new Map(), secrets: new Map(), io };

    // Act
    const back = redirectClients(account);
    await client.send(new GetCommand({ TableName, Key: KEY }));
    back();

    // Assert
    expect(seen).toEqual([{ service: 'table', operation: 'GetCommand', patienceMs: 400 }]);
  });
});
