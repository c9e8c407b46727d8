import type { PlatformName } from '../../functions/domain/order.ts';
import { orderPk } from '../../functions/storage/keys.ts';
import type { Tables } from '../aws/tables.ts';
import type { SimStore } from '../plan/stores.ts';
import { type History, orderKey } from './history.ts';
import { rowsOf } from './rows.ts';
import type { Report } from './violation.ts';

/** Watches reads that take orders off their platform, and hears what functions tell of those that may be lost. */
export interface LostReads {
  /** A page of this platform may be lost, a function says. */
  told(platform: PlatformName): void;
  /** A function asks for new orders of a store. */
  began(store: SimStore): void;
  /** The answer to that, whole, in the hands of the function. */
  answered(store: SimStore, body: Buffer): void;
  /**
   * Once everything has come to rest and nothing was compared: an order that was to be read, and has no row, was read and lost.
   * A person can only look for it where somebody said so.
   */
  checkTold(world: { history: History; tables: Tables }, report: Report): void;
}

export function createLostReads(now: () => number): LostReads {
  const lastTold = new Map<PlatformName, number>();
  const before = new Map<SimStore, Set<string>>();
  const unseeable = new Set<string>();
  return {
    told: (platform) => void lastTold.set(platform, now()),
    began: (store) => void before.set(store, new Set(store.poll?.handedOut())),
    answered(store, body) {
      // What nobody can read is in sight as a row that says so, which is looked for by itself.
      if (store.poll?.recordsOf(body) === undefined) lastTold.set(store.platform.name, now());
      if (!isBlank(body)) return;
      for (const id of store.poll?.handedOut() ?? [])
        if (before.get(store)?.has(id) !== true) unseeable.add(orderPk(orderKey(store, id)));
    },
    checkTold({ history, tables }, report) {
      const rows = new Set([...rowsOf(tables)].map(([pk]) => pk));
      for (const { store, orderId, states } of history.all()) {
        const { poll, platform } = store;
        const [first] = states;
        const pk = orderPk(orderKey(store, orderId));
        if (poll === undefined || first === undefined || rows.has(pk) || unseeable.has(pk)) continue;
        if ((lastTold.get(platform.name) ?? 0) < first.at)
          report('lost-untold', `order ${orderId} of ${store.name} was read, is nowhere, and nobody says so`);
      }
    },
  };
}

/** A good answer without a byte is how a platform may say that there is nothing; what it took off its list then, nobody can know. */
const isBlank = (body: Buffer): boolean => body.toString('utf8').trim() === '';
