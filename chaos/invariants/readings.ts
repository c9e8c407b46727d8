import { contentHash } from '../../functions/domain/canonical-json.ts';
import type { Order } from '../../functions/domain/order.ts';
import type { SimStore } from '../plan/stores.ts';

/** What a platform's JSON of an order says, read as our functions read it. */
export type Reading = { ok: true; order: Order; hash: string } | { ok: false; problem: string };

/** Reads what platforms say. A world hears most of it several times: each text of a store is read once. */
export interface Readings {
  /** @param text the JSON of one order, as the platform writes it */
  of(store: SimStore, text: string, json: object): Reading;
  /** The same of a text that was read before; undefined for any other. */
  known(store: SimStore, text: string): Reading | undefined;
}

export function createReadings(): Readings {
  const read = new Map<string, Reading>();
  const nameOf = ({ name }: SimStore, text: string) => `${name} ${text}`;
  return {
    of(store, text, json) {
      const name = nameOf(store, text);
      const found = read.get(name) ?? readingOf(store, json);
      read.set(name, found);
      return found;
    },
    known: (store, text) => read.get(nameOf(store, text)),
  };
}

function readingOf({ platform, store }: SimStore, json: object): Reading {
  const read = platform.resources.order.normalise(json, store);
  return read.ok
    ? { ok: true, order: read.order, hash: contentHash(read.order) }
    : { ok: false, problem: read.problem };
}
