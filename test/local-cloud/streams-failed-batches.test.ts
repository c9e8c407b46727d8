import { describe, expect, it } from 'vitest';
import type { StreamRecord } from '../../local/cloud/streams/record.ts';
import { answered, FAILED, HOUR, nameOf, world } from './stream-world.ts';

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
