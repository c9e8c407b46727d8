import { describe, expect, it } from 'vitest';
import { UrlRefused } from '../../../functions/erp/webhooks/addresses.ts';
import { localTables } from '../../support/local-tables.ts';
import { deliveryBench, EPOCH, event } from './bench.ts';

const tables = localTables();
let made = 0;
const bench = (types?: string[]) => {
  made += 1;
  return deliveryBench(tables, `endpoint-${made}`, types);
};

describe('what an endpoint lacks', () => {
  it('is sent in order, signed, and nothing is sent twice', async () => {
    const b = await bench();
    b.feed.events = [event(1, 'a'), event(2, 'a'), event(3, 'a')];

    await b.run();
    await b.run();

    expect(b.seen()).toEqual([1, 2, 3]);
    expect(b.calls[0]!.headers).toMatchObject({
      'webhook-id': b.feed.events[0]!.id,
      'webhook-timestamp': String(b.clock.now() / 1000),
      'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
      'content-type': 'application/json',
    });
    expect(await b.endpoint()).toMatchObject({
      seq: 3,
      ahead: [],
      failures: 0,
      lastDeliveredAt: b.clock.now(),
    });
    expect(await b.endpoint()).not.toHaveProperty('leaseOwner');
  });

  it.each([
    [20, 8],
    [3, 3],
  ])('goes out up to eight at a time, never two of one key: %i keys', async (keys, atOnce) => {
    const b = await bench();
    b.feed.events = Array.from({ length: 60 }, (_, index) => event(index + 1, `order-${index % keys}`));

    await b.run();

    expect(b.mostAtOnce).toBe(atOnce);
    for (let key = 0; key < keys; key += 1) {
      const ofKey = b.calls
        .filter((call) => call.event.key.endsWith(`:order-${key}`))
        .map((call) => call.event.seq);
      expect(ofKey).toEqual(Array.from({ length: 60 / keys }, (_, round) => round * keys + key + 1));
    }
  });

  it('is only what it wants; the others count as answered', async () => {
    const b = await bench(['order.created']);
    b.feed.events = [
      event(1, 'a', { type: 'order.created' }),
      ...Array.from({ length: 250 }, (_, i) => event(i + 2, 'b')),
    ];

    await b.run();

    expect(b.seen()).toEqual([1]);
    expect((await b.endpoint()).seq).toBe(251);
  });

  it('is counted in the first epoch once there is one, where it was added before', async () => {
    const b = await bench();
    await b.admin.move(b.id, { epoch: 0, seq: 0 });
    await b.run();
    expect(await b.endpoint()).toMatchObject({ epoch: 0, seq: 0 });
    b.feed.events = [event(1, 'a')];

    await b.run();

    expect(await b.endpoint()).toMatchObject({ epoch: EPOCH, seq: 1 });
  });

  it('goes on in another run when the time is over', async () => {
    const b = await bench();
    b.feed.events = Array.from({ length: 30 }, (_, index) => event(index + 1, 'a'));
    b.erp.takesMs = 10_000;

    await b.run();
    const first = b.calls.length;
    const told = [...b.messages];
    await b.run();
    await b.run();
    await b.run();

    expect(first).toBeLessThan(12);
    expect(told).toEqual([{ endpoint: b.id, delaySeconds: 0 }]);
    expect(b.seen()).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
  });

  it('goes on in another run when the time is over and it wanted nothing of what it passed', async () => {
    // Arrange
    const b = await bench(['order.cancelled']);
    b.feed.events = Array.from({ length: 500 }, (_, index) => event(index + 1, `order-${index}`));
    const feed: typeof b.feed = {
      ...b.feed,
      async read(...query) {
        b.clock.move(60_000);
        return b.feed.read(...query);
      },
    };

    // Act
    await b.run({ feed, seconds: 120 });

    // Assert
    expect(await b.endpoint()).toMatchObject({ seq: 200 });
    expect(b.messages).toEqual([{ endpoint: b.id, delaySeconds: 0 }]);
  });

  it('is sent although it came while the lease was held, whose message found it taken', async () => {
    const b = await bench();
    b.feed.events = [event(1, 'a')];
    const late: typeof b.deliverer.endpoints = {
      ...b.deliverer.endpoints,
      save: async (...args) => {
        const saved = await b.deliverer.endpoints.save(...args);
        if (b.feed.events.length === 1 && args[3].ends) b.feed.events.push(event(2, 'b'));
        return saved;
      },
    };

    await b.run({ endpoints: late });

    expect(b.seen()).toEqual([1, 2]);
  });

  it('is sent by one run at a time', async () => {
    const b = await bench();
    b.feed.events = [event(1, 'a'), event(2, 'b')];

    await Promise.all([b.run(), b.run(), b.run()]);

    expect(b.seen().sort()).toEqual([1, 2]);
  });

  it('is sent again by the next run when one was killed: after its lease, and not before', async () => {
    const b = await bench();
    b.feed.events = [event(1, 'a')];
    const killed = { ...b.deliverer.endpoints, save: () => new Promise<never>(() => {}) };

    void b.run({ endpoints: killed });
    await expect.poll(() => b.seen()).toEqual([1]);
    await b.run();
    expect(b.seen()).toEqual([1]);
    b.clock.move(127_000);
    await b.run();

    expect(b.seen()).toEqual([1, 1]);
    expect((await b.endpoint()).seq).toBe(1);
  });
});

