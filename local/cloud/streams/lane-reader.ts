import { afterFailure, type Batch, type DiscardReason, firstFailed, type SourceSettings } from './batch.ts';
import type { StreamClock } from './clock.ts';
import type { RecordFilter } from './filter.ts';
import type { StreamRecord } from './record.ts';
import type { StreamEntry, TableStream } from './table-stream.ts';

/** How an invocation ended. `refused`: it never began, and the batch waits without losing a try. */
export type Invoked =
  | { kind: 'answered'; payload: unknown }
  | { kind: 'failed'; error: string }
  | { kind: 'refused' };

/** Records that are given up. */
export interface Discarded {
  reason: DiscardReason;
  batch: Batch;
  /** The function's error, when the last try ended with one. */
  error: string | undefined;
}

/** What a reader needs of its surroundings. */
export interface ReaderPort {
  /** May the stream be read now, and has the function room? Asked before each reading. */
  mayRead(): boolean;
  invoke(records: readonly StreamRecord[]): Promise<Invoked>;
  discard(discarded: Discarded): Promise<void>;
  /** Age of a batch's last record when the function gets it (ms). */
  onIteratorAge?(ms: number): void;
  /** A reader that takes its place begins here. */
  onProgress?(position: number): void;
}

/** A reader that may not read asks again at its next look, or so much later (ms). */
const REFUSED_PAUSE_MS = 10;
/** Largest event of an invocation, in bytes, with room for its envelope. (Lambda guide, "Lambda quotas".) */
const MOST_BYTES = 6_000_000;
/** JSON is never this many times larger than the size that DynamoDB counts. */
const LARGEST_OVERHEAD = 15;
const PAGE = 1_000;

/**
 * Reads one lane of a shard: the records of its partition keys, in order, batch after batch. A failed batch holds up what
 * is behind it until it succeeds or is given up.
 */
export class LaneReader {
  readonly #stream: TableStream;
  readonly #shard: number;
  readonly #lane: number;
  readonly #settings: SourceSettings;
  readonly #passes: RecordFilter;
  readonly #port: ReaderPort;
  readonly #clock: StreamClock;
  #position: number;
  /** The last look showed more than a batch takes. */
  #left = false;
  #working = false;
  #stopped = false;
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #endWait: (() => void) | undefined;

  constructor(options: {
    stream: TableStream;
    /** Index of the shard. */
    shard: number;
    /** Which of the shard's `settings.parallelization` lanes. */
    lane: number;
    settings: SourceSettings;
    passes: RecordFilter;
    port: ReaderPort;
    clock: StreamClock;
    /** Where an earlier reader stopped; absent: as the settings say. */
    position?: number;
  }) {
    this.#stream = options.stream;
    this.#shard = options.shard;
    this.#lane = options.lane;
    this.#settings = options.settings;
    this.#passes = options.passes;
    this.#port = options.port;
    this.#clock = options.clock;
    const { startingPosition } = options.settings;
    const start = startingPosition === 'LATEST' ? this.#stream.end(this.#shard) : 0;
    this.#position = options.position ?? start;
  }

  /** Position of the first record that is not done. */
  get position(): number {
    return this.#position;
  }

