import { describe, expect, it } from 'vitest';
import {
  PROBE_EVERY_MS,
  SUSPENDED_PROBE_EVERY_MS,
  SUSPENDED_RETRY_MS,
} from '../../functions/storage/circuit-breaker.ts';
import { createPauses } from '../../functions/storage/pauses.ts';
import { changed, openBazaar, received, sent } from '../support/bazaar/bench.ts';
import { deliver } from '../support/deployment-bench.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();

function open(store: string) {
  const bed = openBazaar(tables, { stores: [store] });
  const processor = bed.processor();
  return {
    ...bed,
    circuit: bed.circuit,
    work: deliver.bind(undefined, processor),
    /** The app is suspended or removed: the platform lets it in no more. */
    shut: () => bed.shop.revoke(store),
    notice: (event: string, rest: object = {}) => received(bed, { shop: store, event }, rest),
  };
}

describe('notices of the app’s standing', () => {
  it('other than that change nothing', async () => {
    const bed = open('other');

    await bed.work(bed.notice('domain.changed'));

    expect(await bed.circuit.check()).toEqual({ allowed: true, probe: false });
    expect(bed.log.lines).toEqual([]);
  });

  it.each([
    ['app.suspended', 'notice'],
    ['app.removed', 'token'],
  ])('%s stops every call until a %s ends it, and tells a person', async (event, closedBy) => {
    const bed = open(event.replace('.', '-'));
    bed.shut();

    await bed.work(bed.notice(event));
    bed.clock.move(PROBE_EVERY_MS * 3);

    expect(await bed.circuit.check()).toMatchObject({
      allowed: false,
      state: { cause: event, closedBy, remedy: expect.any(String) as string },
    });
    expect(bed.metrics.total('PlatformPaused')).toBe(1);
    expect(bed.log.lines).toMatchObject([{ level: 'error', message: 'platform is paused' }]);
  });

  it('of one store leave the others alone', async () => {
    const bed = openBazaar(tables, { stores: ['suspended', 'beside'] });
    bed.shop.revoke('suspended');

    await deliver(bed.processor(), received(bed, { shop: 'suspended', event: 'app.suspended' }));

    expect(await bed.context('suspended').connection.circuit.check()).toMatchObject({ allowed: false });
    expect(await bed.context('beside').connection.circuit.check()).toMatchObject({ allowed: true });
  });

  it('let calls go on when the app is resumed', async () => {
    const bed = open('resumed');
    bed.shut();
    await bed.work(bed.notice('app.suspended'));
    bed.clock.move(1000);

    await bed.work(bed.notice('app.resumed'));

    expect(await bed.circuit.check()).toEqual({ allowed: true, probe: false });
  });

  it('do not bring back an app that was removed', async () => {
    const bed = open('removed');
    bed.shut();
    await bed.work(bed.notice('app.removed'));
    bed.clock.move(1000);

    await bed.work(bed.notice('app.resumed'));

    expect(await bed.circuit.check()).toMatchObject({ allowed: false });
  });

  it('that waited in the queue while the app was installed anew stop nothing, and say so', async () => {
    const bed = open('late');
    bed.shut();
    const late = bed.notice('app.removed');
    bed.clock.move(60_000);
    await bed.circuit.resume('token', bed.clock.now());

    await bed.work(late);

    expect(await bed.circuit.check()).toEqual({ allowed: true, probe: false });
    expect(bed.log.lines).toMatchObject([{ level: 'warn' }]);
    expect(bed.metrics.seen('PlatformPaused')).toBe(false);
  });

  it('that never come do not make orders wait for ever', async () => {
    const bed = open('lost-notice');
    const { id } = bed.shop.place('lost-notice');
    bed.shut();
    await bed.work(bed.notice('app.suspended'));
    bed.setSecret(bed.shop.grant('lost-notice'));
    bed.clock.move(SUSPENDED_PROBE_EVERY_MS);

    await bed.work(changed(bed, id));

    expect(await bed.row(id)).toMatchObject({ state: 'ok' });
    expect(await bed.circuit.check()).toEqual({ allowed: true, probe: false });
  });

  it('make orders wait while the app is suspended, and be fetched once it is resumed', async () => {
    const bed = open('orders');
    const { id } = bed.shop.place('orders');
    bed.shut();

    await bed.work(bed.notice('app.suspended'));
    const callsToConfirm = bed.shop.calls.length;
    await bed.work(changed(bed, id));
    const callsWhileSuspended = bed.shop.calls.length - callsToConfirm;
    const { delaySeconds } = bed.queue.sent[0]!;
    bed.clock.move(SUSPENDED_RETRY_MS);
    bed.setSecret(bed.shop.grant('orders'));
    await bed.work(bed.notice('app.resumed'));
    await bed.work(sent(bed));

    expect(callsWhileSuspended).toBe(0);
    expect(delaySeconds).toBe(SUSPENDED_RETRY_MS / 1000);
    expect(await bed.row(id)).toMatchObject({ state: 'ok' });
  });
});

