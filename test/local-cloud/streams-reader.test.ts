import { describe, expect, it } from 'vitest';
import { createLoop } from '../../chaos/time/loop.ts';
import type { SourceSettings } from '../../local/cloud/streams/batch.ts';
import { compileFilter } from '../../local/cloud/streams/filter.ts';
import { type Discarded, type Invoked, LaneReader } from '../../local/cloud/streams/lane-reader.ts';
import type { StreamRecord } from '../../local/cloud/streams/record.ts';
import { TableStream } from '../../local/cloud/streams/table-stream.ts';

const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const SETTINGS: SourceSettings = {
  batchSize: 100,
  windowMs: 0,
  startingPosition: 'TRIM_HORIZON',
  parallelization: 1,
  bisect: false,
  maxRetries: -1,
  maxAgeMs: -1,
  reportsFailures: false,
  backoff: { firstMs: 100, mostMs: 60_000 },
  pollMs: 0,
};

const nameOf = ({ dynamodb }: StreamRecord): string =>
  dynamodb.Keys.sk ? String(Object.values(dynamodb.Keys.sk)[0]) : '';
const answered = (...failed: StreamRecord[]): Invoked => ({
  kind: 'answered',
  payload: { batchItemFailures: failed.map(({ dynamodb }) => ({ itemIdentifier: dynamodb.SequenceNumber })) },
});
const FAILED: Invoked = { kind: 'failed', error: 'Error' };

/** One shard on a time line of its own. `handler` gets each batch; what it got is in `batches`, by the records' names. */
function world(
  settings: Partial<SourceSettings>,
  handler: (records: readonly StreamRecord[], call: number) => Invoked | Promise<Invoked>,
  { patterns = [], mayRead = () => true }: { patterns?: string[]; mayRead?: () => boolean } = {},
) {
  const loop = createLoop(START);
  const stream = new TableStream({
    arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/now',
    region: 'us-east-1',
    viewType: 'NEW_AND_OLD_IMAGES',
    keys: ['pk', 'sk'],
    shards: 1,
    clock: loop,
  });
  const all = { ...SETTINGS, ...settings };
  const batches: string[][] = [];
  const times: number[] = [];
  const ages: number[] = [];
  const discarded: Discarded[] = [];
  const readers: LaneReader[] = [];
  const read = (position?: number) => {
    for (let lane = 0; lane < all.parallelization; lane += 1) {
      readers.push(
        new LaneReader({
          stream,
          shard: 0,
          lane,
          settings: all,
          passes: compileFilter(patterns),
          port: {
            mayRead,
            invoke: async (records) => {
              batches.push(records.map(nameOf));
              times.push(loop.now() - START);
              return await handler(records, batches.length);
            },
            discard: async (lost) => void discarded.push(lost),
            onIteratorAge: (ms) => ages.push(ms),
          },
          clock: loop,
          ...(position === undefined ? {} : { position }),
        }),
      );
    }
    stream.follow({
      position: () => Math.min(...readers.map((reader) => reader.position)),
      wake: () => {
        for (const reader of readers) reader.wake();
      },
    });
    for (const reader of readers) reader.start();
  };
  return {
    loop,
    stream,
    batches,
    times,
    ages,
    discarded,
    readers,
    read,
    write: (n: string, pk = 'k') =>
      stream.append({ before: undefined, after: { pk: { S: pk }, sk: { S: n } } }),
    run: (ms: number) => loop.run({ until: loop.now() + ms }),
    lost: () =>
      discarded.map(({ reason, batch }) => [reason, batch.entries.map(({ record }) => nameOf(record))]),
  };
}

