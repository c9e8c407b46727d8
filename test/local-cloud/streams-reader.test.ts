import { describe, expect, it } from 'vitest';
import { answered, HOUR, nameOf, START, world } from './stream-world.ts';

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
