import type { FeedEvent } from '../../domain/event.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Metrics } from '../../runtime/metric-names.ts';
import type { Log } from '../../runtime/telemetry.ts';
import type { Endpoint, EndpointLeases, Progress, StopReason } from '../../storage/endpoints.ts';
import type { FeedReader } from '../../storage/feed.ts';
import type { SetAsideEvents } from '../../storage/set-aside.ts';
import type { EndpointCaller, OpenEndpoint } from './call.ts';
import { backoffMs, type Outcome, outcomeOf } from './outcome.ts';
import { signedHeaders } from './signature.ts';
import type { Window } from './window.ts';

export interface DeliveryContext {
  readonly endpoints: EndpointLeases;
  readonly aside: SetAsideEvents;
  readonly feed: Pick<FeedReader, 'read'>;
  readonly caller: EndpointCaller;
  /** What deliveries to an endpoint are signed with; none when nobody filled it in. */
  readonly secretsOf: (endpoint: string) => Promise<readonly string[]>;
  /** The event with what its key has come to since. */
  readonly currentVersion: (event: FeedEvent) => Promise<FeedEvent>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/**
 * How a run ended: everything up to and with `seq` is answered, and `more` was asked for meanwhile or not; the time was over; the endpoint fails and waits so many ms;
 * it is sent nothing any more; or somebody else changed it meanwhile.
 */
export type Ended =
  | { readonly as: 'up-to-date'; readonly epoch: number; readonly seq: number; readonly more: boolean }
  | { readonly as: 'out-of-time' | 'stopped' | 'lease-lost' }
  | { readonly as: 'failing'; readonly waitMs: number };

/** The headers of a delivery, signed. */
export const headersOf = (secrets: readonly string[], id: string, body: string, nowMs: number) => ({
  ...signedHeaders(secrets, { id, sentAtS: Math.floor(nowMs / 1000), body }),
  'content-type': 'application/json',
  'content-length': String(Buffer.byteLength(body)),
  'user-agent': 'Acopio-Webhooks/1',
});

/** An endpoint that refuses more than this in a row refuses everything: it is asked for the first again. */
const MOST_DOUBTED = 20;

/**
 * What one run knows of its endpoint, and the only way in which it calls it and writes of it.
 *
 * @param owner the run that holds the lease
 */
export function createSession(context: DeliveryContext, endpoint: Endpoint, owner: string) {
  const { endpoints, aside, clock, log, metrics } = context;
  const { id } = endpoint;
  const platform = 'erp';
  let state = progressOf(endpoint);
  let line: OpenEndpoint | undefined;
  let secrets: readonly string[] = [];
  const again = [...endpoint.redeliver].sort();
  const redelivered: string[] = [];

  /** Undefined when the lease was taken away. */
  const save = (ends = false): Promise<Endpoint | undefined> =>
    endpoints.save(id, owner, state, { redelivered: redelivered.splice(0), ends });
  const finish = async (ended: Ended): Promise<Ended> => ((await save(true)) ? ended : { as: 'lease-lost' });

  /** Everything is answered, and nothing is kept from the endpoint any more. */
  async function finishUpToDate(): Promise<Ended> {
    healthy();
    const left = await save(true);
    if (left === undefined) return { as: 'lease-lost' };
    return { as: 'up-to-date', epoch: state.epoch, seq: state.seq, more: left.redeliver.size > 0 };
  }

  /** The endpoint works. */
  function healthy(): void {
    const { failingSince: _since, lastFailure: _last, doubted: _doubted, ...rest } = state;
    state = { ...rest, failures: 0 };
  }

  async function fail(said: string, hintMs?: number): Promise<Ended> {
    const failures = state.failures + 1;
    const waitMs = backoffMs(failures, hintMs);
    const now = clock.now();
    const failingSince = state.failingSince ?? now;
    state = { ...state, failures, failingSince, notBefore: now + waitMs, lastFailure: said };
    metrics.add('DeliveryFailed', platform, 1);
    log.warn('endpoint does not take events', { endpoint: id, failures, said, waitMs });
    return finish({ as: 'failing', waitMs });
  }

  async function stop(status: 'paused' | 'disabled', why: StopReason): Promise<Ended> {
    if (!(await save()) || !(await endpoints.stop(id, owner, status, why))) return { as: 'lease-lost' };
    log.error('endpoint is sent nothing any more', { endpoint: id, status, why });
    return { as: 'stopped' };
  }

  async function post(event: FeedEvent): Promise<Outcome> {
    const body = JSON.stringify(event);
    const result = await line?.post(headersOf(secrets, event.id, body, clock.now()), body);
    const outcome = outcomeOf(result ?? { failure: 'closed' }, clock.now());
    if (outcome.kind === 'accepted') {
      state = { ...state, lastDeliveredAt: clock.now() };
      metrics.add('EventsDelivered', platform, 1);
    }
    return outcome;
  }

  return {
    /** Where the endpoint stands, as far as this run knows. */
    get state(): Readonly<Progress> {
      return state;
    },
    /** Names of what a person wants sent again. */
    again: again as readonly string[],
    /** Looks the endpoint up, once. Ended when it cannot be called. @throws UrlRefused */
    async open(): Promise<Ended | undefined> {
      if (line !== undefined) return undefined;
      secrets = await context.secretsOf(id);
      if (secrets.length === 0) return fail('it has no signing secret');
      line = await context.caller.open(endpoint.url);
      return undefined;
    },
    close: () => line?.close(),
    save,
    finish,
    finishUpToDate,
    fail,
    stop,
    /** What the endpoint's failing answer means for it. */
    ends(outcome: Exclude<Outcome, { kind: 'accepted' }>): Promise<Ended> {
      if (outcome.kind === 'gone') return stop('disabled', 'gone');
      return outcome.kind === 'refused'
        ? fail(`HTTP ${outcome.status}`)
        : fail(outcome.said, outcome.retryAfterMs);
    },
    /** Events were read: an endpoint that was added before the first of them stands in their epoch from now on. */
    enterEpoch(epoch: number): void {
      if (state.epoch === 0) state = { ...state, epoch };
    },
    advance({ cursor, ahead }: Window): void {
      state = { ...state, seq: cursor, ahead };
    },
    healthy,
    /** Remembers which events were refused, until the endpoint takes another one; or forgets them when there are too many. */
    doubt(doubted: NonNullable<Progress['doubted']>): void {
      const { doubted: _before, ...rest } = state;
      state = doubted.length > MOST_DOUBTED ? rest : { ...rest, doubted };
    },
    /** Sends one event of the window. */
    async deliver(window: Window, event: FeedEvent): Promise<Outcome> {
      window.started(event);
      const outcome = await post(event);
      if (outcome.kind === 'accepted') window.answered(event);
      else window.returned(event);
      return outcome;
    },
    /** @param refused the numbers of the events, with the status that each was refused with */
    async setAside(window: Window, refused: ReadonlyMap<number, number>): Promise<void> {
      for (const [seq, status] of refused) {
        const event = window.waiting(seq);
        if (event === undefined) continue;
        await aside.put(id, { epoch: state.epoch, event, status, setAsideAt: clock.now() });
        window.answered(event);
        metrics.add('EventsSetAside', platform, 1);
        log.warn('event is set aside', { endpoint: id, event: event.id, status });
      }
    },
    /** Sends once more what was set aside, as its key stands now. What is not taken stays aside, and stops nothing. */
    async redeliver(): Promise<Outcome | undefined> {
      const name = again.shift();
      const kept = name === undefined ? undefined : await aside.get(id, name);
      if (name !== undefined) redelivered.push(name);
      if (name === undefined || kept === undefined) return undefined;
      const outcome = await post(await context.currentVersion(kept.event));
      if (outcome.kind === 'accepted') await aside.remove(id, name);
      else log.warn('event stays set aside', { endpoint: id, event: kept.event.id, outcome: outcome.kind });
      return outcome;
    },
  };
}

export type Session = ReturnType<typeof createSession>;

/** What the run before left; that it had to wait is over. */
const progressOf = (endpoint: Endpoint): Progress => {
  const { epoch, seq, ahead, doubted, failures, failingSince, lastFailure, lastDeliveredAt } = endpoint;
  return {
    epoch,
    seq,
    ahead,
    failures,
    ...(doubted === undefined ? {} : { doubted }),
    ...(failingSince === undefined ? {} : { failingSince }),
    ...(lastFailure === undefined ? {} : { lastFailure }),
    ...(lastDeliveredAt === undefined ? {} : { lastDeliveredAt }),
  };
};