describe('an endpoint that does not answer well', () => {
  it.each([
    [301, 'HTTP 301'],
    [302, 'HTTP 302'],
    [401, 'HTTP 401'],
    [403, 'HTTP 403'],
    [404, 'HTTP 404'],
    [429, 'HTTP 429'],
    [500, 'HTTP 500'],
    [503, 'HTTP 503'],
    ['timeout', 'timeout'],
    ['ECONNREFUSED', 'ECONNREFUSED'],
  ])('%s: it waits, and the event with it', async (answer, said) => {
    const b = await bench();
    b.feed.events = [event(1, 'a'), event(2, 'a')];
    b.erp.answer = () => answer;

    await b.run();
    await b.run();

    expect(b.seen()).toEqual([1]);
    expect(await b.endpoint()).toMatchObject({
      seq: 0,
      failures: 1,
      failingSince: b.clock.now(),
      notBefore: b.clock.now() + 5_000,
      lastFailure: said,
    });
    expect(b.messages).toEqual([{ endpoint: b.id, delaySeconds: 5 }]);
    expect(b.metrics.total('DeliveryFailed')).toBe(1);
  });

  it('gets one call until one succeeds, and then the rest in order', async () => {
    const b = await bench();
    b.feed.events = Array.from({ length: 20 }, (_, index) => event(index + 1, `order-${index % 5}`));
    b.erp.answer = () => 503;
    await b.run();
    const first = b.calls.length;

    b.clock.move(6_000);
    await b.run();
    expect(b.calls.length).toBe(first + 1);
    b.erp.answer = () => 200;
    b.clock.move(31_000);
    await b.run();

    expect(b.seen().slice(first + 1)).toEqual(expect.arrayContaining(b.feed.events.map(({ seq }) => seq)));
    expect(await b.endpoint()).toMatchObject({ seq: 20, failures: 0 });
    expect(await b.endpoint()).not.toHaveProperty('failingSince');
  });

  it('is not sent again what it took while another event failed', async () => {
    const b = await bench();
    b.feed.events = Array.from({ length: 8 }, (_, index) => event(index + 1, `order-${index}`));
    b.erp.answer = ({ event: { seq } }) => (seq === 1 && b.calls.length <= 8 ? 500 : 200);

    await b.run();
    expect(await b.endpoint()).toMatchObject({ seq: 0, ahead: [2, 3, 4, 5, 6, 7, 8] });
    b.clock.move(6_000);
    await b.run();

    expect(b.seen()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 1]);
    expect(await b.endpoint()).toMatchObject({ seq: 8, ahead: [] });
  });

  it.each([
    ['seconds', '120', 120_000],
    ['a date', 'Sun, 22 Nov 2026 12:10:00 GMT', 600_000],
    ['more than an hour', '86400', 3_600_000],
    ['less than we would wait', '1', 1_000],
  ])('says when it wants the next call, in %s', async (_, retryAfter, waits) => {
    const b = await bench();
    b.feed.events = [event(1, 'a')];
    b.erp.answer = () => ({ status: 503, retryAfter, text: '' });

    await b.run();

    expect((await b.endpoint()).notBefore).toBe(b.clock.now() + waits);
  });

  it('is switched off by 410, for good', async () => {
    const b = await bench();
    b.feed.events = [event(1, 'a')];
    b.erp.answer = () => 410;

    await b.run();
    b.clock.move(3_600_000);
    await b.run();

    expect(b.calls).toHaveLength(1);
    expect(await b.endpoint()).toMatchObject({ status: 'disabled', why: 'gone', seq: 0 });
    expect(b.log.lines).toContainEqual(expect.objectContaining({ level: 'error' }));
  });

  it('fails as well where its address must not be called, or nobody filled in its secret', async () => {
    const b = await bench();
    b.feed.events = [event(1, 'a')];
    const open = async () => {
      throw new UrlRefused('the host stands for an address that is not on the public internet');
    };

    await b.run({ caller: { open } });
    expect((await b.endpoint()).lastFailure).toMatch(/not on the public internet/);
    b.clock.move(6_000);
    await b.run({ secretsOf: async () => [] });

    expect(await b.endpoint()).toMatchObject({ failures: 2, lastFailure: 'it has no signing secret' });
    expect(b.calls).toEqual([]);
  });
});

