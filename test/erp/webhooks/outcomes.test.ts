import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FeedEvent } from '../../../functions/domain/event.ts';
import { sweep } from '../../../functions/erp/sweep.ts';
import { type Endpoint, type EndpointLeases, listEndpoints } from '../../../functions/storage/endpoints.ts';
import { localTables } from '../../support/local-tables.ts';
import { type Answer, type Call, deliveryBench, EPOCH, event } from './bench.ts';

const tables = localTables();
const MINUTE_MS = 60_000;
let made = 0;
const bench = () => {
  made += 1;
  return deliveryBench(tables, `outcomes-${made}`);
};
type Bench = Awaited<ReturnType<typeof bench>>;

/** The sweep of every minute, and the runs that its messages bring about. Every other message is lost. */
async function minutePasses(b: Bench): Promise<void> {
  const told: string[] = [];
  await sweep({
    left: new Map(),
    endpoints: async () => (await listEndpoints(tables)).filter(({ id }) => id === b.id),
    feed: b.feed,
    pointer: async () => undefined,
    writer: { raise: () => b.feed.head() },
    countOverdue: async () => 0,
    findUnpublished: async () => {},
    findUnclaimed: async () => {},
    sweepCommands: async () => {},

    sweepStock: async () => {},
    deliveries: { announce: async (endpoint) => void told.push(endpoint) },
    clock: b.clock,
    log: b.log,
    metrics: b.metrics,
  });
  const until = b.clock.now() + MINUTE_MS;
  for (const _ of told) await b.run();
  b.clock.move(Math.max(0, until - b.clock.now()));
}

const EVENTS = 1_000;
const MOST_MINUTES = 20_000;
const KEYS = 40;
const events = (count: number, keyOf: (seq: number) => number): FeedEvent[] =>
  Array.from({ length: count }, (_, index) => event(index + 1, `order-${keyOf(index + 1)}`));

describe('whatever an endpoint answers', () => {
  it('takes every event, or it is set aside by the rule; in order per key; the cursor passes none', {
    timeout: 120_000,
  }, async () => {
    const worlds = fc.record({
      seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      /** In a thousand: events refused for what they are, and calls that fail. */
      bad: fc.integer({ min: 0, max: 30 }),
      failing: fc.integer({ min: 0, max: 60 }),
      takesMs: fc.constantFrom(0, 40, 900),
    });
    await fc.assert(
      fc.asyncProperty(worlds, async ({ seed, bad, failing, takesMs }) => {
        const b = await bench();
        const random = (salt: number) => {
          // One step of a multiplicative hash: the same in every replay.
          const mixed = Math.imul(seed ^ Math.imul(salt, 0x9e3779b1), 0x85ebca6b) >>> 0;
          return mixed % 1000;
        };
        b.feed.events = events(EVENTS, (seq) => random(seq * 7) % KEYS);
        b.erp.takesMs = takesMs;
        const answered = new Map<number, Answer>();
        // Something good comes last, or the bad ones before it could not be told from a host that is down.
        const isBad = (seq: number) => seq <= EVENTS && random(seq * 13) < bad;
        b.erp.answer = ({ event: { seq } }) => {
          const answer =
            random(b.calls.length * 31 + 5) < failing
              ? [500, 429, 404, 'timeout'][b.calls.length % 4]!
              : isBad(seq)
                ? 422
                : 200;
          answered.set(seq, answer);
          return answer;
        };
        b.feed.events.push(event(EVENTS + 1, 'last'));

        let passed = 0;
        for (let minute = 0; minute < MOST_MINUTES && passed <= EVENTS; minute += 1) {
          const before = passed;
          await minutePasses(b);
          passed = (await b.endpoint()).seq;
          // The shop goes on selling. The good ones after a bad one may all have been answered before it was.
          if (passed === before) b.feed.events.push(event(b.feed.events.length + 1, 'last'));
          const aside = new Set((await b.aside.list(b.id)).map((one) => one.event.seq));
          for (let seq = 1; seq <= passed; seq += 1)
            expect(answered.get(seq) === 200 || aside.has(seq)).toBe(true);
        }

        const aside = (await b.aside.list(b.id)).map((one) => one.event.seq);
        expect(passed).toBeGreaterThan(EVENTS);
        expect(aside.every(isBad)).toBe(true);
        expect(aside).toEqual(b.feed.events.map(({ seq }) => seq).filter((seq) => isBad(seq)));
        expect(firstSentOutOfOrder(b.calls)).toEqual([]);
      }),
      { numRuns: 3 },
    );
  });
});

