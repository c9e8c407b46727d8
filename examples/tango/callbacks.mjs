// @ts-check
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { heard } from './work.mjs';

/** @import { Book } from './book.mjs' */

const MOST_BYTES = 65_536;

/** @param {string} text */
const hash = (text) => createHash('sha256').update(text).digest();

/**
 * Receives Tango's call-backs at `POST /tango/<secret>`. Tango signs nothing, so nobody else may know the path. What it says
 * is kept before it is answered.
 *
 * @param {{ book: Book, secret: string, say: (text: string) => void }} options
 */
export function createCallbacks({ book, secret, say }) {
  const expected = hash(`/tango/${secret}`);
  return createServer(async (request, response) => {
    /** @param {number} status @param {boolean} ok */
    const answer = (status, ok) =>
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ NotificationOk: ok }));
    try {
      if (!timingSafeEqual(hash(request.url ?? ''), expected)) return answer(404, false);
      if (request.method !== 'POST') return answer(405, false);
      const said = notification(await read(request));
      if (said === undefined) return answer(400, false);
      // Prices and stock are said here too, and are no order's.
      const known = /^(Order|InvoiceFile)/.test(said.topic)
        ? heard(book, said.topic, said.resource, said.message)
        : true;
      if (!known)
        say(`Tango calls back about ${said.resource} (${said.topic}), which was not sent from here`);
      return answer(200, true);
    } catch (error) {
      say(`a call-back was not kept: ${error instanceof Error ? error.message : String(error)}`);
      return answer(500, false);
    }
  });
}

/** @param {import('node:http').IncomingMessage} request */
async function read(request) {
  let text = '';
  for await (const part of request.setEncoding('utf8')) {
    text += part;
    if (text.length > MOST_BYTES) return '';
  }
  return text;
}

/** @param {string} text */
function notification(text) {
  try {
    const { Topic, Resource, Message } = JSON.parse(text);
    if (typeof Topic !== 'string' || (typeof Resource !== 'string' && typeof Resource !== 'number'))
      return undefined;
    return { topic: Topic, resource: String(Resource), message: String(Message ?? '') };
  } catch {
    return undefined;
  }
}
