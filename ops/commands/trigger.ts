import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { type FeedEvent, feedEventSchema } from '../../functions/domain/event.ts';
import { isoTime } from '../../functions/domain/time.ts';
import { createEndpointCaller } from '../../functions/erp/webhooks/call.ts';
import { systemClock } from '../../functions/runtime/clock.ts';
import { checkUrl, isTaken, openLine, post, said } from '../endpoint-line.ts';
import { print, printDryRun } from '../print.ts';
import { signingSecrets } from '../signing-here.ts';

const EVENTS = fileURLToPath(new URL('../../docs/events/', import.meta.url));
const documented = z.object({ examples: z.array(feedEventSchema()).min(1) });

/** An event of a type as its document shows one, from now, under an id that never came before. */
function exampleOf(type: string, now: number): FeedEvent {
  const document = documented.parse(JSON.parse(readFileSync(`${EVENTS}${type}.schema.json`, 'utf8')));
  const [example] = document.examples as [FeedEvent];
  return { ...example, id: `trigger:${randomUUID()}`, at: isoTime(now) };
}

/**
 * Makes up an event and sends it, signed, to a URL and nowhere else; without a URL it is printed. It needs no deployment.
 * Answers 1 when it is not taken.
 */
export async function triggerEvent(
  type: string,
  { to, dryRun, json }: { to?: string; dryRun: boolean; json: boolean },
): Promise<number> {
  const now = systemClock.now();
  const event = exampleOf(type, now);
  if (to === undefined) {
    process.stdout.write(`${JSON.stringify(event)}\n`);
    return 0;
  }
  const caller = createEndpointCaller({ exceptions: { loopback: true } });
  if (dryRun) {
    await checkUrl(caller, to);
    return printDryRun(json, { event, to }, `To ${to} would be sent, signed: ${JSON.stringify(event)}`);
  }
  const { all, shown, text } = signingSecrets();
  const line = await openLine(caller, to);
  const result = await post(line, all, event, now).finally(() => line.close());
  const taken = isTaken(result);
  print(json, { event, taken, ...result, ...(shown === undefined ? {} : { secret: shown }) }, [
    text,
    `${event.type} ${event.id}: ${taken ? 'taken' : 'not taken'}, ${said(result)}`,
    ...('text' in result && result.text !== '' ? [result.text] : []),
  ]);
  return taken ? 0 : 1;
}
