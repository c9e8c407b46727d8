import { describe, expect, it } from 'vitest';
import { poll } from '../../functions/pipeline/poll.ts';
import { BACKFILL_MARGIN_MS } from '../../functions/storage/circuit-breaker.ts';
import { openPolled, PAGE, run } from '../support/bazaar/job-benches.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const open = (...stores: [string, ...string[]]) => openPolled(tables, ...stores);

describe('a poll of a platform that counts oddly', () => {
  const page = (...ids: string[]) =>
    Buffer.from(JSON.stringify({ orders: ids.map((id) => ({ id })), left: 90 }));
  /** A poller whose platform hands out these pages, which say so much of themselves. */
  const handing = (store: string, pages: [Uint8Array, object][]) => {
    const bed = open(store);
    const left = [...pages];
    const summaries = new Map<Uint8Array, object>();
    const poller = {
      ...bed.poller,
      readPage: () => {
        const [bytes, summary] = left.shift() ?? [page(), { returned: 0, pending: 0 }];
        summaries.set(bytes, summary);
        return Promise.resolve(bytes);
      },
      summarise: (bytes: Uint8Array) => ({ ok: true as const, returned: 1, ...summaries.get(bytes) }),
    };
    return { ...bed, poll: (id: string) => poll(poller, run(id)), left };
  };

  it('stops at a page that it was handed before in the run, and counts it', async () => {
    const same = { pending: 90, contents: 'one' };
    const bed = handing('twice', [
      [page('a'), same],
      [page('b'), { pending: 89, contents: 'other' }],
      [page('a'), same],
      [page('c'), { pending: 88, contents: 'never read' }],
    ]);

    await bed.poll('r1');

    expect(bed.left).toHaveLength(1);
    expect(bed.metrics.total('PollPageRepeated')).toBe(1);
    expect(bed.metrics.total('PollOrdersFound')).toBe(2);
    expect(bed.metrics.total('PollFailed')).toBe(0);
  });

  it('counts runs in which orders are left and none is handed out, and does not fail', async () => {
    const withheld: [Uint8Array, object] = [page(), { returned: 0, pending: 90 }];
    const bed = handing('withheld', [withheld, withheld]);

    await bed.poll('r1');
    await bed.poll('r2');
    await bed.poll('r3');

    expect(bed.metrics.total('PollOrdersWithheld')).toBe(2);
    expect(bed.metrics.total('PollCompleted')).toBe(3);
    expect(bed.metrics.total('PollFailed')).toBe(0);
  });

  it('counts a run whose page announced more, and whose next page is nothing at all', async () => {
    const bed = handing('nothing', [
      [page('a'), { pending: 30, contents: 'one' }],
      [new Uint8Array(), { returned: 0 }],
    ]);

    await bed.poll('r1');

    expect(bed.metrics.total('PollOrdersWithheld')).toBe(1);
  });

  it('stops asking when a page does not say what is left', async () => {
    const bed = handing('silent', [
      [page('a'), {}],
      [page('b'), { pending: 0 }],
    ]);

    await bed.poll('r1');

    expect(bed.left).toHaveLength(1);
    expect(bed.pages()).toEqual([['a']]);
    expect(bed.metrics.total('PollCompleted')).toBe(1);
  });
});

describe('a poll of a platform that lets nobody in', () => {
  it.each([
    [401, 'The token is refused'],
    [403, 'lacks a permission'],
  ])('opens the circuit on %i and says what to do', async (status, remedy) => {
    const bed = open(`paused-${status}`);
    bed.shop.trouble(PAGE, { status }, { times: 10 });

    await poll(bed.poller, run('r1'));
    const reads = bed.reads();
    await poll(bed.poller, run('r2'));

    expect(bed.reads()).toBe(reads);
    expect(await bed.circuit.check()).toMatchObject({
      allowed: false,
      state: { remedy: expect.stringContaining(remedy) as string },
    });
    expect(bed.metrics.total('PlatformPaused')).toBeGreaterThan(0);
  });

  it('goes on by itself when a probe finds the platform working, and asks for what was missed', async () => {
    // Arrange
    const bed = open('probe');
    bed.place(3);
    bed.shop.trouble(PAGE, { status: 403 });
    const openedAt = bed.clock.now();
    await poll(bed.poller, run('r1'));

    // Act
    bed.clock.move(5 * 60_000 + 1000);
    await poll(bed.poller, run('r2'));

    // Assert
    expect(bed.metrics.total('PollOrdersFound')).toBe(3);
    expect(await bed.circuit.check()).toEqual({ allowed: true, probe: false });
    expect(await bed.backfill.read()).toMatchObject({ from: openedAt - BACKFILL_MARGIN_MS });
  });

  it('makes its probe though several calls in a row were refused', async () => {
    const bed = open('refused-for-long');
    for (let refused = 0; refused < 6; refused += 1) {
      bed.shop.trouble(PAGE, { status: 403 });
      await poll(bed.poller, run(`refused-${refused}`));
      bed.clock.move(5 * 60_000 + 1000);
    }
    bed.place(1);

    await poll(bed.poller, run('probe'));

    expect(bed.reads()).toBe(7);
    expect(bed.metrics.total('PollOrdersFound')).toBe(1);
  });

  it('leaves no probe to a run that rests after a failure, and makes no call', async () => {
    const bed = open('resting');
    bed.shop.trouble(PAGE, { status: 500 });
    await poll(bed.poller, run('r1'));
    await bed.circuit.trip('refused elsewhere', 'renew the token');
    bed.clock.move(5 * 60_000);
    const resting = { ...bed.poller, backoff: { ...bed.poller.backoff, waiting: async () => true } };

    await poll(resting, run('r2'));

    expect(await bed.circuit.check()).toEqual({ allowed: true, probe: true });
  });

  it('leaves the circuit half open until the page that was read is safe', async () => {
    const bed = open('probe-unsafe');
    bed.place(1);
    await bed.circuit.trip('403', 'Grant it.');
    bed.clock.move(5 * 60_000 + 1000);
    bed.queue.refusing = 1;

    await poll(bed.poller, run('r1'));

    expect(await bed.circuit.check()).toMatchObject({ allowed: false });
  });
});
