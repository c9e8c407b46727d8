import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../functions/domain/event.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { type Publisher, publish } from '../../functions/erp/publish.ts';
import type { Batch } from '../../functions/storage/feed-batch.ts';
import { rowOf } from '../storage/samples.ts';
import { countingMetrics, keptLog, movedClock } from '../support/fakes.ts';
import { imageOf } from './stream-image.ts';

const record = (sequence: number, after: OrderRow, before?: OrderRow): DynamoDBRecord =>
  ({
    eventID: `event-${sequence}`,
    dynamodb: {
      ApproximateCreationDateTime: Date.parse('2026-11-22T12:00:00Z') / 1000,
      SequenceNumber: String(sequence),
      NewImage: imageOf(after),
      ...(before ? { OldImage: imageOf(before) } : {}),
    },
  }) as unknown as DynamoDBRecord;

/** A publisher whose feed takes so many events and then fails. */
function publisherWith(taken = Number.POSITIVE_INFINITY) {
  const batches: { ids: string[]; mark: string | undefined }[] = [];
  const events: NewEvent[] = [];
  const told = { announced: 0, onBus: [] as string[], fails: false };
  const metrics = countingMetrics();
  const log = keptLog();
  const clock = movedClock();
  const publisher: Publisher = {
    feed: {
      append: async ({ events: eventsIn, mark }: Batch) => {
        events.push(...eventsIn(5));
        const ids = eventsIn(5).map(({ id }) => id);
        batches.push({ ids, mark });
        return ids.length <= taken
          ? { written: ids.length }
          : { written: taken, failure: new Error('the table does not answer') };
      },
      raise: async () => ({ epoch: 5, seq: 0 }),
    },
    announce: async () => {
      told.announced += 1;
      if (told.fails) throw new Error('the queue does not answer');
    },
    bus: {
      put: async (events) => {
        if (told.fails) throw new Error('the bus does not answer');
        told.onBus.push(...events.map(({ id }) => id));
        return 0;
      },
    },
    metrics,
    log,
    clock,
  };
  const run = (...Records: DynamoDBRecord[]) => publish(publisher, { Records });
  return { run, batches, events, told, metrics, log, clock };
}

const row = (id: string, eventCount = 1) => rowOf(id, { eventCount });
const idOf = (id: string) => `shop:s:order:${id}:5:1`;

describe('the publisher', () => {
  it('gives the events of a batch to the feed, in order, under a mark of the batch', async () => {
    const { run, batches } = publisherWith();

    const answer = await run(record(1, row('a')), record(2, row('b')));

    expect(batches).toEqual([{ ids: [idOf('a'), idOf('b')], mark: 'event-1' }]);
    expect(answer).toEqual({ batchItemFailures: [] });
  });

  it('passes over writes that nobody has to be told of', async () => {
    const { run, batches, told } = publisherWith();

    await run(record(1, rowOf('old')), record(2, row('a'), row('a')));

    expect(batches[0]?.ids).toEqual([]);
    expect(told.announced).toBe(0);
  });

  it('reads a row as it was written, to the depth of its order', async () => {
    const before = row('a');
    const after = { ...row('a', 2), order: { ...before.order!, warnings: ['odd'] } };
    const { run, events } = publisherWith();

    await run(record(1, after, before));

    expect(events).toMatchObject([{ type: 'order.updated', changed: ['warnings'] }]);
  });

  it('lets the batch come again from the first record on whose event is not in the feed', async () => {
    const { run, metrics, log } = publisherWith(1);

    const answer = await run(record(1, row('a')), record(2, rowOf('old')), record(3, row('b')));

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '3' }] });
    expect(metrics.total('FeedFailed')).toBe(1);
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', fields: { published: 1, error: 'Error' } }),
    );
  });

  it('tells of what is in the feed, and of nothing else', async () => {
    const { run, told } = publisherWith(1);

    await run(record(1, row('a')), record(2, row('b')));

    expect(told).toMatchObject({ announced: 1, onBus: [idOf('a')] });
  });

  it('loses no event when neither endpoints nor the bus can be told', async () => {
    const { run, told, metrics } = publisherWith();
    told.fails = true;

    const answer = await run(record(1, row('a')), record(2, row('b')));

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(metrics.total('BusEventsLost')).toBe(2);
  });

  it('measures how long a change needed', async () => {
    const { run, metrics, clock } = publisherWith();
    clock.move(1500);

    await run(record(1, row('a')));

    expect(metrics.total('FeedLagSeconds')).toBe(1.5);
  });

  it('asks for attention where a row holds a number that nobody can read', async () => {
    const broken = record(1, row('a'));
    broken.dynamodb!.NewImage!.eventCount = { N: '9'.repeat(38) };
    const { run, batches } = publisherWith();

    const answer = await run(broken);

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(batches[0]?.ids).toEqual([expect.stringMatching(/^shop:s:order:a:5:[0-9a-f]{16}$/)]);
  });
});
