// @ts-check
import { Refused } from '../erp-pull/acopio.mjs';
import { numberOf, toTango } from './order.mjs';
import { MOST_IN_BATCH } from './tango.mjs';

/** @import { Acopio } from '../erp-pull/acopio.mjs' */
/** @import { Book } from './book.mjs' */
/** @import { Settings } from './order.mjs' */
/** @import { Tango } from './tango.mjs' */

/** @typedef {{ acopio: Acopio, tango: Tango, book: Book, settings: Settings, say: (text: string) => void, lookAfterMs: number }} Adapter */

/** Orders whose invoice is not out yet are looked at this often (ms). */
const UNBILLED_MS = 6 * 3600 * 1000;

/**
 * Sends the next orders that Tango has not got as they are now. Answers how long to wait before the next ones are sent;
 * undefined when there are none.
 *
 * @param {Adapter} adapter
 * @returns {Promise<number | undefined>}
 */
export async function push(adapter) {
  const { book, settings, say } = adapter;
  const rows = book.toSend(MOST_IN_BATCH);
  if (rows.length === 0) return undefined;
  /** @type {Prepared[]} */
  const batch = [];
  for (const { id, version, content, tried } of rows) {
    const made = toTango(JSON.parse(content), settings, { tried: tried === 1, now: Date.now() });
    if ('order' in made) batch.push({ id, version, order: made.order });
    else if ('skip' in made) book.skipped(id, version);
    else {
      book.refused(id, version, made.problem);
      say(`${id} is not sent: ${made.problem}`);
    }
  }
  for (const { id } of batch) book.trying(id);
  return batch.length === 0 ? 0 : send(adapter, batch);
}

/** @typedef {{ id: string, version: number, order: Record<string, unknown> }} Prepared */

/**
 * @param {Adapter} adapter
 * @param {Prepared[]} batch
 * @returns {Promise<number>}
 */
async function send(adapter, batch) {
  const { tango, book, say } = adapter;
  const sent = await tango.send(batch.map(({ order }) => order));
  if ('againAfterMs' in sent) {
    say(`Tango does not take orders now (${sent.said}); again in ${Math.ceil(sent.againAfterMs / 1000)} s`);
    return sent.againAfterMs;
  }
  if ('refused' in sent && batch.length > 1) {
    // One of them spoils the batch: halves find it, and the others get through.
    const half = Math.ceil(batch.length / 2);
    const waitMs = await send(adapter, batch.slice(0, half));
    return waitMs > 0 ? waitMs : send(adapter, batch.slice(half));
  }
  for (const { id, version } of batch) {
    const result =
      'refused' in sent ? { taken: false, why: sent.refused } : (sent.results.get(id) ?? NOT_NAMED);
    if (result.taken) book.taken(id, version, Date.now());
    else {
      book.refused(id, version, result.why);
      // Tango's own words may quote the buyer, and a log is kept by whoever keeps logs.
      say(`Tango refuses ${id}; --problems says why`);
    }
  }
  return 0;
}

const NOT_NAMED = { taken: false, why: "Tango's answer does not name it" };

/**
 * Looks at orders of which Tango has not called back for too long: nobody knows that it calls twice.
 *
 * @param {Adapter} adapter
 */
export async function look({ tango, book, lookAfterMs }) {
  const now = Date.now();
  const ids = book.toLookAt(now - lookAfterMs, now - UNBILLED_MS, MOST_IN_BATCH);
  if (ids.length === 0) return;
  const found = await tango.look(ids);
  for (const id of ids) book.lookedAt(id, now);
  for (const { id, status } of found) {
    const topic = TOPICS.get(status);
    if (topic === undefined || !book.has(id)) continue;
    heard(book, topic, id, status);
    if (status !== 'EN PROCESO') book.lookedAt(id, NEVER_AGAIN);
  }
}

const NEVER_AGAIN = Number.MAX_SAFE_INTEGER;
/** How Tango lists an order, as what it would have called back with. Of a cancellation it has no call-back. */
const TOPICS = new Map([
  ['EN PROCESO', 'OrderProcessed'],
  ['FINALIZADA', 'OrderBilled'],
  ['CANCELADA', 'OrderProcessed'],
  ['CANCELADA APROB', 'OrderProcessed'],
  ['RECHAZADA', 'OrderRejected'],
  ['ANULADA', 'OrderRejected'],
]);

/**
 * Keeps what Tango says of an order. The same once more changes nothing. Answers false for an order that is not known here.
 *
 * @param {Book} book
 * @param {string} topic
 * @param {string} id `Resource` of a call-back: the OrderID
 * @param {string} message
 */
export function heard(book, topic, id, message) {
  const at = new Date().toISOString();
  if (!book.has(id)) {
    book.stray(at, topic, id, message);
    return false;
  }
  if (topic === 'OrderProcessed') book.processed(id);
  // The invoice moves the stock; its file comes after it.
  if (topic === 'OrderBilled' || topic === 'InvoiceFile') book.billed(id, at);
  if (topic === 'OrderObserved' || topic === 'OrderRejected') book.noted(id, `${topic}: ${message}`);
  return true;
}

/**
 * Tells Acopio of the orders that are orders in Tango, and since when its stock is without them. Answers how many there were.
 *
 * @param {Adapter} adapter
 */
export async function tell({ acopio, book, say }) {
  const orders = book.toTell(100);
  for (const { id, content, tried, taken, billed_at: stockBookedAt } of orders) {
    const erpId = tried === 1 ? numberOf(JSON.parse(content)) : 'not-sent';
    const stock = stockBookedAt === null ? {} : { stockBookedAt };
    try {
      await acopio.acknowledge(id, { erpId, version: taken, ...stock });
    } catch (error) {
      if (!(error instanceof Refused) || ![404, 409, 422].includes(error.status)) throw error;
      // Restored to an earlier time: the feed begins anew, and the order comes again.
      say(`Acopio does not take the acknowledgement of ${id}: ${error.message}`);
    }
    book.told(id, `${taken}/${stockBookedAt ?? ''}`);
  }
  return orders.length;
}
