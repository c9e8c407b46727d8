// @ts-check

/** @import { Inbox } from '../erp-pull/inbox.mjs' */

const TABLES = `
  CREATE TABLE IF NOT EXISTS tango (
    id TEXT PRIMARY KEY,
    tried INTEGER NOT NULL DEFAULT 0,      -- it was sent, and Tango may have it
    taken INTEGER,                         -- the version that Tango said it has
    refused INTEGER,                       -- the version that it does not take, or that cannot be sent
    why TEXT,
    processed INTEGER NOT NULL DEFAULT 0,  -- Tango made its own order of it
    billed_at TEXT,                        -- when its stock was moved
    looked_at INTEGER,                     -- epoch ms
    told TEXT                              -- what Acopio knows of it
  ) STRICT;
  CREATE TABLE IF NOT EXISTS strays (at TEXT NOT NULL, topic TEXT, resource TEXT, message TEXT) STRICT;`;

/** What Tango was told of the orders, and what it said, in the same file as the orders. @param {Inbox} inbox */
export function openBook({ db, transaction }) {
  db.exec(TABLES);
  const toSend = db.prepare(`
    SELECT o.id, o.version, o.content, COALESCE(t.tried, 0) AS tried
    FROM orders o LEFT JOIN tango t ON t.id = o.id
    WHERE t.taken IS NOT o.version AND t.refused IS NOT o.version ORDER BY o.number LIMIT ?`);
  const toTell = db.prepare(`
    SELECT o.id, o.content, t.tried, t.taken, t.billed_at FROM tango t JOIN orders o ON o.id = t.id
    WHERE t.processed = 1 AND t.taken IS NOT NULL AND t.told IS NOT t.taken || '/' || COALESCE(t.billed_at, '')
    ORDER BY o.number LIMIT ?`);
  const toLookAt = db.prepare(`
    SELECT id FROM tango
    WHERE tried = 1 AND taken IS NOT NULL AND billed_at IS NULL AND looked_at < CASE processed WHEN 0 THEN ? ELSE ? END
    ORDER BY looked_at LIMIT ?`);
  const begin = db.prepare('INSERT INTO tango (id) VALUES (?) ON CONFLICT DO NOTHING');
  const exists = db.prepare('SELECT 1 FROM orders WHERE id = ?');

  /** Changes what is known of an order. @param {string} sql @returns {(id: string, ...values: (string | number)[]) => void} */
  function change(sql) {
    const update = db.prepare(`UPDATE tango SET ${sql} WHERE id = ?`);
    return (id, ...values) =>
      transaction(() => {
        begin.run(id);
        update.run(...values, id);
      });
  }

  return {
    /** @param {number} most */
    toSend: (most) =>
      /** @type {{ id: string, version: number, content: string, tried: number }[]} */ (toSend.all(most)),
    /** Before it is sent: whoever is killed afterwards knows that Tango may have it. */
    trying: change('tried = 1'),
    /** `(id, version, now)` */
    taken: change('taken = ?, looked_at = ?, refused = NULL, why = NULL'),
    /** `(id, version, why)` */
    refused: change('refused = ?, why = ?'),
    /** Nothing of it has to be in Tango. `(id, version)` */
    skipped: change('taken = ?, processed = 1'),
    processed: change('processed = 1, why = NULL'),
    /** `(id, at)`; the first time counts. */
    billed: change('processed = 1, billed_at = COALESCE(billed_at, ?), why = NULL'),
    /** A person has to look. `(id, why)` */
    noted: change('why = ?'),
    /** `(id, now)` */
    lookedAt: change('looked_at = ?'),
    /** @param {string} id */
    has: (id) => exists.get(id) !== undefined,
    /** @param {string} at @param {string} topic @param {string} resource @param {string} message */
    stray: (at, topic, resource, message) =>
      void db.prepare('INSERT INTO strays VALUES (?, ?, ?, ?)').run(at, topic, resource, message),
    /** @param {number} most */
    toTell: (most) =>
      /** @type {{ id: string, content: string, tried: number, taken: number, billed_at: string | null }[]} */ (
        toTell.all(most)
      ),
    /** `(id, what)` */
    told: change('told = ?'),
    /** @param {number} unprocessedBefore epoch ms @param {number} unbilledBefore epoch ms @param {number} most */
    toLookAt: (unprocessedBefore, unbilledBefore, most) =>
      /** @type {{ id: string }[]} */ (toLookAt.all(unprocessedBefore, unbilledBefore, most)).map(
        ({ id }) => id,
      ),
    /** What a person has to look at. */
    problems: () =>
      /** @type {{ id: string, why: string }[]} */ (
        db.prepare('SELECT id, why FROM tango WHERE why IS NOT NULL ORDER BY id').all()
      ),
    /** Lets what was refused be sent once more. */
    retry: () =>
      db.prepare('UPDATE tango SET refused = NULL, why = NULL WHERE refused IS NOT NULL').run().changes,
  };
}

/** @typedef {ReturnType<typeof openBook>} Book */
