// @ts-check
import { Refused } from './acopio.mjs';

/** @import { Acopio, Order } from './acopio.mjs' */
/** @import { Inbox } from './inbox.mjs' */

/**
 * Reads one page and keeps it. Whoever has read nothing yet, or was away for longer than the feed reaches back, first lists
 * all orders. Answers whether there is more to read now.
 *
 * @param {Acopio} acopio
 * @param {Inbox} inbox
 */
export async function readOn(acopio, inbox) {
  const cursor = inbox.place('cursor');
  if (cursor === undefined) return listOn(acopio, inbox);
  const page = await pageAfter(acopio, cursor);
  if (page === 'lost') {
    inbox.keep({ orders: [], places: { cursor: undefined, list: undefined, head: undefined } });
    return true;
  }
  const events = page.items.filter((event) => event.type.startsWith('order.') && !inbox.knows(event));
  // An order is read as it is now, so however many events it has, it is read once.
  const orders = await readAll(acopio, [...new Set(events.map(({ key }) => key))]);
  inbox.keep({ orders, events, places: { cursor: page.next } });
  return page.behind > 0;
}

/**
 * Lists all orders, page by page, and then follows the feed from where it ended before the list began: what changed
 * meanwhile comes as an event.
 *
 * @param {Acopio} acopio
 * @param {Inbox} inbox
 */
async function listOn(acopio, inbox) {
  const head = inbox.place('head') ?? (await acopio.events('head')).next;
  const { items, next } = await acopio.orders(inbox.place('list'));
  inbox.keep({
    orders: items,
    places: next === undefined ? { cursor: head, head: undefined, list: undefined } : { head, list: next },
  });
  return true;
}

/** @param {Acopio} acopio @param {string} cursor */
async function pageAfter(acopio, cursor) {
  try {
    return await acopio.events(cursor);
  } catch (error) {
    // Too old, or the tables were restored.
    if (error instanceof Refused && error.status === 410) return 'lost';
    throw error;
  }
}

const AT_ONCE = 5;

/** @param {Acopio} acopio @param {string[]} ids */
async function readAll(acopio, ids) {
  /** @type {Order[]} */
  const orders = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = await Promise.all(ids.slice(at, at + AT_ONCE).map((id) => acopio.order(id)));
    orders.push(...some.filter((order) => order !== undefined));
  }
  return orders;
}

/**
 * Tells Acopio of the orders that are here, under your system's own numbers. Killed in the middle, it tells some once more.
 *
 * @param {Acopio} acopio
 * @param {Inbox} inbox
 */
export async function acknowledge(acopio, inbox) {
  for (const { number, id, version } of inbox.unacknowledged(100)) {
    try {
      // Nothing of an order that was never understood can be taken over.
      if (version > 0) await acopio.acknowledge(id, { erpId: `SO-${number}`, version });
      inbox.acknowledged(id, version);
    } catch (error) {
      if (!(error instanceof Refused) || ![404, 409].includes(error.status)) throw error;
      // It is not what it was: the tables were restored to an earlier time.
      const order = await acopio.order(id);
      if (order === undefined) inbox.acknowledged(id, version);
      else inbox.keep({ orders: [order], places: {} });
    }
  }
}