  /** Is there a record that it has not looked at, or a batch that is not done? */
  get busy(): boolean {
    return this.#working || this.#position < this.#stream.end(this.#shard);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** There is a new record in the shard. */
  wake(): void {
    this.#wake?.();
  }

  /** Ends the wait before a failed batch's next try. */
  endWait(): void {
    this.#endWait?.();
  }

  /** Reads nothing more; resolves once a running invocation has ended. What was not done is not given up. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.wake();
    this.endWait();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const entries = await this.#gather();
      if (entries.length === 0) continue;
      this.#working = true;
      await this.#work(entries);
      this.#working = false;
    }
  }

  /** Collects a batch until it is full, too large for one invocation, or its window is over. */
  async #gather(): Promise<StreamEntry[]> {
    const { batchSize, windowMs, pollMs } = this.#settings;
    const batch: StreamEntry[] = [];
    let next = this.#position;
    let until = Number.POSITIVE_INFINITY;
    if (!this.#left) await this.#nextLook();
    while (!this.#stopped) {
      if (!this.#port.mayRead()) {
        await this.#sleep(pollMs > 0 ? this.#untilLook(pollMs) : REFUSED_PAUSE_MS);
        continue;
      }
      const page = this.#stream.read(this.#shard, next, PAGE);
      for (const entry of page) {
        if (batch.length >= batchSize) break;
        next = entry.position + 1;
        if (this.#isOwn(entry) && this.#passes(entry.record)) batch.push(entry);
        else if (batch.length === 0) this.#position = next;
      }
      if (batch.length > 0 && until === Number.POSITIVE_INFINITY) until = this.#clock.now() + windowMs;
      if (batch.length >= batchSize || this.#clock.now() >= until) break;
      if (next < this.#stream.end(this.#shard)) continue;
      await this.#nextRecord(until - this.#clock.now());
      if (batch.length === 0 && pollMs > 0) await this.#sleep(this.#untilLook(pollMs));
    }
    const cut = this.#stopped ? [] : cutToSize(batch);
    this.#left = cut.length < batch.length || next < this.#stream.end(this.#shard);
    return cut;
  }

  /** What comes while a batch is worked on waits as well. (Lambda guide, "Polling and batching streams".) */
  async #nextLook(): Promise<void> {
    const { pollMs } = this.#settings;
    if (pollMs === 0) return;
    if (this.#position >= this.#stream.end(this.#shard)) await this.#nextRecord(Number.POSITIVE_INFINITY);
    await this.#sleep(this.#untilLook(pollMs));
  }

  /** Looks are regular; those at different shards are spread evenly. */
  #untilLook(pollMs: number): number {
    const shift = (this.#shard * pollMs) / this.#stream.shardIds.length;
    return pollMs - ((this.#clock.now() + shift) % pollMs);
  }

  #isOwn({ hash }: StreamEntry): boolean {
    const { parallelization } = this.#settings;
    return Math.floor(hash / this.#stream.shardIds.length) % parallelization === this.#lane;
  }

  /** Hands a batch over until each of its records is done or given up. */
  async #work(entries: readonly StreamEntry[]): Promise<void> {
    const waiting: Batch[] = [{ entries, failures: 0, invocations: 0 }];
    let tries = 0;
    for (let batch = waiting.shift(); batch !== undefined && !this.#stopped; batch = waiting.shift()) {
      const retry = await this.#try(await this.#withoutAged(batch));
      if (retry === undefined) return;
      if (retry.length === 0) {
        this.#checkpoint(batch.entries);
        tries = 0;
        continue;
      }
      waiting.unshift(...retry);
      await this.#sleep(this.#waitAfter(tries));
      tries += 1;
    }
  }

  /** What of a batch has to be tried again; undefined: the reader was stopped and knows no outcome. */
  async #try(batch: Batch): Promise<readonly Batch[] | undefined> {
    const last = batch.entries.at(-1);
    if (last === undefined) return [];
    this.#port.onIteratorAge?.(this.#clock.now() - last.at);
    const invoked = await this.#invoke(batch);
    if (this.#stopped && invoked.kind !== 'answered') return undefined;
    if (invoked.kind === 'refused') return [batch];
    const from = this.#failedFrom(invoked, batch);
    if (from === undefined) return [];
    this.#checkpoint(batch.entries.slice(0, from));
    const next = afterFailure(batch, from, this.#settings);
    if ('retry' in next) return next.retry;
    const error = invoked.kind === 'failed' ? invoked.error : undefined;
    await this.#port.discard({ reason: 'RetryAttemptsExhausted', batch: next.discard, error });
    return [];
  }

  async #invoke({ entries }: Batch): Promise<Invoked> {
    try {
      return await this.#port.invoke(entries.map(({ record }) => record));
    } catch {
      return { kind: 'refused' };
    }
  }

  #failedFrom(invoked: Invoked, { entries }: Batch): number | undefined {
    if (invoked.kind !== 'answered') return 0;
    return this.#settings.reportsFailures ? firstFailed(invoked.payload, entries) : undefined;
  }

  /** Gives up the records that are too old for the source. Those that the stream itself has lost are gone without a word. */
  async #withoutAged(batch: Batch): Promise<Batch> {
    const { maxAgeMs } = this.#settings;
    const kept = batch.entries.filter(({ at }) => at > this.#stream.expiredBy);
    const oldest = maxAgeMs < 0 ? Number.NEGATIVE_INFINITY : this.#clock.now() - maxAgeMs;
    const aged = kept.filter(({ at }) => at < oldest);
    if (aged.length > 0) {
      const lost = { ...batch, entries: aged };
      await this.#port.discard({ reason: 'RecordAgeExceeded', batch: lost, error: undefined });
    }
    return { ...batch, entries: kept.slice(aged.length) };
  }

  #waitAfter(tries: number): number {
    const { firstMs, mostMs } = this.#settings.backoff;
    return Math.min(firstMs * 2 ** Math.min(tries, 30), mostMs);
  }

  #checkpoint(done: readonly StreamEntry[]): void {
    const last = done.at(-1);
    if (!last) return;
    this.#position = last.position + 1;
    this.#port.onProgress?.(this.#position);
  }

  #nextRecord(withinMs: number): Promise<void> {
    return this.#waitFor(withinMs, (end) => {
      this.#wake = end;
    });
  }

  #sleep(ms: number): Promise<void> {
    return this.#waitFor(ms, (end) => {
      this.#endWait = end;
    });
  }

  #waitFor(ms: number, early: (end: () => void) => void): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = Number.isFinite(ms) ? this.#clock.setTimeout(resolve, ms) : () => {};
      early(() => {
        cancel();
        resolve();
      });
    });
  }
}

/** The first records of a batch that fit into one invocation, and at least one. */
function cutToSize(batch: StreamEntry[]): StreamEntry[] {
  const counted = batch.reduce((sum, { record }) => sum + record.dynamodb.SizeBytes, 0);
  if (counted * LARGEST_OVERHEAD < MOST_BYTES) return batch;
  let bytes = 0;
  const tooMany = batch.findIndex(({ record }, index) => {
    bytes += Buffer.byteLength(JSON.stringify(record));
    return index > 0 && bytes > MOST_BYTES;
  });
  return tooMany === -1 ? batch : batch.slice(0, tooMany);
}
