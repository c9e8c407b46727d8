import { describe, expect, it } from 'vitest';
import { poll } from '../../functions/pipeline/poll.ts';
import { changed, openBazaar, sent } from '../support/bazaar/bench.ts';
import { openFetcher, openPolled, run } from '../support/bazaar/job-benches.ts';
import { openReconciliation } from '../support/bazaar/reconcile-bench.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
/** What the deployment makes a secret of. */
const UNFILLED = { unused: 'q8jx' };

describe('a store whose secret nobody has filled in', () => {
  it('is polled by nobody, and that is no failure', async () => {
    const bed = openPolled(tables, 'unfilled-poll');
    bed.place(1);
    bed.setSecret(UNFILLED);

    await poll(bed.poller, run('r1'));

    expect(bed.reads()).toBe(0);
    expect(bed.metrics.total('NotConnected')).toBe(1);
    expect(bed.metrics.total('PollCompleted')).toBe(1);
    expect(bed.metrics.total('PollFailed')).toBe(0);
    expect(bed.metrics.seen('PlatformPaused')).toBe(false);
    expect(bed.metrics.seen('PollOrdersFound')).toBe(false);
    expect(bed.log.lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  it('is polled from the first run after somebody filled it in', async () => {
    const bed = openPolled(tables, 'filled-poll');
    const filled = bed.secretOf() ?? {};
    const orders = bed.place(1);
    bed.setSecret(UNFILLED);
    await poll(bed.poller, run('r1'));
    bed.setSecret(filled);
    bed.clock.move(60_000);

    await poll(bed.poller, run('r2'));

    expect(bed.pages()).toEqual([orders]);
  });

  it('lets the events of its orders wait, without a receive that could count against them', async () => {
    const bed = openFetcher(tables, 'unfilled-fetch');
    bed.setSecret(UNFILLED);

    const failed = await bed.work(changed(bed, '1'));

    expect(failed).toEqual([]);
    expect(bed.fetches()).toEqual([]);
    expect(sent(bed)).toMatchObject({ attempts: 0 });
  });

  it('is not reconciled, and that is no failure', async () => {
    const bed = openReconciliation(tables, { stores: ['unfilled-reconcile'] });
    bed.setSecret(UNFILLED);

    const report = await bed.run();

    expect(report.outcome).toBe('paused');
    expect(report.problems.join()).toMatch(/not connected yet.*put-secret-value/);
    expect(bed.metrics.total('ReconcileFailed')).toBe(0);
    expect(bed.metrics.total('NotConnected')).toBe(1);
  });
});

it('nobody is told that a store is not reconciled before it is connected', async () => {
  const settings = { reconcile: { off: true } };
  const bed = openReconciliation(tables, { stores: ['unfilled-off'], settings });
  const filled = bed.secretOf() ?? {};
  bed.setSecret(UNFILLED);

  await bed.run();
  const before = bed.metrics.seen('ReconcileOff');
  bed.setSecret(filled);
  bed.clock.move(60_000);
  await bed.run();

  expect([before, bed.metrics.total('ReconcileOff')]).toEqual([false, 1]);
});

describe('a store that is connected', () => {
  it('counts its silence as no webhooks, so that it can be told from a platform that is not connected', async () => {
    const bed = openBazaar(tables, { stores: ['silent'] });

    await bed.context().connection.check();

    expect(bed.metrics.seen('WebhookAccepted')).toBe(true);
    expect(bed.metrics.total('WebhookAccepted')).toBe(0);
    expect(bed.metrics.total('NotConnected')).toBe(0);
  });

  it('is called by nobody while its secret holds something else: it is paused, and told how to mend it', async () => {
    const bed = openPolled(tables, 'half-filled');
    const filled = bed.secretOf() ?? {};
    const orders = bed.place(1);
    bed.setSecret({ accessToken: '', note: 'typed by somebody' });

    await poll(bed.poller, run('r1'));
    const paused = bed.metrics.total('PlatformPaused');
    bed.setSecret(filled);
    bed.clock.move(60_000);
    await poll(bed.poller, run('r2'));

    expect([paused, bed.metrics.total('NotConnected'), bed.metrics.total('PollFailed')]).toEqual([1, 0, 0]);
    expect(bed.log.lines.find(({ message }) => message === 'platform is paused')).toMatchObject({
      fields: {
        cause: 'the credential cannot be used',
        remedy: expect.stringContaining('accessToken') as string,
      },
    });
    expect(bed.pages()).toEqual([orders]);
  });

  it('lets the events of its orders wait while its secret holds something else', async () => {
    const bed = openFetcher(tables, 'wrong-fetch');
    bed.setSecret({ note: 'typed by somebody' });

    const failed = await bed.work(changed(bed, '1'));

    expect([failed, bed.fetches()]).toEqual([[], []]);
    expect(sent(bed)).toMatchObject({ attempts: 0 });
  });
});