describe('a notice that stops calls', () => {
  const CHECK = /^\/order-ids$/;

  it.each(['app.suspended', 'app.removed'])(
    '%s that is replayed a year later is outdated: one call shows it, and nothing stops',
    async (event) => {
      const bed = open(`replayed-${event.replace('.', '-')}`);

      const back = await bed.work(bed.notice(event));

      expect(back).toEqual([]);
      expect(await bed.circuit.check()).toEqual({ allowed: true, probe: false });
      expect(bed.shop.calls.map(({ path }) => path)).toEqual(['/order-ids']);
      expect(bed.metrics.total('NoticeOutdated')).toBe(1);
      expect(bed.log.lines).toMatchObject([{ level: 'warn' }]);
    },
  );

  it('is believed once a call was refused, and once it is believed nobody asks again', async () => {
    const bed = open('believed');
    bed.shut();

    await bed.work(bed.notice('app.removed'));
    const calls = bed.shop.callsTo(CHECK).length;
    await bed.work(bed.notice('app.removed'), bed.notice('app.suspended'));

    expect(bed.shop.callsTo(CHECK)).toHaveLength(calls);
    expect(await bed.circuit.check()).toMatchObject({ state: { closedBy: 'token' } });
    expect(bed.metrics.seen('NoticeOutdated')).toBe(false);
  });

  it.each([
    ['does not answer', { status: 503 }, { attempts: 1 }],
    ['is over its limit', { status: 429 }, { attempts: 0, throttled: 1 }],
    [
      'shows a page instead',
      { status: 403, headers: { 'content-type': 'text/html' }, body: '<html>' },
      { attempts: 0, throttled: 1 },
    ],
  ])('waits while the platform %s, and is confirmed later', async (_, answer, tries) => {
    // Arrange
    const bed = open(`waits-${answer.status}`);
    bed.shop.trouble(CHECK, answer);
    const notice = bed.notice('app.removed');

    // Act
    const back = await bed.work(notice);
    const meanwhile = await bed.circuit.check();
    bed.shut();
    bed.clock.move(120_000);
    await bed.work(sent(bed));

    // Assert
    expect(back).toEqual([]);
    expect(meanwhile).toEqual({ allowed: true, probe: false });
    expect(bed.queue.sent).toMatchObject([{ message: { ...notice, ...tries } }]);
    expect(await bed.circuit.check()).toMatchObject({ state: { closedBy: 'token' } });
  });

  it('of a pause is believed without a call where a call was refused just now', async () => {
    const bed = open('refused-already');
    bed.shut();
    await bed.circuit.trip('orders.get was answered 402', 'Wait.');

    await bed.work(bed.notice('app.suspended'));

    expect(bed.shop.calls).toEqual([]);
    expect(await bed.circuit.check()).toMatchObject({ state: { closedBy: 'notice' } });
  });

  it.each(['probe', 'notice'] as const)(
    'of a removal is believed before a probe is due that an order could take, where a %s was to end the pause',
    async (closedBy) => {
      // Arrange
      const bed = open(`ahead-${closedBy}`);
      bed.shut();
      if (closedBy === 'probe') await bed.circuit.trip('orders.get was answered 401', 'Wait.');
      else await bed.work(bed.notice('app.suspended'));

      // Act
      await bed.work(bed.notice('app.removed'));

      // Assert
      expect(bed.queue.sent).toEqual([]);
      expect(await bed.circuit.check()).toMatchObject({ state: { cause: 'app.removed', closedBy: 'token' } });
    },
  );

  it('of a removal stands for a probe: the next is due as long after it as after any other', async () => {
    // Arrange
    const bed = open('ahead-once');
    bed.shop.trouble(CHECK, { status: 503 });
    await bed.circuit.trip('orders.get was answered 401', 'Wait.');
    bed.clock.move(PROBE_EVERY_MS - 1000);

    // Act
    await bed.work(bed.notice('app.removed'));
    bed.clock.move(PROBE_EVERY_MS - 1);
    const before = await bed.circuit.check();
    bed.clock.move(1);

    // Assert
    expect(before).toMatchObject({ allowed: false });
    expect(await bed.circuit.check()).toEqual({ allowed: true, probe: true });
  });

  it('waits while a person has paused the store, and calls nobody', async () => {
    const bed = open('by-person');
    const until = bed.clock.now() + SUSPENDED_RETRY_MS;
    const store = { ...tables, platform: 'bazaar', storeId: bed.storeId, clock: bed.clock };
    const pauses = createPauses({ ...store, backfill: bed.backfill });
    await pauses.pause({ by: 'ana', reason: 'the prices are wrong', until });

    await bed.work(bed.notice('app.removed'));

    expect(bed.shop.calls).toEqual([]);
    expect(bed.queue.sent).toMatchObject([{ message: { attempts: 0, throttled: 1 } }]);
  });

  it('that is outdated ends the pause of calls that an earlier refusal began', async () => {
    const bed = open('refused-no-more');
    await bed.circuit.trip('orders.get was answered 401', 'Wait.');

    await bed.work(bed.notice('app.removed'));

    expect(bed.shop.callsTo(CHECK)).toHaveLength(1);
    expect(await bed.circuit.check()).toEqual({ allowed: true, probe: false });
  });

  it('waits for its slot, and takes none from the orders', async () => {
    const bed = open('slot');
    bed.shut();
    const { bucket } = bed.context().connection;
    await bucket.take(1000, 'urgent');

    await bed.work(bed.notice('app.removed'));

    expect(bed.shop.calls).toEqual([]);
    expect(bed.queue.sent).toMatchObject([{ message: { attempts: 0, throttled: 1 } }]);
  });

  it('of an app that is only unpaid removes it from no store', async () => {
    const bed = open('unpaid');
    bed.shop.trouble(CHECK, { status: 402 }, { times: 2 });

    await bed.work(bed.notice('app.removed'));
    const removed = await bed.circuit.check();
    await bed.work(bed.notice('app.suspended'));

    expect(removed).toEqual({ allowed: true, probe: false });
    expect(await bed.circuit.check()).toMatchObject({ state: { closedBy: 'notice' } });
  });

  it('that nobody can confirm for hours is shown', async () => {
    const bed = open('never');
    bed.shop.trouble(CHECK, { status: 503 });

    await bed.work(bed.notice('app.removed', { attempts: 24 }));

    expect(bed.queue.sent).toEqual([]);
    expect(await bed.reviews('platform-keeps-failing')).toHaveLength(1);
  });
});
