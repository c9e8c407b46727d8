import { createLoop } from '../../chaos/time/loop.ts';
import type { SourceSettings } from '../../local/cloud/streams/batch.ts';
import { compileFilter } from '../../local/cloud/streams/filter.ts';
import { type Discarded, type Invoked, LaneReader } from '../../local/cloud/streams/lane-reader.ts';
import type { StreamRecord } from '../../local/cloud/streams/record.ts';
import { TableStream } from '../../local/cloud/streams/table-stream.ts';

export const START = Date.UTC(2026, 0, 1);
export const HOUR = 3_600_000;
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

export const nameOf = ({ dynamodb }: StreamRecord): string =>
  dynamodb.Keys.sk ? String(Object.values(dynamodb.Keys.sk)[0]) : '';
export const answered = (...failed: StreamRecord[]): Invoked => ({
  kind: 'answered',
  payload: { batchItemFailures: failed.map(({ dynamodb }) => ({ itemIdentifier: dynamodb.SequenceNumber })) },
});
export const FAILED: Invoked = { kind: 'failed', error: 'Error' };

/** One shard of a stream on a time line of its own. `handler` gets each batch; what it got is in `batches`, by the records' names. */
export function world(
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
