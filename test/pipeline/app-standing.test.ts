import { describe, expect, it } from 'vitest';
import { followApp } from '../../functions/pipeline/old/nuvemshop-app.ts';
import { createCircuitBreaker } from '../../functions/storage/circuit-breaker.ts';
import { countingMetrics, keptLog, movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();

function follower(storeId: string) {
  const clock = movedClock();
  const bed = {
    clock,
    pause: createCircuitBreaker({
      ...tables,
      platform: 'nuvemshop',
      storeId,
      clock,
      backfill: { request: async () => {} },
    }),
    metrics: countingMetrics(),
    log: keptLog(),
  };
  const hear = (event: string, receivedAt = clock.now()) =>
    followApp(bed, event, { receivedAt, correlationId: `c-${event}` });
  return { ...bed, hear };
}

describe('notices of the app', () => {
  it('other than of its standing change nothing', async () => {
    const bed = follower('other');

    await bed.hear('domain/updated');

    expect(await bed.pause.check()).toEqual({ allowed: true, probe: false });
    expect(bed.log.lines).toEqual([]);
  });

  it.each([
    ['app/suspended', 'notice'],
    ['app/uninstalled', 'token'],
  ])('%s stops every call until a %s ends it, and tells a person (documented)', async (event, closedBy) => {
    const bed = follower(event);

    await bed.hear(event);

    expect(await bed.pause.check()).toMatchObject({ allowed: false, state: { cause: event, closedBy } });
    expect(bed.metrics.total('PlatformPaused')).toBe(1);
    expect(bed.log.lines).toMatchObject([{ level: 'error', message: 'nuvemshop is paused' }]);
  });

  it('app/resumed lets calls go on', async () => {
    const bed = follower('resumed');
    await bed.hear('app/suspended');
    bed.clock.move(1000);

    await bed.hear('app/resumed');

    expect(await bed.pause.check()).toEqual({ allowed: true, probe: false });
  });

  it('app/resumed does not bring back an app that was removed', async () => {
    const bed = follower('removed');
    await bed.hear('app/uninstalled');
    bed.clock.move(1000);

    await bed.hear('app/resumed');

    expect(await bed.pause.check()).toMatchObject({ allowed: false });
  });

  it('that waited in the queue while the app was installed anew stop nothing, and say so', async () => {
    const bed = follower('late');
    const received = bed.clock.now();
    bed.clock.move(60_000);
    await bed.pause.resume('token', bed.clock.now());

    await bed.hear('app/uninstalled', received);

    expect(await bed.pause.check()).toEqual({ allowed: true, probe: false });
    expect(bed.log.lines).toMatchObject([{ level: 'warn' }]);
    expect(bed.metrics.seen('PlatformPaused')).toBe(false);
  });
});
