import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import type { SourceSettings } from '../../local/cloud/streams/batch.ts';
import { compileFilter } from '../../local/cloud/streams/filter.ts';
import { LaneReader } from '../../local/cloud/streams/lane-reader.ts';
import { TableStream } from '../../local/cloud/streams/table-stream.ts';
import type { Loop } from '../time/loop.ts';
import type { Attributes } from './expression.ts';
import type { SimFunction } from './functions.ts';
import { type Noted, noted } from './items.ts';

export interface SimStreamOptions {
  table: string;
  shards: number;
  settings: SourceSettings;
  /** Patterns of the records that the function gets. */
  filters: readonly string[];
  consumer: SimFunction<DynamoDBStreamEvent, DynamoDBBatchResponse>;
  /** Epoch ms until which a shard's records are not handed out; in the past when they are. */
  lagsUntil(shard: number): number;
  /** Hears how many records were given up. */
  onDiscard(records: number): void;
  loop: Loop;
}

/** A table's stream with its event source: the ones of the local cloud, on a world's clock. */
export interface SimStream {
  /** A write of the table. */
  append(before: Attributes | undefined, after: Attributes | undefined): void;
  /** A record waits or is worked on. */
  busy(): boolean;
  /** Nothing of it is handed out any more: another table has taken the place of its own. */
  stop(): void;
}

// A stored item never changes, so each is noted once: what a write found is what the write before it left.
const images = new WeakMap<Attributes, Record<string, Noted>>();

function imageOf(item: Attributes): Record<string, Noted> {
  const image = images.get(item) ?? noted(item);
  images.set(item, image);
  return image;
}

export function createSimStream(options: SimStreamOptions): SimStream {
  const { table, shards, settings, filters, consumer, lagsUntil, onDiscard, loop } = options;
  const region = 'sa-east-1';
  const stream = new TableStream({
    arn: `arn:aws:dynamodb:${region}:000000000000:table/${table}/stream/simulated`,
    region,
    viewType: 'NEW_AND_OLD_IMAGES',
    keys: ['pk', 'sk'],
    shards,
    clock: loop,
  });
  let stopped = false;
  const passes = compileFilter(filters);
  const readers = stream.shardIds.map((_, shard) => {
    const wait = (until: number) =>
      new Promise<void>((resolve) => {
        loop.at(until, resolve);
      });
    const port = {
      mayRead: () => true,
      async invoke(records: readonly object[]) {
        while (lagsUntil(shard) > loop.now()) await wait(lagsUntil(shard));
        if (stopped) return { kind: 'refused' } as const;
        // Its images are what the local cloud makes of them, and what the function reads as its own type.
        const outcome = await consumer.invoke({ Records: records as DynamoDBStreamEvent['Records'] });
        return outcome.ok
          ? ({ kind: 'answered', payload: outcome.result } as const)
          : ({ kind: 'failed', error: outcome.cause } as const);
      },
      async discard({ batch }: { batch: { entries: readonly unknown[] } }) {
        onDiscard(batch.entries.length);
      },
    };
    return new LaneReader({ stream, shard, lane: 0, settings, passes, port, clock: loop });
  });
  stream.follow({
    position: (shard) => readers[shard]?.position ?? 0,
    wake: (shard) => readers[shard]?.wake(),
  });
  for (const reader of readers) reader.start();
  return {
    append: (before, after) =>
      void stream.append({
        before: before === undefined ? undefined : imageOf(before),
        after: after === undefined ? undefined : imageOf(after),
      }),
    stop() {
      stopped = true;
      for (const reader of readers) void reader.stop();
    },
    busy: () => readers.some((reader) => reader.busy),
  };
}
