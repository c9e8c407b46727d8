import type { FeedEvent } from '../../domain/event.ts';
import type { Outcome } from './outcome.ts';
import type { Ended, Session } from './session.ts';
import type { Window } from './window.ts';

/** Calls to one endpoint at the same time, each of another key. */
const MOST_CALLS = 8;

/** What a run sends the events of its endpoint with. */
export interface Sending {
  readonly session: Session;
  /** Whether there is time for one more call. */
  hasTime(): boolean;
  readAfter(seq: number): Promise<FeedEvent[]>;
}

/** An event that is none of these, from behind the window if there is none in it. */
async function another(
  { hasTime, readAfter }: Sending,
  window: Window,
  than: ReadonlySet<number>,
): Promise<FeedEvent | undefined> {
  for (;;) {
    const next = window.next(than);
    if (next !== undefined || !hasTime()) return next;
    const more = await readAfter(window.last);
    if (more.length === 0) return undefined;
    window.extend(more);
  }
}

/** One call to an endpoint that failed. What it refused before is passed over, to see whether it takes anything. */
export function probe(sending: Sending, window: Window): Promise<Ended | undefined> {
  const doubted = new Map(sending.session.state.doubted?.map(({ seq, status }) => [seq, status]));
  return judge(sending, window, doubted);
}

/** Sends the events of the window, several at a time, until one is not taken. */
export async function deliverAll(sending: Sending, window: Window): Promise<Ended | undefined> {
  const { session, hasTime } = sending;
  const refused = new Map<number, number>();
  /** Refused before another one was taken. */
  const proved = new Map<number, number>();
  const failed: Exclude<Outcome, { kind: 'accepted' }>[] = [];
  const caller = async (): Promise<void> => {
    while (failed.length === 0 && refused.size === 0 && hasTime()) {
      const event = window.next(new Set(proved.keys()));
      // What waits is of keys that others have under way, and they go on with those.
      if (event === undefined) return;
      const outcome = await session.deliver(window, event);
      if (outcome.kind === 'refused') refused.set(event.seq, outcome.status);
      else if (outcome.kind !== 'accepted') failed.push(outcome);
      else {
        for (const [seq, status] of refused) proved.set(seq, status);
        refused.clear();
      }
    }
  };
  await Promise.all(Array.from({ length: MOST_CALLS }, caller));
  await session.setAside(window, proved);
  session.advance(window);
  const worst = failed.find(({ kind }) => kind === 'gone') ?? failed[0];
  if (worst !== undefined) return session.ends(worst);
  return refused.size === 0 || !hasTime() ? undefined : judge(sending, window, refused);
}

/**
 * Finds out whether the endpoint refuses these events, or every event, by one more call: with an event of another key, or
 * a later one of the same where there is no other. Without any, a failing endpoint gets the first of them again.
 *
 * @param refused the numbers of the events, with the status that each was refused with
 */
async function judge(
  sending: Sending,
  window: Window,
  refused: ReadonlyMap<number, number>,
): Promise<Ended | undefined> {
  const { session } = sending;
  const other = await another(sending, window, new Set(refused.keys()));
  const event = other ?? (session.state.failures > 0 ? window.next() : undefined);
  const [status = 0] = refused.values();
  const outcome: Outcome =
    event === undefined ? { kind: 'refused', status } : await session.deliver(window, event);
  if (outcome.kind === 'accepted') {
    const wasDown = session.state.failures > 0;
    session.healthy();
    if (wasDown) return confirm(sending, window, [...refused.keys()]);
    await session.setAside(window, refused);
  } else {
    const last: [number, number][] =
      outcome.kind === 'refused' && event !== undefined ? [[event.seq, outcome.status]] : [];
    session.doubt([...new Map([...refused, ...last])].map(([seq, of]) => ({ seq, status: of })));
  }
  session.advance(window);
  return outcome.kind === 'accepted' ? undefined : session.ends(outcome);
}

/**
 * Sends once more what was refused while the endpoint took nothing, now that it takes something: it may have been the
 * endpoint's fault. What is refused again is set aside.
 */
async function confirm(
  { session, hasTime }: Sending,
  window: Window,
  doubted: readonly number[],
): Promise<Ended | undefined> {
  let ended: Ended | undefined;
  for (const seq of doubted) {
    const event = window.waiting(seq);
    if (event === undefined || ended !== undefined || !hasTime()) continue;
    const outcome = await session.deliver(window, event);
    if (outcome.kind === 'refused') await session.setAside(window, new Map([[seq, outcome.status]]));
    session.advance(window);
    if (outcome.kind === 'gone' || outcome.kind === 'failed') ended = await session.ends(outcome);
  }
  session.advance(window);
  return ended;
}
