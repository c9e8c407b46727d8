import { canonicalJson } from '../../../functions/domain/canonical-json.ts';
import type { OrderKey } from '../../../functions/domain/order-row.ts';
import { isDone, type Move } from '../../../functions/domain/stock/move.ts';
import {
  claimedByPlaces,
  NOTHING_KNOWN,
  type Sku,
  type StockRules,
} from '../../../functions/domain/stock/sku.ts';
import type { EpochMs } from '../../../functions/domain/time.ts';
import { orderPk, type StoreName } from '../../../functions/storage/keys.ts';
import type { OrderClaimsStore, StoredClaims } from '../../../functions/storage/order-claims.ts';
import type { Lease } from '../../../functions/storage/runs.ts';
import type { StockStore } from '../../../functions/storage/stock.ts';
import type { StockItem } from '../../../functions/storage/stock-item.ts';
import type { ToTell } from '../../../functions/storage/stock-keys.ts';
import type { DueSku, Telling, TellingState } from '../../../functions/storage/stock-telling.ts';

interface Clock {
  now(): EpochMs;
}

/** Stock as its table keeps it, for worlds in which the table itself has no faults: thousands of writes a second. */
export class MemoryStock implements StockStore {
  readonly #skus = new Map<string, Sku>();
  readonly #took = new Map<string, Map<string, Move>>();
  /** By store: when it is to be told of which SKU. */
  readonly #due = new Map<string, Map<string, EpochMs>>();
  readonly #rules: StockRules;
  readonly #onDue: (store: StoreName, dueAt: EpochMs) => void;
  readonly #clock: Clock;

  constructor(options: {
    rules: StockRules;
    clock: Clock;
    onDue?: (store: StoreName, dueAt: EpochMs) => void;
  }) {
    this.#rules = options.rules;
    this.#clock = options.clock;
    this.#onDue = options.onDue ?? (() => {});
  }

  /** Everything that is known, for whoever checks it. */
  get all(): ReadonlyMap<string, Sku> {
    return this.#skus;
  }

  /** What was really taken for the lines of a SKU that are done. */
  taken(sku: string): readonly Move[] {
    const presumed = Object.values(this.#skus.get(sku)?.moves ?? {}).filter(
      ({ state }) => state === 'applied',
    );
    return [...(this.#took.get(sku)?.values() ?? []), ...presumed];
  }

  async get(sku: string): Promise<StockItem | undefined> {
    const found = this.#skus.get(sku);
    if (found === undefined) return undefined;
    const { claims: _, moves: __, ...known } = found;
    const claimed = claimedByPlaces(found, this.#rules);
    return { sku, ...known, links: { ...known.links }, claimed, eventCount: 0, revision: 1, changedAt: '' };
  }

  async read(sku: string): Promise<Sku> {
    return this.#skus.get(sku) ?? NOTHING_KNOWN;
  }

  async update(name: string, change: (known: Sku) => Sku, line?: string): Promise<StockItem> {
    const known = await this.read(name);
    const took = line === undefined ? undefined : this.#took.get(name)?.get(line);
    const before =
      line === undefined || took === undefined
        ? known
        : { ...known, moves: { ...known.moves, [line]: took } };
    const after = change(before);
    if (canonicalJson(after) !== canonicalJson(before)) this.#write(name, after);
    const item = await this.get(name);
    if (item === undefined) throw new Error(`nothing is known of ${name}`);
    return item;
  }

  #write(name: string, after: Sku): void {
    const took = this.#took.get(name) ?? new Map<string, Move>();
    const open: Record<string, Move> = {};
    for (const [key, move] of Object.entries(after.moves)) {
      if (isDone(move)) took.set(key, move);
      else {
        took.delete(key);
        open[key] = move;
      }
    }
    if (took.size > 0) this.#took.set(name, took);
    this.#skus.set(name, { ...after, moves: open });
    this.#mark(name, after);
  }

  #mark(name: string, { marks }: Sku): void {
    const due = new Map<string, EpochMs>();
    for (const [channel, { dueAt }] of Object.entries(marks)) {
      const store = channel.split('#').slice(0, 2).join('#');
      due.set(store, Math.min(due.get(store) ?? dueAt, dueAt));
    }
    for (const [store, skus] of this.#due) if (!due.has(store)) skus.delete(name);
    for (const [store, dueAt] of due) {
      const skus = this.#due.get(store) ?? new Map<string, EpochMs>();
      this.#due.set(store, skus);
      if (skus.get(name) === dueAt) continue;
      skus.set(name, dueAt);
      const [platform = '', storeId = ''] = store.split('#');
      this.#onDue({ platform, storeId }, dueAt);
    }
  }

  async toTell(store: ToTell, limit: number, after?: DueSku): Promise<DueSku[]> {
    const due = this.#waiting(store).filter(([, dueAt]) => dueAt <= this.#clock.now());
    return due
      .slice(1 + due.findIndex(([sku]) => sku === after?.sku))
      .slice(0, limit)
      .map(([sku, dueAt]) => ({ sku, dueAt }));
  }

  async nextToTell(store: ToTell): Promise<EpochMs | undefined> {
    return this.#waiting(store)[0]?.[1];
  }

  /** Nobody is told prices here. */
  #waiting({ platform, storeId, what }: ToTell): [string, EpochMs][] {
    if (what === 'prices') return [];
    return [...(this.#due.get(`${platform}#${storeId}`) ?? [])].sort(([, one], [, other]) => one - other);
  }

  async count(): Promise<number> {
    return this.#skus.size;
  }
}

export function memoryClaims(): OrderClaimsStore {
  const stored = new Map<string, StoredClaims>();
  return {
    get: async (key: OrderKey) => stored.get(orderPk(key)),
    async put(key, claims, expected) {
      if ((stored.get(orderPk(key))?.revision ?? 0) !== expected) return 'overtaken';
      stored.set(orderPk(key), { claims, revision: expected + 1 });
      return 'written';
    },
  };
}

export function memoryTelling(): TellingState {
  let state: Telling | undefined;
  return {
    get: async () => state,
    put: async (next) => {
      state = next;
    },
  };
}

export function memoryLease(clock: Clock): Lease {
  let held: { owner: string; until: EpochMs } | undefined;
  return {
    async acquire(owner, forMs) {
      if (held !== undefined && held.owner !== owner && held.until > clock.now()) return false;
      held = { owner, until: clock.now() + forMs };
      return true;
    },
    async release(owner) {
      if (held?.owner === owner) held = undefined;
    },
  };
}
