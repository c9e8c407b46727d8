import type { FeedEvent } from '../../domain/event.ts';
import { epochOfEvent } from '../../domain/item-name.ts';
import type { Endpoint } from '../../storage/endpoints.ts';
import { PositionLost } from '../../storage/feed.ts';
import { UrlRefused } from './addresses.ts';
import { CALL_TIMEOUT_MS } from './call.ts';
import { deliverAll, probe, type Sending } from './sending.ts';
import { createSession, type DeliveryContext, type Ended } from './session.ts';
import { createWindow, type Window } from './window.ts';

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
  const sending: Sending = {
    session,
    hasTime: () => run.remainingMs() > CALL_TIMEOUT_MS + RESERVE_MS,
    async readAfter(seq) {
      const events = await context.feed.read({ epoch: session.state.epoch, seq }, WINDOW_EVENTS);
      if (events[0] !== undefined) session.enterEpoch(epochOfEvent(events[0].id));
      return events;
    },
  };

  /** What comes next: the probe of a failing endpoint, the events, and only then what a person wants sent again. */
  async function step(window: Window): Promise<Ended | undefined> {
    const closed = await session.open();
    if (closed !== undefined) return closed;
    if (!window.done)
      return session.state.failures > 0 ? probe(sending, window) : deliverAll(sending, window);
    const outcome = await session.redeliver();
    return outcome?.kind === 'gone' ? session.ends(outcome) : undefined;
  }

  try {
    for (;;) {
      const { seq, ahead } = session.state;
      const events = await sending.readAfter(seq);
      const window = createWindow(events, { cursor: seq, ahead }, wanted);
      if (window.done) session.advance(window);
      const passed = window.done && events.length > 0;
      if (window.done && !passed && session.again.length === 0) return await session.finishUpToDate();
      if (!sending.hasTime()) return await session.finish({ as: 'out-of-time' });
      if (passed) continue;
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