describe('what a person does meanwhile', () => {
  it('counts, and nothing that the run still writes', async () => {
    const b = await bench();
    b.feed.events = Array.from({ length: 150 }, (_, index) => event(index + 1, `order-${index}`));
    b.erp.answer = async ({ event: { seq } }) => {
      if (seq === 100) await b.admin.move(b.id, { epoch: EPOCH, seq: 140 });
      return 200;
    };

    await b.run();
    expect(await b.endpoint()).toMatchObject({ seq: 140 });
    expect(b.calls).toHaveLength(100);
    await b.run();

    expect(b.seen().slice(100).sort()).toEqual([141, 142, 143, 144, 145, 146, 147, 148, 149, 150]);
  });

  it('pauses and resumes it, at once and whatever it answered before', async () => {
    const b = await bench();
    b.feed.events = [event(1, 'a')];
    b.erp.answer = () => 500;
    await b.run();

    await b.admin.pause(b.id);
    b.clock.move(3_600_000);
    await b.run();
    expect(b.calls).toHaveLength(1);
    await b.admin.resume(b.id);
    b.erp.answer = () => 200;
    await b.run();

    expect(b.seen()).toEqual([1, 1]);
    expect(await b.endpoint()).not.toHaveProperty('why');
  });
});

it.each(['expired', 'reset', 'ahead'] as const)(
  'an endpoint whose place in the feed is lost (%s) is paused, and says why',
  async (why) => {
    const b = await bench();
    b.feed.lost = why;

    await b.run();

    expect(await b.endpoint()).toMatchObject({ status: 'paused', why });
    expect(b.log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', fields: { endpoint: b.id, status: 'paused', why } }),
    );
  },
);

it('an error of ours leaves the run, and the lease with it', async () => {
  const b = await bench();
  const feed = { ...b.feed, read: () => Promise.reject(new Error('the table is not there')) };

  await expect(b.run({ feed })).rejects.toThrow('the table is not there');

  expect(await b.endpoint()).not.toHaveProperty('leaseOwner');
});
