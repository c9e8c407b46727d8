import { randomBytes } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { MessageRefused, messageSchema, pack } from '../../functions/runtime/queue.ts';
import { outboxKey } from '../../functions/storage/control-keys.ts';
import { createLease, createOutbox, createPollBackoff } from '../../functions/storage/runs.ts';
import { createWatchfulLease } from '../../functions/storage/watchful-lease.ts';
import { keptQueue, movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';
import { refreshRequest } from './samples.ts';

const tables = localTables();

describe('lease', () => {
  it('is held by one owner at a time, however many ask at once', async () => {
    const lease = createLease({
      ...tables,
      name: { job: 'poll', platform: 'shop', storeId: 'crowd' },
      clock: movedClock(),
    });

    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, owner) => lease.acquire(`run-${owner}`, 60_000)),
    );

    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it('is not shared by a call that Lambda makes twice, which has one id and runs in two containers', async () => {
    const clock = movedClock();
    const name = { job: 'poll', platform: 'shop', storeId: 'twice' } as const;
    const [first, second] = [1, 2].map(() => createLease({ ...tables, name, clock }));
    await first!.acquire('one id', 60_000);

    const again = await second!.acquire('one id', 60_000);
    await second!.release('one id');

    expect(again).toBe(false);
    expect(await second!.acquire('another', 60_000)).toBe(false);
  });

  it('tells who did not give it back, and nothing where the answer to the same run got lost', async () => {
    const clock = movedClock();
    const told: string[] = [];
    const name = { job: 'poll', platform: 'shop', storeId: 'cut' } as const;
    const lease = createWatchfulLease({ ...tables, name, clock, onCutOff: (owner) => void told.push(owner) });
    await lease.acquire('a', 60_000);
    await lease.acquire('a', 60_000);
    clock.move(120_000);

    await lease.acquire('b', 60_000);
    await lease.release('b');
    await lease.acquire('c', 60_000);

    expect(told).toEqual(['a']);
  });

  it('tells who did not give it back also where the answer got lost, and the write was made twice', async () => {
    // Arrange
    const clock = movedClock();
    const told: string[] = [];
    const name = { job: 'poll', platform: 'shop', storeId: 'cut-twice' } as const;
    const twice = {
      send: async (command: Parameters<typeof tables.client.send>[0]) => {
        await tables.client.send(command);
        return tables.client.send(command);
      },
    } as unknown as typeof tables.client;
    await createLease({ ...tables, name, clock }).acquire('a', 60_000);
    clock.move(120_000);
    const onCutOff = (owner: string) => void told.push(owner);
    const lease = createWatchfulLease({ ...tables, client: twice, name, clock, onCutOff });

    // Act
    await lease.acquire('b', 60_000);

    // Assert
    expect(told).toEqual(['a']);
  });

  it('goes to the next owner when it is given back, or over on every clock', async () => {
    // Arrange
    const clock = movedClock();
    const lease = createLease({ ...tables, name: { job: 'poll', platform: 'shop', storeId: 'next' }, clock });

    // Act and assert
    expect(await lease.acquire('a', 60_000)).toBe(true);
    expect(await lease.acquire('b', 60_000)).toBe(false);
    await lease.release('b');
    expect(await lease.acquire('b', 60_000)).toBe(false);
    await lease.release('a');
    expect(await lease.acquire('b', 60_000)).toBe(true);
    clock.move(60_500);
    expect(await lease.acquire('c', 60_000)).toBe(false);
    clock.move(1000);
    expect(await lease.acquire('c', 60_000)).toBe(true);
  });
});

const MINUTE = 60_000;
function bench(storeId: string) {
  const clock = movedClock();
  /** A run of the poller, which may be on another instance than the last. */
  const run = () => createPollBackoff({ ...tables, platform: 'shop', storeId, clock });
  const fail = async () => {
    const backoff = run();
    await backoff.waiting();
    await backoff.failed();
  };
  /** How long polling waits from now, in minutes. */
  const minutes = async () => {
    for (let waited = 0; ; waited += 1) {
      if (!(await run().waiting())) return waited;
      clock.move(MINUTE);
    }
  };
  return { run, fail, minutes };
}

describe('the backoff of a poller', () => {
  it('is none before the first failure', async () => {
    expect(await bench('none').run().waiting()).toBe(false);
  });

  it('doubles with each failed run in a row, up to a quarter of an hour', async () => {
    const { fail, minutes } = bench('doubles');

    const waited = [];
    for (let failures = 0; failures < 6; failures += 1) {
      await fail();
      waited.push(await minutes());
    }

    expect(waited).toEqual([1, 2, 4, 8, 15, 15]);
  });

  it('begins anew after a run that succeeded', async () => {
    const { run, fail, minutes } = bench('anew');
    await fail();
    await fail();
    const backoff = run();
    await backoff.waiting();

    await backoff.succeeded();

    expect(await run().waiting()).toBe(false);
    await fail();
    expect(await minutes()).toBe(1);
  });
});

