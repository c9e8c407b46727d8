import { describe, expect, it } from 'vitest';
import { createOutbox } from '../../functions/storage/poll-memory.ts';
import { keptQueue } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';
import { refreshRequest } from './samples.ts';

const tables = localTables();
const outboxOf = (storeId: string) => createOutbox({ ...tables, platform: 'shop', storeId });
const sentBy = (queue: ReturnType<typeof keptQueue>) =>
  queue.sent.map(({ message }) => message.correlationId);

describe('the outbox', () => {
  it('sends what it keeps, oldest first, and once', async () => {
    const queue = keptQueue();
    await outboxOf('order').keep([refreshRequest('late', 1_000_000), refreshRequest('early', 5)]);

    await outboxOf('order').drain(queue);
    await outboxOf('order').drain(queue);

    expect(sentBy(queue)).toEqual(['early', 'late']);
  });

  it('keeps what the queue does not take, and what comes after it', async () => {
    const queue = keptQueue();
    await outboxOf('refused').keep([refreshRequest('a', 1), refreshRequest('b', 2)]);
    queue.refusing = 1;

    await expect(outboxOf('refused').drain(queue)).rejects.toThrow('not available');
    await outboxOf('refused').drain(queue);

    expect(sentBy(queue)).toEqual(['a', 'b']);
  });

  it('of one store is not drained by another', async () => {
    const queue = keptQueue();
    await outboxOf('mine').keep([refreshRequest('a', 1)]);

    await outboxOf('yours').drain(queue);

    expect(queue.sent).toEqual([]);
  });
});
