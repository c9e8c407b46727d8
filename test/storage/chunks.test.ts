import { randomBytes } from 'node:crypto';
import { DeleteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../functions/runtime/queue.ts';
import { createChunkStore } from '../../functions/storage/chunks.ts';
import { chunksPk } from '../../functions/storage/control-keys.ts';
import { inPartition } from '../../functions/storage/dynamodb.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const store = () => createChunkStore({ ...tables, now: movedClock().now });
const refuse = () => Promise.reject(new Error('the table is not available'));
/** Sort keys of what is kept of a payload. */
const left = async (correlationId: string, sha256: string) => {
  const query = inPartition(tables.table, chunksPk(correlationId, sha256));
  const { Items = [] } = await tables.client.send(new QueryCommand(query));
  return Items.map(({ sk }) => String(sk));
};

/** When what is kept of a payload expires (epoch s). */
const expiries = async (correlationId: string, sha256: string) => {
  const query = inPartition(tables.table, chunksPk(correlationId, sha256));
  const { Items = [] } = await tables.client.send(new QueryCommand(query));
  return Items.map(({ expiresAt }) => Number(expiresAt));
};
const DAY_MS = 24 * 3_600_000;

describe('parts of a large payload', () => {
  it('come together in any order, repeated or not', async () => {
    // Arrange
    const bytes = randomBytes(700_000);
    const parts = pack(bytes);
    const [last, ...others] = parts.toReversed();

    // Act
    const early = [];
    for (const part of [...others, ...others]) early.push(await store().add('c-1', part));
    const whole = await store().add('c-1', last!);

    // Assert
    expect(early.every((answer) => answer === undefined)).toBe(true);
    expect(Buffer.from(unpack(whole!)).equals(bytes)).toBe(true);
  });

  it('of two deliveries of the same bytes are kept apart', async () => {
    const parts = pack(randomBytes(400_000));

    for (const part of parts.slice(1)) await store().add('c-2', part);

    expect(await store().add('c-3', parts[0]!)).toBeUndefined();
  });

  it('are gone once they are forgotten', async () => {
    const [first, ...others] = pack(randomBytes(400_000));
    for (const part of others) await store().add('c-5', part);

    await store().forget('c-5', first!);

    expect(await store().add('c-5', first!)).toBeUndefined();
    expect(await left('c-5', first!.sha256)).toEqual(['done']);
  });

  it('that were left when forgetting them was cut short go with the next that comes', async () => {
    // Arrange: the mark was written, and the deletions failed.
    const parts = pack(randomBytes(700_000));
    for (const part of parts) await store().add('c-6', part);
    const { client } = tables;
    const broken = {
      send: (command: object) =>
        command instanceof DeleteCommand ? refuse() : client.send(command as never),
    };
    const cutShort = createChunkStore({ ...tables, client: broken as never, now: movedClock().now });
    await expect(cutShort.forget('c-6', parts[0]!)).rejects.toThrow('not available');

    const answer = await store().add('c-6', parts[1]!);

    expect(answer).toBeUndefined();
    expect(await left('c-6', parts[0]!.sha256)).toEqual(['done']);
  });

  it('outlive each message that fails and is sent again, however often', async () => {
    // Arrange: the table keeps nothing beyond its time, and a queue a message for 14 days.
    const clock = movedClock();
    const chunks = createChunkStore({ ...tables, now: clock.now });
    const [first, last] = pack(randomBytes(300_000));
    await chunks.add('c-7', first!);
    await chunks.add('c-7', last!);
    clock.move(13 * DAY_MS);

    // Act
    await chunks.add('c-7', last!);
    clock.move(13 * DAY_MS);

    // Assert
    expect(await expiries('c-7', first!.sha256)).toEqual([
      expect.toSatisfy((one) => one * 1000 > clock.now()),
      expect.toSatisfy((one) => one * 1000 > clock.now()),
    ]);
  });

  it('leave a payload that is whole as it is', async () => {
    const [payload] = pack(Buffer.from('{}'));

    expect(await store().add('c-4', payload!)).toEqual(payload);
  });
});
