import { describe, expect, it } from 'vitest';
import { createPause, PROBE_EVERY_MS } from '../../functions/pause/pause.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const instances = (scope: string, count: number) => {
  const clock = movedClock();
  const one = () => createPause({ ...tables, platform: 'nuvemshop', scope, clock });
  return { clock, pauses: Array.from({ length: count }, one) };
};

describe('pause', () => {
  it('lets everybody through while nothing is wrong', async () => {
    const { pauses } = instances('fine', 1);

    expect(await pauses[0]!.passage()).toEqual({ go: true, probe: false });
  });

  it('stops every instance, then lets exactly one probe through at a time', async () => {
    // Prepare
    const { clock, pauses } = instances('stopped', 6);
    await pauses[0]!.pause('orders.get was answered 401', 'replace the token');

    // Act
    const before = await pauses[1]!.passage();
    clock.move(PROBE_EVERY_MS);
    const due = await Promise.all(pauses.map((pause) => pause.passage()));

    // Assess
    expect(before).toMatchObject({
      go: false,
      state: { cause: 'orders.get was answered 401', remedy: 'replace the token' },
    });
    expect(due.filter((passage) => passage.go)).toEqual([{ go: true, probe: true }]);
  });

  it('is over for everybody once a probe succeeded', async () => {
    const { clock, pauses } = instances('resumed', 2);
    await pauses[0]!.pause('401', 'token');
    clock.move(PROBE_EVERY_MS);
    await pauses[1]!.passage();

    await pauses[1]!.resume();

    expect(await pauses[0]!.passage()).toEqual({ go: true, probe: false });
  });

  it('began when it began, however often a probe fails', async () => {
    const { clock, pauses } = instances('since', 1);
    const began = clock.now();
    await pauses[0]!.pause('401', 'token');
    clock.move(PROBE_EVERY_MS);
    await pauses[0]!.passage();

    await pauses[0]!.pause('401', 'token');

    expect(await pauses[0]!.passage()).toMatchObject({ go: false, state: { since: began } });
  });
});
