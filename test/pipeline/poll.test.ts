import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { poll } from '../../functions/pipeline/poll.ts';
import { MessageRefused, type Queue, unpack } from '../../functions/runtime/queue.ts';
import { outboxKey } from '../../functions/storage/control-keys.ts';
import { openBazaar } from '../support/bazaar/bench.ts';
import { openPolled, PAGE, run } from '../support/bazaar/job-benches.ts';
import { payloadOf } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const open = (...stores: [string, ...string[]]) => openPolled(tables, ...stores);

describe('a poll', () => {
  it('reads page after page while orders are left, each in the queue as it came', async () => {
    const bed = open('pages');
    const ids = bed.place(7);

    await poll(bed.poller, run('r1'));

    expect(bed.pages()).toEqual([ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
    expect(bed.queue.sent.map(({ message }) => message)).toMatchObject(
      ['r1-pages-p1', 'r1-pages-p2', 'r1-pages-p3'].map((correlationId) => ({
        kind: 'received',
        via: 'poll',
        topic: 'page',
        storeId: 'pages',
        correlationId,
        receivedAt: bed.clock.now(),
      })),
    );
    expect(bed.metrics.total('PollOrdersFound')).toBe(7);
    expect(bed.metrics.total('PollCompleted')).toBe(1);
    expect(bed.metrics.seen('PollFailed')).toBe(false);
  });

  it('sends a page without an order nowhere', async () => {
    const bed = open('idle');

    await poll(bed.poller, run('r1'));

    expect(bed.reads()).toBe(1);
    expect(bed.queue.sent).toEqual([]);
    expect(bed.metrics.total('PollOrdersFound')).toBe(0);
    expect(bed.metrics.total('PollCompleted')).toBe(1);
  });

  it('keeps a page that it fails to look at', async () => {
    const bed = open('unseen');
    bed.place(1);
    const summarise = () => {
      throw new Error('a fault of ours');
    };

    await poll({ ...bed.poller, summarise }, run('r1'));

    expect(bed.queue.sent).toHaveLength(1);
    expect(bed.metrics.total('PollFailed')).toBe(1);
  });

  it('reads no more pages than it may in one run', async () => {
    const bed = openBazaar(tables, { stores: ['most'], settings: { poll: { maxPagesPerRun: 2 } } });
    for (let order = 0; order < 20; order += 1) bed.shop.place('most');
    const [poller] = bed.pollers();

    await poll(poller!, run('r1'));

    expect(bed.shop.callsTo(PAGE)).toHaveLength(2);
  });

  it('takes a slot for each page, and leaves the rest to the next run when there is none', async () => {
    // Arrange
    const bed = openBazaar(tables, {
      stores: ['slots'],
      settings: { rate: { perSecond: 0.05, burst: 4 } },
    });
    for (let order = 0; order < 30; order += 1) bed.shop.place('slots');
    const [poller] = bed.pollers();

    // Act
    await poll(poller!, run('r1'));
    const first = bed.shop.callsTo(PAGE).length;
    bed.clock.move(3_600_000);
    await poll(poller!, run('r2'));

    // Assert
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThanOrEqual(4);
    expect(bed.shop.callsTo(PAGE).length).toBeGreaterThan(first);
    expect(bed.metrics.total('PollCompleted')).toBe(2);
  });

  it('never overlaps another run of the same store', async () => {
    const bed = open('lease');
    bed.place(1);

    await Promise.all([poll(bed.poller, run('a')), poll(bed.pollers()[0]!, run('b'))]);

    expect(bed.reads()).toBe(1);
    expect(bed.metrics.total('PollSkipped')).toBe(1);
  });

  it('keeps the others out as long as it may run', async () => {
    const bed = open('long');
    bed.place(1);
    const { readPage } = bed.poller;
    const slow = async (correlationId: string) => {
      bed.clock.move(120_000);
      await poll(bed.pollers()[0]!, run('b'));
      return readPage(correlationId);
    };

    await poll({ ...bed.poller, readPage: slow }, run('a', 120_000));

    expect(bed.reads()).toBe(1);
    expect(bed.metrics.total('PollSkipped')).toBe(1);
  });

  it('stops before its time runs out, and the next run goes on', async () => {
    const bed = open('time');
    bed.place(6);
    let left = bed.poller.slowestPageMs + 20_000;

    await poll(bed.poller, {
      requestId: 'r1',
      remainingMs: () => {
        left -= 10_000;
        return left;
      },
    });
    const first = bed.reads();
    await poll(bed.poller, run('r2'));

    expect(first).toBe(1);
    expect(bed.metrics.total('PollOrdersFound')).toBe(6);
  });

  it('reads no page for which waiting for its slot left too little time', async () => {
    // Arrange
    const bed = openBazaar(tables, { stores: ['late'], settings: { rate: { perSecond: 0.5, burst: 1 } } });
    for (let order = 0; order < 9; order += 1) bed.shop.place('late');
    const [poller] = bed.pollers();
    const endsAt = bed.clock.now() + poller!.slowestPageMs + 1000;

    // Act
    await poll(poller!, { requestId: 'r1', remainingMs: () => endsAt - bed.clock.now() });

    // Assert
    expect(bed.shop.callsTo(PAGE)).toHaveLength(1);
    expect(bed.metrics.total('PollCompleted')).toBe(1);
  });

  it('keeps a page that the queue refuses in the outbox, and sends it first in the next run, once', async () => {
    // Arrange
    const bed = open('outbox');
    const ids = bed.place(2);
    bed.queue.refusing = 1;

    // Act
    await poll(bed.poller, run('r1'));
    const afterFirst = bed.queue.sent.length;
    bed.clock.move(120_000);
    const [late] = bed.place(1);
    await poll(bed.poller, run('r2'));
    await poll(bed.poller, run('r3'));

    // Assert
    expect(afterFirst).toBe(0);
    expect(bed.metrics.total('PollFailed')).toBe(1);
    expect(bed.pages()).toEqual([ids, [late]]);
    expect(bed.queue.sent[0]!.message.correlationId).toBe('r1-outbox-p1');
  });

  it('empties the outbox also while the platform lets nobody in', async () => {
    const bed = open('outbox-paused');
    const ids = bed.place(1);
    bed.queue.refusing = 1;
    await poll(bed.poller, run('r1'));
    await bed.circuit.trip('401', 'Renew it.');

    await poll(bed.poller, run('r2'));

    expect(bed.pages()).toEqual([ids]);
    expect(bed.reads()).toBe(1);
  });

  it('sets a page aside that the queue refuses for good, and reads on', async () => {
    // Arrange
    const bed = open('for-good');
    const ids = bed.place(5);
    const { send } = bed.poller.queue;
    let pages = 0;
    const queue: Queue = {
      send: async (message) => {
        pages += 1;
        if (pages === 1) throw new MessageRefused('InvalidMessageContents', message.correlationId);
        await send(message);
      },
    };

    // Act
    await poll({ ...bed.poller, queue }, run('r1'));
    await poll({ ...bed.poller, queue }, run('r2'));

    // Assert
    expect(bed.pages()).toEqual([ids.slice(3)]);
    expect(await bed.poller.outbox.listAside()).toMatchObject([{ correlationId: 'r1-for-good-p1' }]);
    expect(bed.metrics.total('PollFailed')).toBe(0);
    expect(bed.metrics.total('LostReadSuspected')).toBe(0);
    expect(bed.metrics.total('OutboxSetAside')).toBe(1);
  });

  it('is not stopped by a message in the outbox that cannot be read', async () => {
    // Arrange
    const bed = open('unreadable');
    const ids = bed.place(2);
    const about = { receivedAt: 1, correlationId: 'of another release', chunk: 0 };
    const Item = { ...outboxKey({ platform: 'bazaar', storeId: 'unreadable' }, about), message: { v: 99 } };
    await tables.client.send(new PutCommand({ TableName: tables.table, Item }));

    // Act
    await poll(bed.poller, run('r1'));

    // Assert
    expect(bed.pages()).toEqual([ids]);
    expect(await bed.poller.outbox.countAside()).toBe(1);
    expect(bed.log.lines.map(({ message }) => message).join()).toContain('are set aside for a person');
  });

  it('queues a page that is none and stops, without reading again', async () => {
    const bed = open('broken');
    bed.place(1);
    bed.shop.trouble(PAGE, { status: 200, body: '<html>sorry</html>' });

    await poll(bed.poller, run('r1'));

    expect(Buffer.from(unpack(payloadOf(bed.queue.sent[0]!.message))).toString()).toBe('<html>sorry</html>');
    expect(bed.reads()).toBe(1);
    expect(bed.metrics.total('PollFailed')).toBe(1);
  });

  it('raises an alarm for a read whose answer is lost, says what to do, and does not repeat it', async () => {
    const bed = open('lost');
    bed.place(1);
    bed.shop.trouble(PAGE, bed.shop.broken(), { after: true });

    await poll(bed.poller, run('r1'));

    expect(bed.reads()).toBe(1);
    expect(bed.metrics.total('LostReadSuspected')).toBe(1);
    expect(bed.log.lines.at(-1)?.message).toMatch(/may be lost.*Compare the last orders in the Bazaar panel/);
  });

  it.each([500, 502, 504, 524])(
    'raises an alarm for a read that was answered %i, which may be marked as read',
    async (status) => {
      const bed = open(`broken-${status}`);
      bed.place(1);
      bed.shop.trouble(PAGE, { status });

      await poll(bed.poller, run('r1'));

      expect(bed.metrics.total('LostReadSuspected')).toBe(1);
    },
  );

  it('says that a page may be lost before it needs the table, which may be out of reach as well', async () => {
    const bed = open('silent-table');
    bed.place(1);
    bed.shop.trouble(PAGE, bed.shop.broken(), { after: true });
    const failed = () => Promise.reject(new Error('no answer'));

    const work = poll({ ...bed.poller, backoff: { ...bed.poller.backoff, failed } }, run('r1'));

    await expect(work).rejects.toThrow('no answer');
    expect(bed.metrics.total('LostReadSuspected')).toBe(1);
  });

  it('says that a page may be lost when the run before was cut off, and names that run', async () => {
    const bed = open('cut-off');
    const cutOff = { ...bed.poller, lease: { ...bed.poller.lease, release: async () => {} } };
    await poll(cutOff, run('r1'));
    bed.clock.move(3_600_000);

    await poll(bed.poller, run('r2'));

    expect(bed.metrics.total('LostReadSuspected')).toBe(1);
    expect(bed.log.lines.at(-1)).toMatchObject({
      message: /may be lost: the run before was cut off/,
      fields: { runId: 'r1' },
    });
  });

  it('has a large page in the queue before it looks into it', async () => {
    const bed = open('large');
    const sent: number[] = [];
    const summarise = () => {
      sent.push(bed.queue.sent.length);
      return { ok: true as const, returned: 1, pending: 0 };
    };
    const readPage = () => Promise.resolve(Buffer.from(JSON.stringify({ orders: ['x'.repeat(5000)] })));

    await poll({ ...bed.poller, readPage, summarise }, run('r1'));

    expect(sent).toEqual([1]);
    expect(bed.queue.sent).toHaveLength(1);
  });

  it('raises none for a read that was turned away', async () => {
    const bed = open('turned-away');
    bed.shop.trouble(PAGE, { status: 503 });

    await poll(bed.poller, run('r1'));

    expect(bed.metrics.total('LostReadSuspected')).toBe(0);
  });

  it('raises none for a read that cannot have reached the platform', async () => {
    const bed = open('unreachable');
    bed.shop.trouble(PAGE, bed.shop.unreachable());

    await poll(bed.poller, run('r1'));

    expect(bed.metrics.total('LostReadSuspected')).toBe(0);
    expect(bed.metrics.total('PollFailed')).toBe(1);
    expect(bed.log.lines.at(-1)?.message).toBe('poll run failed');
  });

  it('calls a failing platform less and less often, up to a quarter of an hour', async () => {
    // Arrange
    const bed = open('backoff');
    bed.shop.trouble(PAGE, { status: 500 }, { times: 100 });
    const readAt: number[] = [];

    // Act
    for (let minute = 0; minute <= 60; minute += 1) {
      const before = bed.reads();
      await poll(bed.poller, run(`m${minute}`));
      if (bed.reads() > before) readAt.push(minute);
      bed.clock.move(60_000);
    }

    // Assert
    expect(readAt.slice(0, 6)).toEqual([0, 1, 3, 7, 15, 30]);
    expect(readAt.at(-1)! - readAt.at(-2)!).toBe(15);
  });
});