/** Events that were first sent after a later one of the same key. */
function firstSentOutOfOrder(calls: readonly Call[]): number[] {
  const last = new Map<string, number>();
  const known = new Set<number>();
  const wrong: number[] = [];
  for (const { event: sent } of calls) {
    if (known.has(sent.seq)) continue;
    known.add(sent.seq);
    if (sent.seq < (last.get(sent.key) ?? 0)) wrong.push(sent.seq);
    last.set(sent.key, sent.seq);
  }
  return wrong;
}

/** One endpoint's item in memory: a table would take as long as the three days' calls. Its conditions are tested on one. */
function leasesInMemory({ clock, id }: Bench): EndpointLeases {
  let item: Endpoint = {
    id,
    url: 'https://erp.example.com/',
    status: 'active',
    epoch: EPOCH,
    seq: 0,
    ahead: [],
    redeliver: new Set(),
    failures: 0,
    createdAt: clock.now(),
  };
  return {
    acquire: async () => ((item.notBefore ?? 0) <= clock.now() ? item : undefined),
    async save(_id, _owner, progress) {
      const { notBefore: _, failingSince: __, lastFailure: ___, doubted: ____, ...rest } = item;
      item = { ...rest, ...progress };
      return item;
    },
    stop: () => Promise.reject(new Error('it is never stopped')),
    release: async () => {},
  };
}

describe('three days without the ERP', () => {
  it('cost two quick tries and then one call per five minutes; afterwards everything comes, in order', {
    timeout: 60_000,
  }, async () => {
    const b = await bench();
    const endpoints = leasesInMemory(b);
    const THREE_DAYS_MS = 3 * 24 * 60 * MINUTE_MS;
    b.feed.events = events(5, (seq) => seq);
    await b.run({ endpoints });
    b.erp.answer = () => 'ECONNREFUSED';
    const begin = b.clock.now();

    for (let step = 0; b.clock.now() - begin < THREE_DAYS_MS; step += 1) {
      if (step % 3 === 0) b.feed.events.push(event(b.feed.events.length + 1, `order-${step % 7}`));
      // Now and then messages come more often than calls may be made.
      const early = step < 10 || step % 25 === 0;
      for (const ms of early ? [10_000, 140_000, 150_000] : [5 * MINUTE_MS]) {
        await b.run({ endpoints });
        b.clock.move(ms);
      }
    }
    const down = b.calls.slice(5);
    b.erp.answer = () => 200;
    for (let call = 0; call < 3; call += 1, b.clock.move(5 * MINUTE_MS)) await b.run({ endpoints });

    const gaps = down.slice(1).map(({ at }, index) => at - down[index]!.at);
    expect(down.length).toBeLessThanOrEqual(THREE_DAYS_MS / (5 * MINUTE_MS) + 2);
    expect(down.length).toBeGreaterThan(800);
    expect(gaps.slice(2).every((gap) => gap >= 5 * MINUTE_MS)).toBe(true);
    const taken = b.calls.slice(5 + down.length);
    expect(taken.map((call) => call.event.seq).sort((one, other) => one - other)).toEqual(
      b.feed.events.slice(5).map(({ seq }) => seq),
    );
    expect(firstSentOutOfOrder(taken)).toEqual([]);
  });
});
