import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../functions/runtime/queue.ts';
import { createChunkStore } from '../../functions/storage/orders.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const store = () => createChunkStore({ ...tables, now: movedClock().now });

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
  });

  it('leave a payload that is whole as it is', async () => {
    const [payload] = pack(Buffer.from('{}'));

    expect(await store().add('c-4', payload!)).toEqual(payload);
  });
});
