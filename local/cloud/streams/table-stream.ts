import { createHash } from 'node:crypto';
import { asObject, type JsonObject } from '../json.ts';
import type { StreamClock } from './clock.ts';
import { type Change, isUnchanged, recordOf, type StreamRecord, type StreamViewType } from './record.ts';

/** A record where it lies in its shard. */
export interface StreamEntry {
  readonly record: StreamRecord;
  /** Epoch ms of the write. */
  readonly at: number;
  /** Counts the shard's records from 0, those that are gone included. */
  readonly position: number;
  /** The same for all items of a partition key. */
  readonly hash: number;
}

/** Who follows a stream. */
export interface StreamFollower {
  /** Position of the first record of a shard that it may still need. */
  position(shard: number): number;
  /** There is a new record in this shard. */
  wake(shard: number): void;
}

export interface StreamOptions {
  arn: string;
  region: string;
  viewType: StreamViewType;
  /** Names of the key attributes, that of the partition key first. */
  keys: readonly [string, ...string[]];
  /** Number of shards. */
  shards: number;
  clock: StreamClock;
  /** Keeps the records for the next process; in memory only when absent. */
  journal?: StreamJournal;
}

/** A record as it is kept. */
export interface KeptRecord extends StreamEntry {
  shard: number;
  /** Which one of the whole stream it is, from 1. */
  count: number;
}

export interface StreamJournal {
  /** What an earlier process left, in order. */
  readonly left: readonly KeptRecord[];
  add(record: KeptRecord): void;
  /** Drops what was written before this time (epoch ms), but for the last record of each shard. */
  forget(before: number): void;
}

/** A stream keeps its records for a day. (DynamoDB guide, "Change data capture for DynamoDB Streams".) */
const RETENTION_MS = 24 * 3_600_000;
/** So many records of a shard that all followers are done with stay readable. The rest would only fill the memory. */
const DONE_KEPT = 10_000;
/** The digits behind a sequence number's counter. */
const SEQUENCE_DIGITS = 20;

interface Shard {
  id: string;
  entries: StreamEntry[];
  /** Position of the next record. */
  end: number;
}

/** The changes of one table in the order in which they happened: several shards, each with its partition keys. */
export class TableStream {
  readonly arn: string;
  readonly #options: StreamOptions;
  readonly #shards: readonly Shard[];
  readonly #followers = new Set<StreamFollower>();
  #count = 0;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.arn = options.arn;
    this.#shards = Array.from({ length: options.shards }, (_, index) => ({
      id: `shardId-${String(index).padStart(20, '0')}-${digest(`${options.arn}/${index}`).slice(0, 8)}`,
      entries: [],
      end: 0,
    }));
    for (const { shard, count, ...entry } of options.journal?.left ?? []) {
      const { entries } = this.#shard(shard);
      entries.push(entry);
      this.#shard(shard).end = entry.position + 1;
      this.#count = count;
    }
    options.journal?.forget(this.expiredBy);
  }

  get viewType(): StreamViewType {
    return this.#options.viewType;
  }

  get keys(): readonly string[] {
    return this.#options.keys;
  }

  get shardIds(): readonly string[] {
    return this.#shards.map(({ id }) => id);
  }

  /** Takes a write at the moment it happens. Undefined: the write changed nothing, and there is no record. */
  append(change: Change): StreamRecord | undefined {
    if (isUnchanged(change)) return undefined;
    const { arn, region, viewType, keys, clock, journal } = this.#options;
    const at = clock.now();
    const hash = hashOf(asObject(asObject(change.after ?? change.before)[keys[0]]));
    const index = hash % this.#shards.length;
    const shard = this.#shard(index);
    this.#count += 1;
    // As on AWS the counter leads: numbers get longer with time, and neither texts nor doubles compare them rightly.
    const sequenceNumber = `${this.#count}${String(this.#count * 7_919).padStart(SEQUENCE_DIGITS, '0')}`;
    const eventID = digest(`${arn}/${sequenceNumber}`).slice(0, 32);
    const record = recordOf(change, { eventID, sequenceNumber, at, keys, viewType, region, streamArn: arn });
    const entry = { record, at, position: shard.end, hash };
    journal?.add({ ...entry, shard: index, count: this.#count });
    shard.entries.push(entry);
    shard.end += 1;
    this.#trim(index);
    for (const follower of this.#followers) follower.wake(index);
    return record;
  }

  /** The records of a shard from a position on; those that are older than a day are gone. */
  read(shard: number, from: number, most: number): readonly StreamEntry[] {
    this.#trim(shard);
    const { entries, end } = this.#shard(shard);
    const first = end - entries.length;
    const skip = Math.max(0, from - first);
    return entries.slice(skip, skip + most);
  }

  /** Position that the next record of a shard will have. */
  end(shard: number): number {
    return this.#shard(shard).end;
  }

  /** Position of the oldest record that there still is. */
  horizon(shard: number): number {
    this.#trim(shard);
    const { entries, end } = this.#shard(shard);
    return end - entries.length;
  }

  /** Epoch ms: what was written by then is gone. */
  get expiredBy(): number {
    return this.#options.clock.now() - RETENTION_MS;
  }

  follow(follower: StreamFollower): () => void {
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  #shard(index: number): Shard {
    const shard = this.#shards[index];
    if (!shard) throw new Error(`The stream ${this.arn} has no shard ${index}.`);
    return shard;
  }

  #trim(index: number): void {
    const { entries, end } = this.#shard(index);
    const { expiredBy } = this;
    let gone = 0;
    while ((entries[gone]?.at ?? Number.POSITIVE_INFINITY) <= expiredBy) gone += 1;
    if (this.#followers.size > 0 && entries.length > 2 * DONE_KEPT) {
      const needed = Math.min(...[...this.#followers].map((follower) => follower.position(index)));
      gone = Math.max(gone, Math.min(entries.length - DONE_KEPT, needed - (end - entries.length)));
    }
    if (gone > 0) entries.splice(0, gone);
  }
}

const digest = (text: string): string => createHash('md5').update(text).digest('hex');

/** A number of 32 bits for a key attribute: FNV-1a, with its bits mixed so that each of them says something. */
function hashOf(key: JsonObject): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(String(Object.values(key)[0]))) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
