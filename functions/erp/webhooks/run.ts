import type { FeedEvent } from '../../domain/event.ts';
import { epochOfEvent } from '../../domain/item-name.ts';
import type { Endpoint } from '../../storage/endpoints.ts';
import { PositionLost } from '../../storage/feed.ts';
import { UrlRefused } from './addresses.ts';
import { CALL_TIMEOUT_MS } from './call.ts';
import type { Outcome } from './outcome.ts';
import { createSession, type DeliveryContext, type Ended } from './session.ts';
import { createWindow, type Window } from './window.ts';

/** Calls to one endpoint at the same time, each of another key. */
const MOST_CALLS = 8;
/** Events that are worked on before how far they have come is written down. */
const WINDOW_EVENTS = 100;
/** What is kept for writing that down, in ms, once no call is begun any more. */
const RESERVE_MS = 10_000;

/** One run of the function. */
export interface Run {
  readonly id: string;
  remainingMs(): number;
}

/**
 * Sends an endpoint what it lacks, in the order of the feed, until nothing is left, the time is over, or the endpoint does
 * not take it. A failing endpoint gets one call, and only if that succeeds the others.
 *
 * An event is set aside only if the endpoint refuses it for what it is, and takes another one right after: an endpoint that
 * refuses everything does not work, and what it refuses waits.
 */
export async function runDelivery(context: DeliveryContext, endpoint: Endpoint, run: Run): Promise<Ended> {
  const { types } = endpoint;
  const session = createSession(context, endpoint, run.id);
  const wanted = ({ type }: FeedEvent): boolean => types === undefined || types.includes(type);
  const hasTime = () => run.remainingMs() > CALL_TIMEOUT_MS + RESERVE_MS;
  async function readAfter(seq: number): Promise<FeedEvent[]> {
    const events = await context.feed.read({ epoch: session.state.epoch, seq }, WINDOW_EVENTS);
    if (events[0] !== undefined) session.standIn(epochOfEvent(events[0].id));
    return events;
  }

  /** An event that is none of these, from behind the window if there is none in it. */
  async function another(window: Window, than: ReadonlySet<number>): Promise<FeedEvent | undefined> {
    for (;;) {
      const next = window.next(than);
      if (next !== undefined || !hasTime()) return next;
      const more = await readAfter(window.last);
      if (more.length === 0) return undefined;
      window.extend(more);
    }
  }

  /** One call to an endpoint that failed. What it refused before is passed over, to see whether it takes anything. */
  function probe(window: Window): Promise<Ended | undefined> {
    const doubted = new Map(session.state.doubted?.map(({ seq, status }) => [seq, status]));
    return judge(window, doubted);
  }

  /** Sends the events of the window, several at a time, until one is not taken. */
  async function deliverAll(window: Window): Promise<Ended | undefined> {
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
    return refused.size === 0 || !hasTime() ? undefined : judge(window, refused);
  }

  /**
   * Finds out whether the endpoint refuses these events, or every event, by one more call: with an event of another key, or
   * a later one of the same where there is no other. Without any, a failing endpoint gets the first of them again.
   *
   * @param refused the numbers of the events, with the status that each was refused with
   */
  async function judge(window: Window, refused: ReadonlyMap<number, number>): Promise<Ended | undefined> {
    const other = await another(window, new Set(refused.keys()));
    const event = other ?? (session.state.failures > 0 ? window.next() : undefined);
    const [status = 0] = refused.values();
    const outcome: Outcome =
      event === undefined ? { kind: 'refused', status } : await session.deliver(window, event);
    if (outcome.kind === 'accepted') {
      const wasDown = session.state.failures > 0;
      session.healthy();
      if (wasDown) return confirm(window, [...refused.keys()]);
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
  async function confirm(window: Window, doubted: readonly number[]): Promise<Ended | undefined> {
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

  /** What comes next: the probe of a failing endpoint, the events, and only then what a person wants sent again. */
  async function step(window: Window): Promise<Ended | undefined> {
    const closed = await session.open();
    if (closed !== undefined) return closed;
    if (!window.done) return session.state.failures > 0 ? probe(window) : deliverAll(window);
    const outcome = await session.redeliver();
    return outcome?.kind === 'gone' ? session.ends(outcome) : undefined;
  }

  try {
    for (;;) {
      const { seq, ahead } = session.state;
      const events = await readAfter(seq);
      const window = createWindow(events, { cursor: seq, ahead }, wanted);
      if (window.done) session.advance(window);
      if (window.done && events.length > 0) continue;
      if (window.done && session.again.length === 0) return await session.finishUpToDate();
      if (!hasTime()) return await session.finish({ as: 'out-of-time' });
      const ended = await step(window);
      if (ended !== undefined) return ended;
      if (!(await session.save())) return { as: 'lease-lost' };
    }
  } catch (error) {
    if (error instanceof PositionLost) return await session.stop('paused', error.why);
    if (error instanceof UrlRefused) return await session.fail(error.message);
    throw error;
  } finally {
    session.close();
  }
}
