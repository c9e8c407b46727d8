import { setTimeout as wait } from 'node:timers/promises';
import { EVENT_TYPES, type FeedEvent } from '../../functions/domain/event.ts';
import { Problem } from '../../functions/erp/api/problem.ts';
import { placeOfCursor } from '../../functions/erp/api/routes/events.ts';
import { followFeed } from '../../functions/erp/follow-feed.ts';
import { createEndpointCaller } from '../../functions/erp/webhooks/call.ts';
import { type FeedPosition, PositionLost } from '../../functions/storage/feed.ts';
import type { OperatorContext } from '../context.ts';
import { checkUrl, isTaken, openLine, post, said } from '../endpoint-line.ts';
import { type OperatorFeed, openFeed, type Place, placeOf } from '../feed-place.ts';
import { OperatorError } from '../outputs.ts';
import { printDryRun, withoutControls } from '../print.ts';
import { signingSecrets } from '../signing-here.ts';
import { untilEnded, writeLine } from '../until-ended.ts';

interface Stream {
  from: Place | { cursor: string };
  types?: string[] | undefined;
  json: boolean;
}

/** While nobody listens at the URL, it is tried again this often (ms). */
const TRY_EVERY_MS = 2_000;

/** Prints events as they are published, until it is ended. Nothing else goes to the output. */
export function tailEvents({ control }: Pick<OperatorContext, 'control'>, stream: Stream): Promise<number> {
  return untilEnded(async (signal) => {
    await eachEvent(openFeed(control), stream, signal, (event) =>
      writeLine(stream.json ? JSON.stringify(event) : eventLine(event), signal),
    );
    return 0;
  });
}

/** Says from where on events would be sent to a URL. */
async function planForward(
  { control }: Pick<OperatorContext, 'control'>,
  { to, from, types, json }: Stream & { to: string },
): Promise<number> {
  await checkUrl(createEndpointCaller({ exceptions: { loopback: true } }), to);
  const { seq } = await beginningOf(openFeed(control), { from, types });
  return printDryRun(
    json,
    { to, after: seq, ...(types === undefined ? {} : { types }) },
    `${types?.join(', ') ?? 'Every event'} after number ${seq} would be sent to ${to}, signed.`,
  );
}

/**
 * Sends events as they are published to a URL, in order and signed, until it is ended: as an endpoint gets them, but nothing
 * is remembered of it. Whatever the other side answers, the next event follows. Answers 1 when one was not taken.
 */
export function forwardEvents(
  { control }: Pick<OperatorContext, 'control'>,
  { dryRun, ...wanted }: Stream & { to: string; dryRun: boolean },
): Promise<number> {
  if (dryRun) return planForward({ control }, wanted);
  const { to, ...stream } = wanted;
  const secrets = signingSecrets();
  return untilEnded(async (signal) => {
    const line = await openLine(createEndpointCaller({ exceptions: { loopback: true } }), to);
    let refused = 0;
    const begun = { to, secret: secrets.shown };
    await writeLine(stream.json ? JSON.stringify(begun) : secrets.text, signal);
    try {
      await eachEvent(openFeed(control), stream, signal, async (event) => {
        const send = () => post(line, secrets.all, event, control.clock.now());
        let result = await send();
        if ('failure' in result && !stream.json)
          await writeLine(`${event.seq}  nobody answers (${result.failure}); trying again`, signal);
        while ('failure' in result && !signal.aborted) {
          await wait(TRY_EVERY_MS, undefined, { signal }).catch(() => {});
          if (!signal.aborted) result = await send();
        }
        const taken = isTaken(result);
        if (!taken) refused += 1;
        const text = stream.json
          ? JSON.stringify({ event, taken, ...result })
          : `${eventLine(event)}  ${taken ? 'taken' : 'not taken'}, ${said(result)}`;
        await writeLine(text, signal);
      });
    } finally {
      line.close();
    }
    return refused === 0 ? 0 : 1;
  });
}

async function eachEvent(
  feed: OperatorFeed,
  { from, types }: Stream,
  signal: AbortSignal,
  work: (event: FeedEvent) => Promise<void>,
): Promise<void> {
  try {
    const place = await beginningOf(feed, { from, types });
    for await (const event of followFeed(feed, place, signal)) {
      if (types === undefined || types.includes(event.type)) await work(event);
      if (signal.aborted) return;
    }
  } catch (error) {
    if (!(error instanceof PositionLost)) throw error;
    throw new OperatorError(
      `The feed cannot be read from there: ${WHY[error.why]}. Begin with --from oldest (after number ${error.oldest.seq}), or with head.`,
    );
  }
}

/** @throws OperatorError for a type that there is not, and for a place that the feed cannot be read from */
async function beginningOf(feed: OperatorFeed, { from, types }: Omit<Stream, 'json'>): Promise<FeedPosition> {
  const unknown = types?.find((type) => !EVENT_TYPES.some((one) => one === type));
  if (unknown !== undefined)
    throw new OperatorError(`There is no event of type "${unknown}". There are: ${EVENT_TYPES.join(', ')}.`);
  return typeof from === 'object' && 'cursor' in from ? placeOfText(from.cursor, types) : placeOf(feed, from);
}

const WHY: Readonly<Record<PositionLost['why'], string>> = {
  expired: 'these events are older than the 30 days that are kept',
  reset: 'it began anew after a restore',
  ahead: 'it has not come that far',
};

function placeOfText(cursor: string, types: readonly string[] = []): FeedPosition {
  try {
    return placeOfCursor(cursor, types);
  } catch (error) {
    if (error instanceof Problem) throw new OperatorError(`--from: ${error.details.detail}`);
    throw error;
  }
}

/** Number, time, type and key, and what changed where the event says so. */
function eventLine({ seq, at, type, key, from, to, changed = [] }: FeedEvent): string {
  const parts = [String(seq).padStart(6), at, type.padEnd(15), key];
  if (to !== undefined) parts.push(from === undefined ? to : `${from} > ${to}`);
  if (changed.length > 0) parts.push(`(${changed.join(', ')})`);
  return withoutControls(parts.join('  '));
}
