import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLoop } from '../../chaos/time/loop.ts';
import type { Cloud } from '../../local/cloud/cloud.ts';
import { KeptStreams } from '../../local/cloud/streams/kept-streams.ts';
import { TableStream } from '../../local/cloud/streams/table-stream.ts';
import { allow, clientOptions, lambda, role, startFixture, stopAll } from './fixture.ts';
import { STREAM_READING, streamed, streamMapping } from './stream-fixture.ts';

const DAY = 86_400_000;

let folder: string;
let loop: ReturnType<typeof createLoop>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'acopio-streams-'));
  loop = createLoop(Date.UTC(2026, 0, 1));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The stream as a process finds it that starts now. */
const start = (shards = 1) =>
  new TableStream({
    arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/now',
    region: 'us-east-1',
    viewType: 'NEW_AND_OLD_IMAGES',
    keys: ['pk'],
    shards,
    clock: loop,
    journal: new KeptStreams(folder).journalOf('t', shards),
  });
const write = (stream: TableStream, pk: string) =>
  stream.append({ before: undefined, after: { pk: { S: pk } } });
const records = (stream: TableStream) => stream.read(0, 0, 100).map(({ record }) => record);

describe('a kept stream', () => {
  it('has the records of the process before, in their places', () => {
    const before = start();
    write(before, 'a');
    write(before, 'b');

    const after = start();

    expect(records(after)).toEqual(records(before));
    expect(after.end(0)).toBe(2);
  });

  it('goes on counting where that stopped, also once its records have expired', async () => {
    const last = write(start(), 'a')!.dynamodb.SequenceNumber;
    await loop.run({ until: loop.now() + 2 * DAY });

    const [again, once] = [start(), start()].map((stream) => stream.end(0));
    const next = write(start(), 'b')!.dynamodb.SequenceNumber;

    expect([again, once]).toEqual([1, 1]);
    expect(BigInt(next)).toBeGreaterThan(BigInt(last));
  });

  it('goes on counting in each shard', async () => {
    // Arrange
    const before = start(2);
    const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
    for (const key of keys) write(before, key);
    await loop.run({ until: loop.now() + 2 * DAY });
    start(2);

    // Act
    const after = start(2);

    // Assert
    expect([after.end(0), after.end(1)]).toEqual([before.end(0), before.end(1)]);
  });

  it('is not harmed by a line that a kill has torn', () => {
    write(start(), 'a');
    appendFileSync(join(folder, 't.records'), '{"shards":1,"shard":0,"pos');

    const [after] = [start()];
    write(after!, 'b');

    expect(records(start()).map(({ dynamodb }) => dynamodb.Keys.pk)).toEqual([{ S: 'a' }, { S: 'b' }]);
  });

  it('begins anew with another number of shards', () => {
    write(start(1), 'a');

    expect(start(2).end(0)).toBe(0);
  });
});

describe('the position of an event source', () => {
  it('is what its lane noted last, and that of another number of lanes is none', () => {
    const positions = () => new KeptStreams(folder).positionsOf('m');
    const before = positions();
    before.note('0/0/1', 3);
    before.note('0/0/1', 7);

    const after = positions();

    expect([after.of('0/0/1'), after.of('0/0/2')]).toEqual([7, undefined]);
  });
});

describe('a kept cloud', () => {
  const run = async (handler: string, onLine: (line: string) => void = () => {}) =>
    await startFixture(
      {
        Main: {
          Resources: {
            T: streamed(),
            R: role(allow(STREAM_READING, ['*'])),
            F: lambda('f', 'R'),
            M: streamMapping('T', 'F'),
          },
        },
      },
      { f: `exports.handler = async ({ Records }) => { ${handler} };` },
      { keep: folder, onFunctionLog: (_, line) => onLine(line) },
    );
  const put = async (cloud: Cloud, pk: string) => {
    const documents = DynamoDBDocumentClient.from(new DynamoDBClient(clientOptions(cloud)));
    await documents.send(new PutCommand({ TableName: cloud.tableName('T'), Item: { pk, sk: 'row' } }));
    documents.destroy();
  };

  it('hands over after a restart what no function had taken, and nothing else', async () => {
    // Arrange
    const first = await run('if (Records[0].dynamodb.Keys.pk.S === "stuck") throw new Error("not now")');
    await put(first, 'done');
    await first.idle();
    await put(first, 'stuck');
    await stopAll();

    // Act
    const lines: string[] = [];
    const second = await run(
      'console.log(JSON.stringify(Records.map((r) => r.dynamodb.Keys.pk.S)))',
      (line) => lines.push(line),
    );
    await second.idle();
    await stopAll();

    // Assert
    expect(lines).toEqual(['["stuck"]']);
  });

  it('lets nobody else of this machine at what it keeps, also where a folder of it was open before', async () => {
    // Arrange
    mkdirSync(join(folder, 'tables'), { recursive: true });
    chmodSync(join(folder, 'tables'), 0o755);

    // Act
    await run('');
    await stopAll();

    // Assert
    const open = readdirSync(folder).filter((name) => (statSync(join(folder, name)).mode & 0o077) !== 0);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['queues', 'streams', 'tables']));
    expect(open).toEqual([]);
  });
});
