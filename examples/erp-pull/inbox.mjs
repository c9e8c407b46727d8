// @ts-check
import { DatabaseSync } from 'node:sqlite';

/** @import { Event, Order } from './acopio.mjs' */

/** Acopio keeps events for 30 days, so no older one comes again. */
const KNOWN_FOR = '-40 days';

const TABLES = `
  CREATE TABLE IF NOT EXISTS place (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS orders (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    content TEXT NOT NULL,
    acknowledged INTEGER
  ) STRICT;`;

/**
 * The orders and how far they were read, in one file. Each change of both is one transaction, so whoever is killed has
 * all of a page or nothing of it.
 *
 * @param {string} file
 * @throws when another process has the file open: two readers would number one order twice
 */
export function openInbox(file) {
  const db = new DatabaseSync(file);
  try {
    // What is overwritten is gone from the disk as well: a person may have asked to be erased.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA secure_delete = ON; BEGIN EXCLUSIVE;');
  } catch {
    throw new Error(`Another process has ${file} open. End that one, or name another file.`);
  }
  db.exec(`${TABLES} COMMIT;`);

  /** @template T @param {() => T} work @returns {T} */
  function transaction(work) {
    db.exec('BEGIN');
    try {
      const result = work();
      db.exec('COMMIT');
      return result;
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  }

  const read = db.prepare('SELECT value FROM place WHERE name = ?');
  const write = db.prepare(
    'INSERT INTO place VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  const forget = db.prepare('DELETE FROM place WHERE name = ?');
  const know = db.prepare('INSERT INTO events VALUES (?, ?) ON CONFLICT DO NOTHING');
  const find = db.prepare('SELECT 1 FROM events WHERE id = ?');
  const prune = db.prepare(`DELETE FROM events WHERE at < strftime('%FT%TZ', 'now', '${KNOWN_FOR}')`);
  // The row that is there keeps its number: an order has one, however often it comes.
  const put = db.prepare(`
    INSERT INTO orders (id, version, content) VALUES (?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, content = excluded.content`);
  const open = db.prepare(
    'SELECT number, id, version FROM orders WHERE acknowledged IS NOT version ORDER BY number LIMIT ?',
  );
  const done = db.prepare('UPDATE orders SET acknowledged = ? WHERE id = ?');

  /** @param {Record<string, string | undefined>} places */
  function setPlaces(places) {
    for (const [name, value] of Object.entries(places))
      value === undefined ? forget.run(name) : write.run(name, value);
  }

  return {
    db,
    transaction,
    /**
     * `cursor`: up to where the feed was read; while all orders are listed, `list` is the list's cursor and `head` where
     * the feed is to be read from afterwards.
     * @param {'cursor' | 'list' | 'head'} name
     * @returns {string | undefined}
     */
    place: (name) => /** @type {{ value: string } | undefined} */ (read.get(name))?.value,
    /** @param {Event} event */
    knows: ({ id }) => find.get(id) !== undefined,
    /**
     * Keeps what was read, whole or not at all. An order is put in place of what was known of it: what the API says now is
     * newer than what it said before, also after a restore, when its version is lower.
     *
     * Here your own system takes the orders over. If its tables are in another database, it must know an order by its id.
     *
     * @param {{ orders: readonly Order[], events?: readonly Event[], places: { cursor?: string | undefined, list?: string | undefined, head?: string | undefined } }} read
     */
    keep({ orders, events = [], places }) {
      transaction(() => {
        for (const order of orders) put.run(order.id, order.version, JSON.stringify(order));
        for (const { id, at } of events) know.run(id, at);
        if (events.length > 0) prune.run();
        setPlaces(places);
      });
    },
    /**
     * Orders of which Acopio has not been told that this version is here.
     * @param {number} most
     */
    unacknowledged: (most) =>
      /** @type {{ number: number, id: string, version: number }[]} */ (open.all(most)),
    /** @param {string} id @param {number} version */
    acknowledged: (id, version) => void done.run(version, id),
    close: () => db.close(),
  };
}

/** @typedef {ReturnType<typeof openInbox>} Inbox */
