import { setImmediate } from 'node:timers/promises';
import type { Attributes } from '../../chaos/aws/expression.ts';
import type { NewEvent } from '../../functions/domain/event.ts';
import { createFeedReader, type FeedPosition, type FeedReader } from '../../functions/storage/feed.ts';
import { startEpoch } from '../../functions/storage/feed-epoch.ts';
import { createFeedWriter } from '../../functions/storage/feed-writer.ts';
import { createSeededRandom, type SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { FeedClient, readOn, type Surroundings } from './feed-world-client.ts';
import { type Actor, NO_FAULTS, TABLE, WorldTable } from './feed-world-table.ts';

const START = Date.parse('2026-03-01T12:00:00Z');
const DAY_MS = 24 * 3600 * 1000;

/** Mistakes that are made on purpose: a page is written over another one, or a reader does not cut at a gap. */
export type Mistake = 'overwrites' | 'reads-on';

interface StreamRecord {
  key: string;
  n: number;
}

/** A shard of the orders table's stream, and how far its publisher has come. */
interface Shard {
  records: StreamRecord[];
  done: number;
  /** Who works on it; nobody after a crash. */
  publisher?: Actor | undefined;
}

/**
 * A shop whose rows change, the publishers of its stream's shards, and readers, all on one table: crashes, lost answers,
 * repeats, torn queries, idle months, restores. Answers what went wrong.
 */
export async function runWorld(seed: number | string, mistake?: Mistake): Promise<string | undefined> {
  const world = new World(createSeededRandom(seed), mistake);
  return world.run();
}

class World {
  #now = START;
  #problem: string | undefined;
  readonly #random: SeededRandom;
  readonly #mistake: Mistake | undefined;
  readonly #table: WorldTable;
  readonly #clock = { now: () => this.#now };
  readonly #rows = new Map<string, number>();
  readonly #shards: Shard[];
  readonly #clients: FeedClient[];
  /** By epoch and number: which event it is. */
  readonly #numbered = new Map<string, string>();
  /** By epoch and number of its first event: when a page was written. */
  readonly #writtenAt = new Map<string, number>();
  #faulty = true;

  constructor(random: SeededRandom, mistake: Mistake | undefined) {
    this.#random = random;
    this.#mistake = mistake;
    this.#table = new WorldTable(random.fork('table'), (item) => this.#noteWritten(item));
    this.#table.careless = mistake === 'overwrites';
    this.#shards = Array.from({ length: random.int(1, 4) }, () => ({ records: [], done: 0 }));
    this.#clients = Array.from({ length: random.int(1, 3) }, () => new FeedClient(this.#surroundings()));
    // Some worlds begin where a partition is nearly full, and all of its pages have expired.
    const seq = random.pick([0, 0, 9_990, 19_700]);
    if (seq > 0) {
      const pointer = { epoch: START / 1000 - 99, seq, at: START - 2 * DAY_MS, first: true };
      this.#table.restore([{ pk: 'feed-pointer', sk: 'pointer', ...pointer }]);
    }
  }

  async run(): Promise<string | undefined> {
    const random = this.#random;
    const [changes, restoreAt] = [random.int(5, 60), random.chance(0.2) ? random.int(20, 120) : -1];
    const snapshotAt = restoreAt - random.int(1, 20);
    let snapshot: ReturnType<WorldTable['items']> = [];
    this.#table.faults = random.pick([NO_FAULTS, { refused: 0.05, lost: 0.05, repeated: 0.05 }]);
    for (let step = 0, changed = 0; changed < changes && this.#problem === undefined; step += 1) {
      if (random.chance(0.35)) changed += this.#change();
      if (random.chance(0.04)) this.#crash();
      if (random.chance(0.01)) await this.#passDays();
      if (step === snapshotAt) snapshot = this.#table.items();
      if (step === restoreAt) await this.#restore(snapshot);
      await this.#step();
    }
    this.#faulty = false;
    this.#table.faults = NO_FAULTS;
    for (let steps = 0; this.#problem === undefined && !this.#isQuiet(); steps += 1) {
      if (steps > 20_000) this.#report('the feed never came to rest');
      await this.#step();
    }
    await this.#readAll();
    return this.#problem;
  }

  /** Lets everybody who may go on do so, then does one step of one call. */
  async #step(): Promise<void> {
    this.#now += this.#random.int(0, 40);
    for (const shard of this.#shards) if (shard.publisher === undefined) this.#publish(shard);
    for (const client of this.#clients) if (client.actor.dead) this.#read(client);
    await setImmediate();
    if (this.#table.busy) this.#table.step();
    await setImmediate();
  }

  #change(): number {
    // Now and then a burst that needs several pages.
    const burst = this.#random.chance(0.02) ? this.#random.int(90, 250) : 1;
    for (let index = 0; index < burst; index += 1) {
      const key = `shop:1:${this.#random.int(1, 4)}`;
      const n = (this.#rows.get(key) ?? 0) + 1;
      this.#rows.set(key, n);
      this.#shards[Number(key.slice(-1)) % this.#shards.length]?.records.push({ key, n });
    }
    return 1;
  }

  /** A publisher dies, wherever it is; a new one begins again where the stream knows that it was. */
  #crash(): void {
    const shard = this.#random.pick(this.#shards);
    if (shard.publisher !== undefined) shard.publisher.dead = true;
    shard.publisher = undefined;
  }

  #publish(shard: Shard): void {
    if (shard.done >= shard.records.length) return;
    const actor: Actor = { dead: false };
    shard.publisher = actor;
    const writer = createFeedWriter({ client: this.#table.client(actor), table: TABLE, clock: this.#clock });
    const work = async (): Promise<void> => {
      while (shard.done < shard.records.length) {
        // A batch comes again in other sizes: it is cut in two, or goes on where it failed.
        const records = shard.records.slice(shard.done, shard.done + this.#random.pick([1, 2, 5, 100, 300]));
        const { written, failure } = await writer.append({
          events: (epoch) => records.map((one) => eventOf(one, epoch)),
          mark: `${this.#shards.indexOf(shard)}-${shard.done}`,
        });
        shard.done += written;
        // A cold start, also where nothing failed.
        if (failure !== undefined || this.#random.chance(0.1)) break;
      }
      shard.publisher = undefined;
    };
    this.#watch(actor, work());
  }

  #read(client: FeedClient): void {
    client.actor = { dead: false };
    const reader = this.#reader(client.actor);
    const work = async (): Promise<void> => {
      while (this.#faulty) await client.read(reader, this.#random.pick([1, 3, 10, 100, 1000]));
    };
    this.#watch(client.actor, work(), () => {
      client.actor.dead = true;
    });
  }

  #reader(actor: Actor): FeedReader {
    const options = { client: this.#table.client(actor), table: TABLE, clock: this.#clock };
    const reader = createFeedReader(options);
    return this.#mistake === 'reads-on' ? { ...reader, read: (after) => readOn(options, after) } : reader;
  }

  #surroundings(): Surroundings {
    return {
      rows: this.#rows,
      numbered: this.#numbered,
      now: this.#clock.now,
      writtenAt: (epoch, seq) => this.#timeOf(epoch, seq),
      pointerAt: () => Number(this.#table.items().find(({ sk }) => sk === 'pointer')?.at),
      report: (problem) => this.#report(problem),
    };
  }

  /** The shop rests; what has expired is deleted, in any order. Most nights the pointer is raised. */
  async #passDays(): Promise<void> {
    this.#stopAll();
    const nights = this.#random.int(1, 25);
    const raised = this.#random.chance(0.8);
    for (let night = 0; night < nights; night += 1) this.#now += DAY_MS;
    if (raised) {
      const actor: Actor = { dead: false };
      const writer = createFeedWriter({
        client: this.#table.client(actor),
        table: TABLE,
        clock: this.#clock,
      });
      await this.#through(writer.raise().catch(() => {}));
    }
    for (const item of this.#table.items())
      if (Number(item.expiresAt) * 1000 < this.#now && this.#random.chance(0.7)) this.#table.delete(item);
  }

  /** No call lasts for days, and none outlives its table. */
  #stopAll(): void {
    for (const shard of this.#shards) {
      if (shard.publisher !== undefined) shard.publisher.dead = true;
      shard.publisher = undefined;
    }
    for (const { actor } of this.#clients) actor.dead = true;
    this.#table.forgetCalls();
  }

  /** The table is set back to what it held, and whoever restored it begins an epoch before anybody publishes. */
  async #restore(items: readonly object[]): Promise<void> {
    this.#stopAll();
    this.#table.restore(items as ReturnType<WorldTable['items']>);
    this.#now += 60_000;
    const { faults } = this.#table;
    this.#table.faults = NO_FAULTS;
    await this.#through(
      startEpoch({ client: this.#table.client({ dead: false }), table: TABLE, clock: this.#clock }),
    );
    this.#table.faults = faults;
  }

  /** Waits for one thing while everything else goes on. */
  async #through(work: Promise<unknown>): Promise<void> {
    let open = true;
    void work.then(
      () => {
        open = false;
      },
      (error: unknown) => this.#report(String(error)),
    );
    while (open && this.#problem === undefined) {
      await setImmediate();
      if (open && this.#table.busy) this.#table.step();
    }
  }

  /** After everything came to rest each reader reads to the end, and knows the newest change of every row. */
  async #readAll(): Promise<void> {
    for (const client of this.#clients) {
      client.actor = { dead: false };
      const reader = this.#reader(client.actor);
      const read = async (): Promise<void> => {
        let before: FeedPosition | undefined;
        do {
          before = client.position;
          await client.read(reader, 100);
        } while (before?.seq !== client.position?.seq || before?.epoch !== client.position?.epoch);
      };
      await this.#through(read());
      client.checkKnowsAll();
    }
  }

  #isQuiet(): boolean {
    return (
      this.#shards.every(
        ({ done, records, publisher }) => done >= records.length && publisher === undefined,
      ) && !this.#table.busy
    );
  }

  #watch(actor: Actor, work: Promise<void>, ended?: () => void): void {
    void work.then(ended, (error: unknown) => {
      if (!actor.dead) this.#report(`${error instanceof Error ? error.stack : String(error)}`);
    });
  }

  #noteWritten({ pk, sk, at }: Attributes): void {
    const [kind, epoch] = String(pk).split('#');
    if (kind !== 'feed') return;
    // A call may lie under way while days pass, so its own time counts.
    this.#writtenAt.set(`${epoch}:${Number(sk)}`, Number(at));
  }

  /** When the page was written that holds an event. */
  #timeOf(epoch: number, seq: number): number {
    for (let from = seq; from > seq - 100; from -= 1) {
      const at = this.#writtenAt.get(`${epoch}:${from}`);
      if (at !== undefined) return at;
    }
    return Number.NEGATIVE_INFINITY;
  }

  #report(problem: string): void {
    this.#problem ??= problem;
  }
}

const eventOf = ({ key, n }: StreamRecord, epoch: number): NewEvent => ({
  id: `${key.replace(/:(\d+)$/, ':order:$1')}:${epoch}:${n}`,
  type: 'order.updated',
  at: '2026-03-01T12:00:00.000Z',
  key,
  version: n,
});
