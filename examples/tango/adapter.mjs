// @ts-check
// Brings the orders of Acopio to Tango Tiendas: node adapter.mjs [FILE] [--problems | --retry]
// Its settings are environment variables; README.md lists them.
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { createAcopio } from '../erp-pull/acopio.mjs';
import { readOn } from '../erp-pull/follow.mjs';
import { openInbox } from '../erp-pull/inbox.mjs';
import { openBook } from './book.mjs';
import { createCallbacks } from './callbacks.mjs';
import { createTango } from './tango.mjs';
import { look, push, tell } from './work.mjs';

const { env } = process;
/** Tango signs nothing: whoever guesses the path can say that an order is invoiced. */
const SHORTEST_SECRET = 16;
/** @param {string} name */
const needed = (name) => {
  const value = env[name];
  if (!value) throw new Error(`Set ${name}.`);
  return value;
};
/** @param {string} text */
const say = (text) => console.error(`${new Date().toISOString()} ${text}`);

async function main() {
  const words = process.argv.slice(2);
  const flag = words.find((word) => word.startsWith('--'));
  const file = words.find((word) => !word.startsWith('--')) ?? 'tango.sqlite';
  const inbox = openInbox(file);
  const book = openBook(inbox);
  if (flag === '--problems') return console.table(book.problems());
  if (flag === '--retry') return console.log(`${book.retry()} orders are sent once more.`);

  const everyMs = Number(env.EVERY_MS ?? 5_000);
  const lookAfterMs = Number(env.TANGO_LOOK_MINUTES ?? 10) * 60_000;
  const adapter = {
    acopio: createAcopio({ url: needed('ACOPIO_URL'), token: needed('ACOPIO_TOKEN'), say }),
    tango: createTango({
      url: env.TANGO_URL ?? 'https://tiendas.axoft.com',
      accessToken: needed('TANGO_ACCESS_TOKEN'),
    }),
    book,
    say,
    lookAfterMs,
    settings: {
      payment: env.TANGO_PAYMENT ?? 'A01',
      province: env.TANGO_PROVINCE ?? '1',
      email: needed('TANGO_EMAIL'),
      since: needed('TANGO_SINCE'),
    },
  };
  const secret = needed('CALLBACK_SECRET');
  if (secret.length < SHORTEST_SECRET)
    throw new Error(`CALLBACK_SECRET has less than ${SHORTEST_SECRET} letters: anybody could guess it.`);
  const callbacks = createCallbacks({ book, secret, say });
  callbacks.listen(Number(env.CALLBACK_PORT ?? 8080));
  await once(callbacks, 'listening');
  const address = callbacks.address();
  say(`Call-backs of Tango are received at port ${typeof address === 'object' ? address?.port : address}.`);

  let notBefore = 0;
  for (;;) {
    const more = await readOn(adapter.acopio, inbox);
    const waitMs = Date.now() < notBefore ? undefined : await push(adapter);
    if (waitMs) notBefore = Date.now() + waitMs;
    await look(adapter);
    const told = await tell(adapter);
    if (!more && waitMs !== 0 && told === 0) await wait(everyMs);
  }
}

try {
  await main();
} catch (error) {
  // A token that was revoked, a setting that is missing: a person is needed.
  say(error instanceof Error ? error.message : String(error));
  process.exit(2);
}
