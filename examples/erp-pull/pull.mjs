// @ts-check
// Takes the orders of Acopio over and keeps up with them: node pull.mjs [FILE] [--once]
// ACOPIO_URL is the output ApiUrl of the deployment, ACOPIO_TOKEN a token with the scopes orders:read and orders:personal.
import { setTimeout as wait } from 'node:timers/promises';
import { createAcopio, Refused } from './acopio.mjs';
import { acknowledge, readOn } from './follow.mjs';
import { openInbox } from './inbox.mjs';

/** How often the end of the feed is asked for (ms). */
const EVERY_MS = 5_000;

const once = process.argv.includes('--once');
const [file = 'orders.sqlite'] = process.argv.slice(2).filter((argument) => argument !== '--once');
const { ACOPIO_URL: url, ACOPIO_TOKEN: token } = process.env;

/** @param {string} text */
const say = (text) => console.error(`${new Date().toISOString()} ${text}`);

try {
  if (!url || !token) throw new Error('Set ACOPIO_URL and ACOPIO_TOKEN.');
  const acopio = createAcopio({ url, token, say });
  const inbox = openInbox(file);
  for (;;) {
    const more = await readOn(acopio, inbox);
    await acknowledge(acopio, inbox);
    if (more) continue;
    if (once) break;
    await wait(EVERY_MS);
  }
  inbox.close();
} catch (error) {
  // A token that was revoked, a file that another process has open: a person is needed.
  say(error instanceof Refused || error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
