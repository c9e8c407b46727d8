import { describe, expect, it } from 'vitest';
import {
  PROBE_EVERY_MS,
  SUSPENDED_PROBE_EVERY_MS,
  SUSPENDED_RETRY_MS,
} from '../../functions/storage/circuit-breaker.ts';
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

    await deliver(bed.processor(), received(bed, { shop: 'suspended', event: 'app.suspended' }));

    expect(await bed.context('suspended').connection.circuit.check()).toMatchObject({ allowed: false });
    expect(await bed.context('beside').connection.circuit.check()).toMatchObject({ allowed: true });
  });

  it('let calls go on when the app is resumed', async () => {
    const bed = open('resumed');
    await bed.work(bed.notice('app.suspended'));
    bed.clock.move(1000);

    await bed.work(bed.notice('app.resumed'));

    expect(await bed.circuit.check()).toEqual({ allowed: true, probe: false });
  });

  it('do not bring back an app that was removed', async () => {
    const bed = open('removed');
    await bed.work(bed.notice('app.removed'));
    bed.clock.move(1000);

    await bed.work(bed.notice('app.resumed'));

    expect(await bed.circuit.check()).toMatchObject({ allowed: false });
  });

  it('that waited in the queue while the app was installed anew stop nothing, and say so', async () => {
    const bed = open('late');
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
    await bed.work(bed.notice('app.suspended'));
    bed.clock.move(SUSPENDED_PROBE_EVERY_MS);

    await bed.work(changed(bed, id));

    expect(await bed.row(id)).toMatchObject({ state: 'ok' });
    expect(await bed.circuit.check()).toEqual({ allowed: true, probe: false });
  });

  it('make orders wait while the app is suspended, and be fetched once it is resumed', async () => {
    const bed = open('orders');
    const { id } = bed.shop.place('orders');

    await bed.work(bed.notice('app.suspended'));
    await bed.work(changed(bed, id));
    const callsWhileSuspended = bed.shop.calls.length;
    const { delaySeconds } = bed.queue.sent[0]!;
    bed.clock.move(SUSPENDED_RETRY_MS);
    await bed.work(bed.notice('app.resumed'));
    await bed.work(sent(bed));

    expect(callsWhileSuspended).toBe(0);
    expect(delaySeconds).toBe(SUSPENDED_RETRY_MS / 1000);
    expect(await bed.row(id)).toMatchObject({ state: 'ok' });
  });
});
