import type { FeedEvent } from '../../functions/domain/event.ts';
import { type FeedPosition, type FeedReader, PositionLost } from '../../functions/storage/feed.ts';
import { eventsOf, type FeedTable, pagesFrom } from '../../functions/storage/feed-pages.ts';
import type { Actor } from './feed-world-table.ts';

const DAY_MS = 24 * 3600 * 1000;

/** What a reader sees of its world beside the feed, and what it is judged by. */
export interface Surroundings {
  /** By key: how often the row changed. */
  readonly rows: ReadonlyMap<string, number>;
  /** By epoch and number: which event it is. */
  readonly numbered: Map<string, string>;
  now(): number;
  /** When the page of an event was written. */
  writtenAt(epoch: number, seq: number): number;
  /** When the pointer was raised last. */
  pointerAt(): number;
  report(problem: string): void;
}

/** Somebody who follows the feed as its documents say, and holds it to what it promises. */
export class FeedClient {
  actor: Actor = { dead: true };
  position: FeedPosition | undefined;
  readonly #world: Surroundings;
  /** By key: the newest change that a list showed when the reader began anew. */
  #listed = new Map<string, number>();
  /** By key: the newest change that an event told. */
  readonly #told = new Map<string, number>();
  readonly #seen = new Set<string>();

  constructor(world: Surroundings) {
    this.#world = world;
  }

  /** Asks once. Who has no place in the feed takes its head and lists everything. */
  async read(reader: FeedReader, limit: number): Promise<void> {
    try {
      this.position ??= await this.#begin(reader);
      for (const event of await reader.read(this.position, limit)) this.#tell(event);
    } catch (error) {
      if (error instanceof PositionLost) this.#lose(error);
      // The client asks again.
      else if (!(error instanceof Error) || !/refused|lost/.test(error.message)) throw error;
    }
  }

  checkKnowsAll(): void {
    for (const [key, n] of this.#world.rows)
      if (this.#known(key) !== n)
        this.#world.report(`${key}: a reader knows change ${this.#known(key)}, and there were ${n}`);
  }

  async #begin(reader: FeedReader): Promise<FeedPosition> {
    const head = await reader.head();
    this.#listed = new Map(this.#world.rows);
    this.#told.clear();
    this.#seen.clear();
    return head;
  }

  #known(key: string): number {
    return Math.max(this.#listed.get(key) ?? 0, this.#told.get(key) ?? 0);
  }

  #tell({ seq, id, key, version: n = 0 }: FeedEvent): void {
    const { position } = this;
    if (position === undefined) return;
    const { numbered, report } = this.#world;
    if (seq !== position.seq + 1) report(`number ${seq} follows ${position.seq}`);
    const number = `${id.split(':')[4]}:${seq}`;
    const before = numbered.get(number) ?? id;
    if (before !== id) report(`${number} was ${before} and is ${id}`);
    numbered.set(number, id);
    if (n > this.#known(key) + 1)
      report(`${key}: change ${n} came, and the one told before is ${this.#known(key)}`);
    const told = this.#told.get(key) ?? 0;
    if (n < told && n > (this.#listed.get(key) ?? 0) && !this.#seen.has(id))
      report(`${key}: change ${n} came for the first time after a later one`);
    this.#seen.add(id);
    this.#told.set(key, Math.max(n, told));
    this.position = { epoch: position.epoch, seq };
  }

  #lose({ why, oldest }: PositionLost): void {
    const { position } = this;
    this.position = undefined;
    const { now, pointerAt, writtenAt, report } = this.#world;
    // Nobody raised the pointer for a month: the next publisher begins an epoch.
    if (position === undefined || now() - pointerAt() > 30 * DAY_MS) return;
    const { epoch, seq } = position;
    if (why === 'ahead') report(`a reader at ${epoch}:${seq} was told that it is ahead`);
    if (why !== 'expired') return;
    if (now() - writtenAt(epoch, seq + 1) < 30 * DAY_MS) report(`${seq + 1} was refused before its 30 days`);
    if (oldest.seq <= seq) report(`${oldest.seq} is no later than ${seq}`);
  }
}

/** What a reader would find that takes a query for a snapshot. */
export async function readOn(table: FeedTable, { epoch, seq }: FeedPosition): Promise<FeedEvent[]> {
  return (await pagesFrom(table, epoch, seq + 1, 64)).flatMap((page) => eventsOf(page));
}
