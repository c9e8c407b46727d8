import type { FeedEvent } from '../../../functions/domain/event.ts';
import type { CallResult, EndpointCaller } from '../../../functions/erp/webhooks/call.ts';
import { type Deliverer, deliverTo } from '../../../functions/erp/webhooks/deliver.ts';
import { createEndpointAdmin, createEndpointLeases } from '../../../functions/storage/endpoints.ts';
import { type FeedPosition, type FeedReader, PositionLost } from '../../../functions/storage/feed.ts';
import { createSetAsideEvents, currentVersionOf } from '../../../functions/storage/set-aside.ts';
import { countingMetrics, keptLog, movedClock } from '../../support/fakes.ts';
import type { LocalTables } from '../../support/local-tables.ts';

export const EPOCH = 1_795_000_000;
export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const URL = 'https://erp.example.com/hooks';

/** An event of an order; `key` names the order. */
export const event = (seq: number, key: string, changes: Partial<FeedEvent> = {}): FeedEvent => ({
  seq,
  id: `shop:store:order:${key}:${EPOCH}:${seq}`,
  type: 'order.updated',
  at: '2026-11-22T12:00:00.000Z',
  key: `shop:store:${key}`,
  version: seq,
  ...changes,
});

/** A feed that is a list. */
export function listedFeed(): Pick<FeedReader, 'head' | 'read'> & {
  events: FeedEvent[];
  lost?: 'expired' | 'reset' | 'ahead';
} {
  const feed: ReturnType<typeof listedFeed> = {
    events: [],
    head: async () => ({ epoch: EPOCH, seq: feed.events.length }),
    async read({ seq }: FeedPosition, limit: number) {
      if (feed.lost !== undefined) throw new PositionLost(feed.lost, { epoch: EPOCH, seq: 0 });
      return feed.events.slice(seq, seq + limit);
    },
  };
  return feed;
}

/** One call as the endpoint saw it. */
export interface Call {
  readonly at: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly event: FeedEvent;
}
/** What an endpoint answers: a status, a code of the network, or all of it. */
export type Answer = number | string | CallResult;

/** One endpoint of one merchant, and the functions that deliver to it; messages go nowhere unless they are played. */
export async function deliveryBench(tables: LocalTables, id: string, types?: string[]) {
  const clock = movedClock();
  const log = keptLog();
  const metrics = countingMetrics();
  const feed = listedFeed();
  const calls: Call[] = [];
  const underWay: FeedEvent[] = [];
  let most = 0;
  let runs = 0;
  const erp = {
    answer: (_call: Call): Answer | Promise<Answer> => 200,
    /** How long an answer takes, in ms of the clock. */
    takesMs: 0,
  };
  const messages: { endpoint: string; delaySeconds: number }[] = [];
  const caller: EndpointCaller = {
    open: async () => ({
      async post(headers, body) {
        const sent = JSON.parse(body) as FeedEvent;
        if (underWay.some(({ key }) => key === sent.key)) throw new Error(`two calls of ${sent.key} at once`);
        underWay.push(sent);
        most = Math.max(most, underWay.length);
        // Others begin before this one is answered.
        await new Promise((resolve) => setImmediate(resolve));
        clock.move(erp.takesMs);
        const call = { at: clock.now(), headers, event: sent };
        calls.push(call);
        const answer = await erp.answer(call);
        underWay.splice(underWay.indexOf(sent), 1);
        if (typeof answer === 'number') return { status: answer, retryAfter: null, text: '' };
        return typeof answer === 'string' ? { failure: answer } : answer;
      },
      close: () => {},
    }),
  };
  const admin = createEndpointAdmin({ ...tables, clock });
  const aside = createSetAsideEvents(tables.client, tables.table);
  const deliverer: Deliverer = {
    endpoints: createEndpointLeases({ ...tables, clock }),
    aside,
    feed,
    caller,
    secretsOf: async () => [SECRET],
    currentVersion: (one) => currentVersionOf(tables.client, tables.table, one),
    deliveries: {
      announce: async (endpoint, delaySeconds = 0) => void messages.push({ endpoint, delaySeconds }),
    },
    clock,
    log,
    metrics,
  };
  await admin.add({ id, url: URL, ...(types === undefined ? {} : { types }) }, { epoch: EPOCH, seq: 0 });

  return {
    id,
    clock,
    log,
    metrics,
    feed,
    erp,
    calls,
    messages,
    admin,
    aside,
    deliverer,
    get mostAtOnce() {
      return most;
    },
    endpoint: async () => (await admin.get(id))!,
    /** One run of the function, as a message brings it about. */
    async run({ seconds = 120, ...changes }: Partial<Deliverer> & { seconds?: number } = {}) {
      runs += 1;
      const until = clock.now() + seconds * 1000;
      await deliverTo({ ...deliverer, ...changes }, id, {
        id: `run-${runs}`,
        remainingMs: () => until - clock.now(),
      });
    },
    /** The sequence numbers that the endpoint saw, in order. */
    seen: () => calls.map(({ event: { seq } }) => seq),
  };
}
