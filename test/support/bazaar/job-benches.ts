import { unpack } from '../../../functions/runtime/queue.ts';
import { deliver } from '../deployment-bench.ts';
import { payloadOf } from '../fakes.ts';
import type { LocalTables } from '../local-tables.ts';
import { PATHS } from './api.ts';
import { inLine, openBazaar } from './bench.ts';

/** Calls that fetch one order. */
export const FETCHES = /^\/orders\//;

/** One store, and its processor whose fetches can be made to wait. */
export function openFetcher(tables: LocalTables, store: string) {
  const bed = openBazaar(tables, { stores: [store] });
  const { line, processor } = inLine(bed, bed.processor());
  return {
    ...bed,
    circuit: bed.circuit,
    line,
    work: (...messages: Parameters<typeof deliver>[1][]) => deliver(processor, ...messages),
    fetches: () => bed.shop.callsTo(FETCHES).map(({ path }) => path.replace(FETCHES, '')),
  };
}

/** Calls that read a page of new orders. */
export const PAGE = new RegExp(PATHS.newOrders);

export const run = (requestId: string, remaining = 120_000) => ({ requestId, remainingMs: () => remaining });

/** A merchant whose stores are polled. Bazaar hands out three orders a page. */
export function openPolled(tables: LocalTables, ...stores: [string, ...string[]]) {
  const bed = openBazaar(tables, { stores });
  const [poller, ...others] = bed.pollers();
  return {
    ...bed,
    circuit: bed.circuit,
    poller: poller!,
    all: [poller!, ...others],
    place: (count: number, shop = stores[0]) => Array.from({ length: count }, () => bed.shop.place(shop).id),
    reads: () => bed.shop.callsTo(PAGE).length,
    /** Ids of the orders of each page that is in the queue. */
    pages: () =>
      bed.queue.sent.map(({ message }) => {
        const page = JSON.parse(Buffer.from(unpack(payloadOf(message))).toString()) as {
          orders: { id: string }[];
        };
        return page.orders.map(({ id }) => id);
      }),
  };
}
