import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../functions/http/errors.ts';
import { type Poller, poll } from '../../functions/pipeline/poll.ts';
import { createBucket } from '../../functions/rate-limit/bucket.ts';
import { createDynamoStore } from '../../functions/rate-limit/store-dynamodb.ts';
import type { Message } from '../../functions/runtime/messages.ts';
import { unpack } from '../../functions/runtime/unpack.ts';
import { createCircuitBreaker } from '../../functions/storage/circuit-breaker.ts';
import { createLease } from '../../functions/storage/lease.ts';
import { createOutbox } from '../../functions/storage/outbox.ts';
import { createPollBackoff } from '../../functions/storage/poll-backoff.ts';
import { countingMetrics, keptLog, keptQueue, movedClock, payloadOf } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();

/** A platform that hands out `pages`, each once; an error in the list is thrown in its turn. */
function poller(name: string, pages: (string | Error)[]) {
  const clock = movedClock();
  const { client, table } = tables;
  const store = { client, table, platform: 'imotriz', storeId: name, clock };
  const reads: string[] = [];
  const made = {
    clock,
    reads,
    lease: createLease({ client, table, name, clock }),
    pause: createCircuitBreaker({ ...store, backfill: { request: async () => {} } }),
    backoff: createPollBackoff(store),
    outbox: createOutbox(store),
    bucket: createBucket({
      store: createDynamoStore({ client, tableName: table }),
      key: name,
      rate: 10,
      burst: 40,
      clock,
    }),
    queue: keptQueue(),
    metrics: countingMetrics(),
    log: keptLog(),
    slowestPageMs: 65_000,
    maxPages: 20,
    readPage: async (correlationId: string) => {
      reads.push(correlationId);
      const page = pages.shift() ?? '{"returned":0,"pending":0}';
      if (page instanceof Error) throw page;
      return Buffer.from(page);
    },
    summarise: (page: Uint8Array) => {
      const text = Buffer.from(page).toString();
      return text.startsWith('{') ? { ok: true, ...JSON.parse(text) } : { ok: false, problem: 'not a page' };
    },
  };
  return made satisfies Poller;
}

const run = (runId: string, remaining = 120_000) => ({ runId, remainingMs: () => remaining });
const textOf = ({ message }: { message: Message }) => Buffer.from(unpack(payloadOf(message))).toString();
const failure = (details: Partial<ConstructorParameters<typeof PlatformError>[0]>) =>
  new PlatformError({ platform: 'imotriz', operation: 'orders.new', kind: 'retry-later', ...details });

describe('poll', () => {
  it('reads page after page while orders are pending, each in the queue as it came', async () => {
    const pages = [
      '{"returned":30,"pending":31}',
      '{"returned":30,"pending":1}',
      '{"returned":1,"pending":0}',
    ];
    const deps = poller('pages', [...pages]);

    await poll(deps, run('r1'));

    expect(deps.queue.sent.map(textOf)).toEqual(pages);
    expect(deps.queue.sent.map(({ message }) => message.correlationId)).toEqual(['r1-p1', 'r1-p2', 'r1-p3']);
    expect(deps.metrics.total('PollOrdersFound')).toBe(61);
    expect(deps.metrics.total('PollCompleted')).toBe(1);
  });

  it('never overlaps another run', async () => {
    const deps = poller('lease', ['{"returned":1,"pending":0}', '{"returned":1,"pending":0}']);

    await Promise.all([poll(deps, run('a')), poll(deps, run('b'))]);

    expect(deps.reads).toHaveLength(1);
    expect(deps.metrics.total('PollSkipped')).toBe(1);
  });

  it('stops before its time runs out, and the next run goes on', async () => {
    const deps = poller('time', ['{"returned":30,"pending":30}', '{"returned":30,"pending":0}']);
    let left = 120_000;

    await poll(deps, { runId: 'r1', remainingMs: () => (left -= 10_000) });
    expect(deps.reads.length).toBeLessThan(3);
    await poll(deps, run('r2'));

    expect(deps.metrics.total('PollOrdersFound')).toBe(60);
  });

  it('keeps a page that the queue refuses, and sends it first in the next run', async () => {
    // Prepare
    const deps = poller('outbox', ['{"returned":2,"pending":0}']);
    deps.queue.refusing = 1;

    // Act
    await poll(deps, run('r1'));
    const afterFirst = [...deps.queue.sent];
    deps.clock.move(120_000);
    await poll(deps, run('r2'));
    await poll(deps, run('r3'));

    // Assess
    expect(afterFirst).toHaveLength(0);
    expect(deps.metrics.total('PollFailed')).toBe(1);
    expect(deps.queue.sent.map(textOf).filter((text) => text === '{"returned":2,"pending":0}')).toHaveLength(
      1,
    );
    expect(deps.queue.sent[0]!.message.correlationId).toBe('r1-p1');
  });

  it('queues a page that is not one and stops, without reading again', async () => {
    const deps = poller('broken', ['<html>sorry</html>', '{"returned":1,"pending":0}']);

    await poll(deps, run('r1'));

    expect(deps.queue.sent.map(textOf)).toEqual(['<html>sorry</html>']);
    expect(deps.reads).toHaveLength(1);
    expect(deps.metrics.total('PollFailed')).toBe(1);
  });

  it.each([
    [401, 'put the new token into the secret'],
    [403, 'set "Sincronizar pedidos desde:"'],
  ])('pauses on %i and says what to do', async (status, remedy) => {
    const deps = poller(`pause-${status}`, [failure({ kind: 'auth-failed', status, remedy })]);

    await poll(deps, run('r1'));
    await poll(deps, run('r2'));

    expect(deps.reads).toHaveLength(1);
    expect(await deps.pause.check()).toMatchObject({ allowed: false, state: { remedy } });
    expect(deps.metrics.total('PlatformPaused')).toBeGreaterThan(0);
  });

  it('resumes by itself when a probe finds the platform working', async () => {
    const deps = poller('probe', [
      failure({ kind: 'auth-failed', status: 401 }),
      '{"returned":3,"pending":0}',
    ]);
    await poll(deps, run('r1'));

    deps.clock.move(5 * 60_000 + 1000);
    await poll(deps, run('r2'));

    expect(deps.metrics.total('PollOrdersFound')).toBe(3);
    expect(await deps.pause.check()).toEqual({ allowed: true, probe: false });
  });

  it('raises an alarm for a read whose answer is lost, and does not repeat it', async () => {
    const deps = poller('lost', [failure({ outcomeUnknown: true })]);

    await poll(deps, run('r1'));

    expect(deps.reads).toHaveLength(1);
    expect(deps.metrics.total('LostReadSuspected')).toBe(1);
    expect(deps.log.lines.at(-1)?.message).toMatch(/not synchronised/);
  });

  it('polls a failing platform less and less often, up to a quarter of an hour', async () => {
    // Prepare
    const deps = poller(
      'backoff',
      Array.from({ length: 60 }, () => failure({ status: 500 })),
    );
    const readAt: number[] = [];

    // Act
    for (let minute = 0; minute < 120; minute += 1) {
      const before = deps.reads.length;
      await poll(deps, run(`m${minute}`));
      if (deps.reads.length > before) readAt.push(minute);
      deps.clock.move(60_000);
    }

    // Assess
    expect(readAt.slice(0, 6)).toEqual([0, 1, 3, 7, 15, 30]);
    expect(readAt.at(-1)! - readAt.at(-2)!).toBe(15);
  });
});
