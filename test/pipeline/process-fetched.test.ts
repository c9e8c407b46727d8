import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../functions/http/errors.ts';
import { consumeNuvemshop } from '../../functions/pipeline/old/nuvemshop-consumer.ts';
import { PROBE_EVERY_MS } from '../../functions/storage/circuit-breaker.ts';
import { bench, notice, redelivered, rowOf } from './fetched-bench.ts';

describe('the Nuvemshop consumer', () => {
  it('fetches an order once for all notices of a batch', async () => {
    const bed = bench('once');

    const failures = await consumeNuvemshop(bed, [notice(bed, 1001), notice(bed, 1001), notice(bed, 1001)]);

    expect(failures).toEqual([]);
    expect(bed.fetches).toEqual(['1001']);
    expect(bed.metrics.total('FetchCoalesced')).toBe(2);
    expect(await rowOf(bed, 1001)).toMatchObject({ state: 'ok', version: 1 });
  });

  it('leaves out a notice received before the last fetch began, and fetches for one received after it', async () => {
    // Prepare
    const bed = bench('before-after');
    const early = notice(bed, 1002);
    bed.clock.move(5000);
    await consumeNuvemshop(bed, [notice(bed, 1002)]);

    // Act
    await consumeNuvemshop(bed, [early]);
    const afterEarly = bed.fetches.length;
    bed.clock.move(5000);
    await consumeNuvemshop(bed, [notice(bed, 1002)]);

    // Assess
    expect(afterEarly).toBe(1);
    expect(bed.fetches).toHaveLength(2);
  });

  it('waits without failing: one message goes back with its turn, the others are served by it', async () => {
    // Prepare
    const bed = bench('wait');
    bed.levers.delaySeconds = 30;

    // Act
    const first = await consumeNuvemshop(bed, [notice(bed, 1003), notice(bed, 1003)]);
    const second = await consumeNuvemshop(bed, [notice(bed, 1003)]);
    const sentWhileWaiting = bed.queue.sent.length;
    bed.clock.move(30_000);
    bed.levers.delaySeconds = 0;
    await consumeNuvemshop(bed, [redelivered(bed)]);

    // Assess
    expect([...first, ...second]).toEqual([]);
    expect(sentWhileWaiting).toBe(1);
    expect(bed.queue.sent[0]).toMatchObject({ delaySeconds: 30, message: { attempts: 0 } });
    expect(bed.fetches).toEqual(['1003']);
  });

  it('never forgets an event that joined a waiting fetch, even when the order is fetched in between', async () => {
    // Prepare: A waits; B joins it later; in between another instance fetches, before B's change.
    const bed = bench('joined');
    bed.levers.delaySeconds = 60;
    await consumeNuvemshop(bed, [notice(bed, 1004)]);
    const waiting = redelivered(bed);
    bed.levers.delaySeconds = 0;
    bed.clock.move(10_000);
    const other = notice(bed, 1004);
    await consumeNuvemshop(bed, [{ ...other, message: { ...other.message, scheduledAt: bed.clock.now() } }]);
    bed.clock.move(5_000);
    bed.levers.changes = 1;
    await consumeNuvemshop(bed, [notice(bed, 1004)]);
    expect(bed.fetches).toHaveLength(1);

    // Act
    bed.clock.move(45_000);
    await consumeNuvemshop(bed, [waiting]);

    // Assess
    expect(bed.fetches).toHaveLength(2);
    expect((await rowOf(bed, 1004))?.personal?.note).toBe('change 1');
  });

  it('survives a crash between announcing a wait and sending it: the notice does not join itself', async () => {
    const bed = bench('crash');
    bed.levers.delaySeconds = 60;
    bed.queue.refusing = 1;
    const crashed = notice(bed, 1005);

    const failures = await consumeNuvemshop(bed, [crashed]);
    await consumeNuvemshop(bed, [crashed]);

    expect(failures).toMatchObject([{ messageId: crashed.messageId }]);
    expect(bed.queue.sent).toHaveLength(1);
  });

  it('comes back with backoff and its own counter of tries when the platform fails', async () => {
    const bed = bench('retry');
    bed.failures.push(
      new PlatformError({ platform: 'nuvemshop', operation: 'orders.get', kind: 'retry-later', status: 503 }),
    );

    const failures = await consumeNuvemshop(bed, [notice(bed, 1006)]);
    bed.clock.move(60_000);
    await consumeNuvemshop(bed, [redelivered(bed)]);

    expect(failures).toEqual([]);
    expect(bed.queue.sent[0]).toMatchObject({ delaySeconds: 4, message: { attempts: 1 } });
    expect(await rowOf(bed, 1006)).toMatchObject({ state: 'ok' });
  });

  it('pauses on a refused credential, lets everything wait, and resumes with the first probe that works', async () => {
    // Prepare
    const bed = bench('pause');
    bed.failures.push(
      new PlatformError({
        platform: 'nuvemshop',
        operation: 'orders.get',
        kind: 'auth-failed',
        status: 401,
        remedy: 'Renew it.',
      }),
    );

    // Act
    const failures = await consumeNuvemshop(bed, [notice(bed, 1007)]);
    bed.clock.move(1000);
    failures.push(...(await consumeNuvemshop(bed, [notice(bed, 1008), notice(bed, 1009)])));
    const fetchesWhilePaused = bed.fetches.length;
    const waiting = [redelivered(bed, 0), redelivered(bed, 1), redelivered(bed, 2)];
    bed.clock.move(PROBE_EVERY_MS);
    failures.push(...(await consumeNuvemshop(bed, waiting)));
    bed.clock.move(61_000);
    failures.push(...(await consumeNuvemshop(bed, [redelivered(bed, -1), redelivered(bed, -2)])));

    // Assess
    expect(failures).toEqual([]);
    expect(fetchesWhilePaused).toBe(1);
    for (const id of [1007, 1008, 1009]) expect(await rowOf(bed, id)).toMatchObject({ state: 'ok' });
    expect(await bed.pause.check()).toEqual({ allowed: true, probe: false });
  });

  it.each([
    ['a notice of another store', { store_id: 999 }, 'foreign-store'],
    ['a notice that names no order', { id: null }, 'schema-mismatch'],
    ['a notice without an event', { event: undefined }, 'schema-mismatch'],
    ['a notice with a prototype key', { id: { __proto__: 1 } }, 'schema-mismatch'],
  ])('makes a visible row of %s', async (_what, rest, reason) => {
    const bed = bench(`odd-${reason}`);

    const failures = await consumeNuvemshop(bed, [notice(bed, 1010, rest)]);

    expect(failures).toEqual([]);
    expect(bed.fetches).toEqual([]);
    expect(bed.metrics.total('OrderNeedsReview')).toBe(1);
    expect(bed.log.lines.find(({ level }) => level === 'warn')?.fields).toMatchObject({ reason });
  });

  it('stops calling when the app is suspended and goes on when it is resumed', async () => {
    const bed = bench('app');

    await consumeNuvemshop(bed, [notice(bed, 1, { event: 'app/suspended' })]);
    await consumeNuvemshop(bed, [notice(bed, 1011)]);
    const whileSuspended = bed.fetches.length;
    await consumeNuvemshop(bed, [notice(bed, 1, { event: 'app/resumed' })]);
    await consumeNuvemshop(bed, [redelivered(bed)]);

    expect(whileSuspended).toBe(0);
    expect(bed.fetches).toEqual(['1011']);
  });

  it('shows an order that its own schema cannot hold, and one that the platform does not know', async () => {
    const bed = bench('unknown');
    const fetchOrder = async () => ({ json: { id: 1012, products: 'none' }, bytes: Buffer.from('{}') });

    await consumeNuvemshop({ ...bed, fetchOrder }, [notice(bed, 1012)]);

    expect(await rowOf(bed, 1012)).toMatchObject({
      state: 'needs-review',
      review: { reason: 'schema-mismatch' },
    });
  });
});