const clock = movedClock();
const outboxOf = (storeId: string) => createOutbox({ ...tables, platform: 'shop', storeId, clock });
const sentBy = (queue: ReturnType<typeof keptQueue>) =>
  queue.sent.map(({ message }) => message.correlationId);

/** A queue that never takes the messages of these correlation ids. */
function refusingQueue(...refused: string[]) {
  const queue = keptQueue();
  const { send } = queue;
  queue.send = async (message, delaySeconds) => {
    if (refused.includes(message.correlationId))
      throw new MessageRefused('InvalidMessageContents', message.correlationId);
    await send.call(queue, message, delaySeconds);
  };
  return queue;
}

/** Puts an item into the outbox whose message is none. */
const keepNonsense = (storeId: string) =>
  tables.client.send(
    new PutCommand({
      TableName: tables.table,
      Item: {
        ...outboxKey({ platform: 'shop', storeId }, { receivedAt: 1, correlationId: 'x', chunk: 0 }),
        message: { v: 9, correlationId: 'x', kind: 'of another release' },
      },
    }),
  );

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

  it('keeps every chunk of a page that one message cannot carry', async () => {
    const queue = keptQueue();
    const bytes = randomBytes(500_000);
    const { orderId: _, ...envelope } = { ...refreshRequest('page', 1), orderId: '' };
    const messages = pack(bytes).map((payload) =>
      messageSchema().parse({ ...envelope, kind: 'received', via: 'poll', topic: 'page', payload }),
    );

    await outboxOf('chunks').keep(messages);
    await outboxOf('chunks').drain(queue);

    expect(messages.length).toBeGreaterThan(1);
    expect(queue.sent.map(({ message }) => message)).toEqual(messages);
  });

  it('of one store is not drained by another', async () => {
    const queue = keptQueue();
    await outboxOf('mine').keep([refreshRequest('a', 1)]);

    await outboxOf('yours').drain(queue);

    expect(queue.sent).toEqual([]);
  });

  it('sets aside what the queue refuses for good, and goes on with the next', async () => {
    const queue = refusingQueue('bad');
    const outbox = outboxOf('for-good');
    await outbox.keep([refreshRequest('bad', 1), refreshRequest('good', 2)]);

    const aside = await outbox.drain(queue);

    expect(sentBy(queue)).toEqual(['good']);
    expect(aside).toHaveLength(1);
    expect(await outbox.countWaiting()).toBe(0);
    expect(await outbox.listAside()).toMatchObject([
      {
        correlationId: 'bad',
        reason: expect.stringContaining('InvalidMessageContents') as string,
        setAsideAt: '2026-11-22T12:00:00.000Z',
        keptUntil: '2027-02-20T12:00:00.000Z',
      },
    ]);
  });

  it('sets aside an item that is no message, and goes on with the next', async () => {
    const queue = keptQueue();
    const outbox = outboxOf('nonsense');
    await keepNonsense('nonsense');
    await outbox.keep([refreshRequest('good', 2)]);

    await outbox.drain(queue);

    expect(sentBy(queue)).toEqual(['good']);
    expect(await outbox.listAside()).toMatchObject([
      { correlationId: 'x', reason: expect.stringContaining('no message of ours') as string },
    ]);
  });
});

describe('what is set aside', () => {
  it('is sent again when a person says so, and forgotten once the queue has it', async () => {
    const outbox = outboxOf('freed');
    await outbox.setAside([refreshRequest('a', 1), refreshRequest('b', 2)], 'it was refused');
    const [first] = await outbox.listAside();
    const queue = keptQueue();

    const done = await outbox.retry(queue, [first!.id]);

    expect(done).toEqual([{ id: first!.id, sent: true }]);
    expect(sentBy(queue)).toEqual(['a']);
    expect(await outbox.listAside()).toMatchObject([{ correlationId: 'b' }]);
  });

  it('stays when the queue refuses it once more', async () => {
    const outbox = outboxOf('still-refused');
    await outbox.setAside([refreshRequest('bad', 1), refreshRequest('good', 2)], 'it was refused');

    const done = await outbox.retry(refusingQueue('bad'));

    expect(done.map(({ sent }) => sent)).toEqual([false, true]);
    expect(await outbox.listAside()).toMatchObject([{ correlationId: 'bad' }]);
    expect(await outbox.countAside()).toBe(1);
  });

  it('is deleted by its name alone', async () => {
    const outbox = outboxOf('discarded');
    await outbox.setAside([refreshRequest('a', 1), refreshRequest('b', 2)], 'it was refused');
    const [first] = await outbox.listAside();

    expect(await outbox.discard([first!.id, 'no such id'])).toBe(1);
    expect(await outbox.listAside()).toMatchObject([{ correlationId: 'b' }]);
  });
});
