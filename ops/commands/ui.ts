import { setTimeout as wait } from 'node:timers/promises';
import { release } from '../../config/release.ts';
import { type OperatorOptions, openContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { createAnswers } from '../page/answers.ts';
import { pageAssets } from '../page/assets.ts';
import { countCall } from '../page/calls.ts';
import { servePage } from '../page/server.ts';
import { createSessions } from '../page/sessions.ts';
import { untilEnded } from '../until-ended.ts';

export interface UiCommand {
  port: number;
  write: boolean;
  personal: boolean;
  /** Stays when nobody is there for half an hour; a new link lets people in. */
  stay: boolean;
}

/** How often it looks whether anybody is still there, in ms. */
const LOOK_EVERY_MS = 5_000;

/**
 * Serves the operator's page on this machine, by the operator's own credentials, until it is ended or nobody used it for half an
 * hour. Its link is the first line of the output, and is good once; after it was used the next one is printed.
 *
 * @throws OperatorError as {@link openContext} does
 */
export async function ui(
  options: OperatorOptions,
  { port, write, personal, stay }: UiCommand,
): Promise<number> {
  const context = await openContext(options, countCall);
  const { now } = context.control.clock;
  const print = (text: string) => process.stdout.write(`${text}\n`);
  const address = { url: '' };
  const linkOf = (token: string) => `${address.url}#t=${token}`;
  const sessions = createSessions({ now, onLink: (token) => print(`Another browser: ${linkOf(token)}`) });
  const answers = createAnswers({ context, rights: { write, personal }, release: release(), now });
  const server = await servePage({ assets: await pageAssets(), answers, sessions, port, now });
  address.url = server.url;
  print(`Acopio's page: ${linkOf(sessions.link())}`);
  if (!stay)
    print(
      `Merchant ${context.merchant.name}. ${write ? 'It can change what is there' : 'It only reads (--write lets it change something)'}. ` +
        'Whoever has the link may use it, once. It ends after 30 minutes without anybody, or by Ctrl-C.',
    );
  try {
    await untilEnded(async (signal) => {
      while (!signal.aborted && (stay || !sessions.isIdle()))
        await wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
      if (!signal.aborted) print('Nobody used the page for 30 minutes, so it ended.');
    });
  } finally {
    await server.close();
    context.close();
  }
  return EXIT.done;
}