describe('a reader of a stream', () => {
  it('hands the records over in order, in batches of at most the given size', async () => {
    const { write, read, run, batches } = world({ batchSize: 2 }, () => answered());
    for (const n of ['a', 'b', 'c', 'd', 'e']) write(n);

    read();
    await run(1000);

    expect(batches).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  it('looks at regular times: what a look shows is handed over at once, and what comes later waits for the next one', async () => {
    const made = world({ batchSize: 2, pollMs: 250 }, (_, call) => {
      if (call === 2) made.write('d');
      return answered();
    });
    const { loop, write, read, run, batches, times } = made;
    read();
    await run(100);
    for (const n of ['a', 'b', 'c']) write(n);

    await run(1000);

    expect(batches).toEqual([['a', 'b'], ['c'], ['d']]);
    expect(times).toEqual([250, 250, 500]);
    expect(loop.now()).toBe(START + 1100);
  });

  it('begins with the first record there still is at TRIM_HORIZON', async () => {
    const { write, read, run, batches } = world({}, () => answered());
    write('early');

    read();
    await run(10);
    write('late');
    await run(10);

    expect(batches).toEqual([['early'], ['late']]);
  });

  it('begins with the next record at LATEST', async () => {
    const { write, read, run, batches } = world({ startingPosition: 'LATEST' }, () => answered());
    write('early');

    read();
    await run(10);
    write('late');
    await run(10);

    expect(batches).toEqual([['late']]);
  });

  it('gathers a batch until its window is over', async () => {
    const { write, read, run, batches, times } = world({ windowMs: 5000 }, () => answered());

    read();
    write('a');
    await run(3000);
    write('b');
    await run(3000);
    write('c');
    await run(6000);

    expect(batches).toEqual([['a', 'b'], ['c']]);
    expect(times).toEqual([5000, 11_000]);
  });

  it('sends a full batch before its window is over', async () => {
    const { write, read, run, batches, times } = world({ windowMs: 5000, batchSize: 2 }, () => answered());

    read();
    await run(10);
    write('a');
    write('b');
    await run(10);

    expect(batches).toEqual([['a', 'b']]);
    expect(times).toEqual([10]);
  });

  it('waits for a batch before it sends the next', async () => {
    const { loop, write, read, run, batches, times } = world(
      { batchSize: 1 },
      () => new Promise((resolve) => loop.setTimeout(() => resolve(answered()), 700)),
    );
    write('a');
    write('b');

    read();
    await run(2000);

    expect(batches).toEqual([['a'], ['b']]);
    expect(times).toEqual([0, 700]);
  });

  it('works on several partition keys of a shard at once, on each in order', async () => {
    const { loop, write, read, run, batches } = world(
      { batchSize: 1, parallelization: 4 },
      () => new Promise((resolve) => loop.setTimeout(() => resolve(answered()), 1000)),
    );
    const keys = Array.from({ length: 12 }, (_, index) => `key${index}`);
    for (const round of ['1', '2']) for (const key of keys) write(`${key}/${round}`, key);

    read();
    await run(1);
    const immediately = batches.length;
    await run(60_000);

    const order = batches.flat();
    expect(immediately).toBe(4);
    expect(order).toHaveLength(24);
    for (const key of keys) expect(order.indexOf(`${key}/1`)).toBeLessThan(order.indexOf(`${key}/2`));
  });

  it('hands over only what passes its filter, and goes on behind the rest', async () => {
    const { write, read, run, batches, readers } = world({}, () => answered(), {
      patterns: ['{"dynamodb":{"NewImage":{"sk":{"S":[{"prefix":"x"}]}}}}'],
    });
    for (const n of ['x1', 'y1', 'x2', 'y2']) write(n);

    read();
    await run(10);

    expect(batches).toEqual([['x1', 'x2']]);
    expect(readers.map(({ busy, position }) => [busy, position])).toEqual([[false, 4]]);
  });

  it('reads nothing while it may not', async () => {
    let allowed = false;
    const { write, read, run, batches } = world({}, () => answered(), { mayRead: () => allowed });
    write('a');

    read();
    await run(1000);
    const before = [...batches];
    allowed = true;
    await run(1000);

    expect([before, batches]).toEqual([[], [['a']]]);
  });

  it('reports how old the last record of a batch is', async () => {
    const { write, read, run, ages } = world({}, () => answered());
    write('a');
    await run(3000);
    write('b');
    await run(1500);

    read();
    await run(10);

    expect(ages).toEqual([1500]);
  });

  it('cuts a batch that is too large for one invocation', async () => {
    const { write, read, run, batches } = world({}, () => answered());
    // Each is in the record twice: in its key and in its image.
    for (let index = 0; index < 7; index += 1) write(`${index}-${'x'.repeat(900_000)}`);

    read();
    await run(10);

    expect(batches.map((batch) => batch.length)).toEqual([3, 3, 1]);
  });

  it('goes on where an earlier reader stopped, and repeats what that had not done', async () => {
    const { write, read, run, batches, readers } = world({ batchSize: 2 }, (_, call) =>
      call === 2 ? new Promise(() => {}) : answered(),
    );
    for (const n of ['a', 'b', 'c']) write(n);
    read();
    await run(10);

    read(readers[0]!.position);
    await run(10);

    expect(batches).toEqual([['a', 'b'], ['c'], ['c']]);
  });

  it('hands nothing over after it was stopped', async () => {
    const { write, read, run, batches, readers } = world({}, () => answered());
    read();
    await run(10);

    await readers[0]!.stop();
    write('a');
    await run(10);

    expect(batches).toEqual([]);
  });
});

describe('a failed batch', () => {
  it('comes again, ever later, and holds up what is behind it', async () => {
    const { write, read, run, batches, times } = world({ batchSize: 2 }, (_, call) =>
      call <= 3 ? FAILED : answered(),
    );
    for (const n of ['a', 'b', 'c']) write(n);

    read();
    await run(10_000);

    expect(batches).toEqual([['a', 'b'], ['a', 'b'], ['a', 'b'], ['a', 'b'], ['c']]);
    expect(times).toEqual([0, 100, 300, 700, 700]);
  });

  it('leaves the next one its own patience', async () => {
    const { write, read, run, times } = world({ batchSize: 1 }, (_, call) =>
      [1, 2, 4].includes(call) ? FAILED : answered(),
    );
    write('a');
    write('b');

    read();
    await run(10_000);

    expect(times).toEqual([0, 100, 300, 300, 400]);
  });

  it('waits no longer than the longest wait', async () => {
    const { write, read, run, times } = world({ backoff: { firstMs: 100, mostMs: 400 } }, () => FAILED);
    write('a');

    read();
    await run(1500);

    expect(times).toEqual([0, 100, 300, 700, 1100, 1500]);
  });

  it('comes again at once when its wait is ended', async () => {
    const { write, read, run, times, readers } = world(
      { backoff: { firstMs: 60_000, mostMs: 60_000 } },
      (_, call) => (call === 1 ? FAILED : answered()),
    );
    write('a');
    read();
    await run(10);

    readers[0]!.endWait();
    await run(10);

    expect(times).toEqual([0, 10]);
  });

  it('is given up after its retries, and the next one follows', async () => {
    const { write, read, run, batches, lost, discarded } = world(
      { batchSize: 1, maxRetries: 2 },
      ([record]) => (nameOf(record!) === 'bad' ? FAILED : answered()),
    );
    write('bad');
    write('good');

    read();
    await run(10_000);

    expect(batches).toEqual([['bad'], ['bad'], ['bad'], ['good']]);
    expect(lost()).toEqual([['RetryAttemptsExhausted', ['bad']]]);
    expect(discarded[0]).toMatchObject({ batch: { invocations: 3 }, error: 'Error' });
  });

  it('is tried without end when the retries are -1, until the stream has lost it', async () => {
    const { write, read, run, batches, lost } = world({ batchSize: 1 }, ([record]) =>
      nameOf(record!) === 'bad' ? FAILED : answered(),
    );
    write('bad');
    read();
    await run(23 * HOUR);
    const tried = batches.length;
    write('good');
    await run(2 * HOUR);

    expect(tried).toBeGreaterThan(1000);
    expect(batches.at(-1)).toEqual(['good']);
    expect(lost()).toEqual([]);
  });

  it('loses the records that are older than the source allows', async () => {
    const { write, read, run, lost, batches } = world({ maxAgeMs: 60_000 }, (_, call) =>
      call < 10 ? FAILED : answered(),
    );
    write('old');
    await run(50_000);
    write('young');

    read();
    await run(100_000);

    expect(lost()).toEqual([['RecordAgeExceeded', ['old']]]);
    expect(batches[0]).toEqual(['old', 'young']);
    expect(batches.at(-1)).toEqual(['young']);
  });

  it('is cut in two until only the bad record is left, and nothing else is lost or out of order', async () => {
    const done: string[] = [];
    const { write, read, run, batches, times, lost } = world({ bisect: true, maxRetries: 1 }, (records) => {
      if (records.some((record) => nameOf(record) === 'c')) return FAILED;
      done.push(...records.map(nameOf));
      return answered();
    });
    for (const n of ['a', 'b', 'c', 'd', 'e']) write(n);

    read();
    await run(60_000);

    expect(batches).toEqual([
      ['a', 'b', 'c', 'd', 'e'],
      ['a', 'b', 'c'],
      ['a', 'b'],
      ['c'],
      ['c'],
      ['d', 'e'],
    ]);
    expect(times).toEqual([0, 100, 300, 300, 400, 400]);
    expect(done).toEqual(['a', 'b', 'd', 'e']);
    expect(lost()).toEqual([['RetryAttemptsExhausted', ['c']]]);
  });

  it('that could not begin loses no try', async () => {
    const { write, read, run, batches, lost } = world({ maxRetries: 0 }, (_, call) =>
      call <= 3 ? { kind: 'refused' } : answered(),
    );
    write('a');

    read();
    await run(10_000);

    expect(batches).toHaveLength(4);
    expect(lost()).toEqual([]);
  });
});

describe('a batch of which the function reports failures', () => {
  const failing =
    (...bad: string[]) =>
    (records: readonly StreamRecord[]) =>
      answered(...records.filter((record) => bad.includes(nameOf(record))));

  it('comes again from the lowest failed record on, whatever the order of the report', async () => {
    const { write, read, run, batches } = world({ reportsFailures: true }, (records, call) =>
      call > 1
        ? answered()
        : answered(...['d', 'b'].map((n) => records.find((record) => nameOf(record) === n)!)),
    );
    for (const n of ['a', 'b', 'c', 'd']) write(n);

    read();
    await run(10_000);

    expect(batches).toEqual([
      ['a', 'b', 'c', 'd'],
      ['b', 'c', 'd'],
    ]);
  });

  it('leaves what came before the failed record done, for a later reader too', async () => {
    const { write, read, run, batches, readers } = world({ reportsFailures: true }, failing('c'));
    for (const n of ['a', 'b', 'c']) write(n);
    read();
    await run(10);
    await readers[0]!.stop();
    batches.length = 0;

    read(readers[0]!.position);
    await run(10);

    expect(batches).toEqual([['c']]);
  });

  it('is done as a whole when the source does not ask for reports', async () => {
    const { write, read, run, batches } = world({ reportsFailures: false }, failing('a'));
    write('a');

    read();
    await run(10_000);

    expect(batches).toEqual([['a']]);
  });

  it('comes again as a whole when the report names a record that was not in it', async () => {
    const { write, read, run, batches } = world({ reportsFailures: true }, (_, call) =>
      call > 1
        ? answered()
        : { kind: 'answered', payload: { batchItemFailures: [{ itemIdentifier: '999' }] } },
    );
    write('a');
    write('b');

    read();
    await run(10_000);

    expect(batches).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('keeps what came before the failed record done, also when the rest is given up', async () => {
    const { write, read, run, batches, lost, discarded } = world(
      { reportsFailures: true, maxRetries: 1 },
      failing('c'),
    );
    for (const n of ['a', 'b', 'c', 'd']) write(n);

    read();
    await run(10_000);

    expect(batches).toEqual([
      ['a', 'b', 'c', 'd'],
      ['c', 'd'],
    ]);
    expect(lost()).toEqual([['RetryAttemptsExhausted', ['c', 'd']]]);
    expect(discarded[0]?.error).toBeUndefined();
  });

  it('is cut at the failed record, and then in two, where the source bisects', async () => {
    const { write, read, run, batches, lost } = world(
      { reportsFailures: true, bisect: true, maxRetries: 0 },
      failing('c'),
    );
    for (const n of ['a', 'b', 'c', 'd']) write(n);

    read();
    await run(10_000);

    expect(batches).toEqual([['a', 'b', 'c', 'd'], ['c', 'd'], ['c'], ['d']]);
    expect(lost()).toEqual([['RetryAttemptsExhausted', ['c']]]);
  });
});

describe('the records of a stream', () => {
  it('are gone after a day', async () => {
    const { write, run, stream } = world({}, () => answered());
    write('old');
    await run(HOUR);
    write('young');

    await run(23 * HOUR);

    expect(stream.read(0, 0, 10).map(({ record }) => nameOf(record))).toEqual(['young']);
    expect([stream.horizon(0), stream.end(0)]).toEqual([1, 2]);
  });

  it('fill no more memory than needed once everybody is done with them', async () => {
    const { write, read, run, stream } = world({ batchSize: 10_000 }, () => answered());
    read();

    for (let round = 0; round < 25; round += 1) {
      for (let n = 0; n < 1000; n += 1) write(`${round}/${n}`);
      await run(10);
    }

    expect(stream.end(0) - stream.horizon(0)).toBeLessThanOrEqual(20_000);
    expect(stream.end(0)).toBe(25_000);
  });
});
