import { describe, expect, it } from 'vitest';
import { createPollBackoff } from '../../functions/storage/runs.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const MINUTE = 60_000;
function bench(storeId: string) {
  const clock = movedClock();
  /** A run of the poller, which may be on another instance than the last. */
  const run = () => createPollBackoff({ ...tables, platform: 'shop', storeId, clock });
  const fail = async () => {
    const backoff = run();
    await backoff.waiting();
    await backoff.failed();
  };
  /** How long polling waits from now, in minutes. */
  const minutes = async () => {
    for (let waited = 0; ; waited += 1) {
      if (!(await run().waiting())) return waited;
      clock.move(MINUTE);
    }
  };
  return { run, fail, minutes };
}

describe('the backoff of a poller', () => {
  it('is none before the first failure', async () => {
    expect(await bench('none').run().waiting()).toBe(false);
  });

  it('doubles with each failed run in a row, up to a quarter of an hour', async () => {
    const { fail, minutes } = bench('doubles');

    const waited = [];
    for (let failures = 0; failures < 6; failures += 1) {
      await fail();
      waited.push(await minutes());
    }

    expect(waited).toEqual([1, 2, 4, 8, 15, 15]);
  });

  it('begins anew after a run that succeeded', async () => {
    const { run, fail, minutes } = bench('anew');
    await fail();
    await fail();
    const backoff = run();
    await backoff.waiting();

    await backoff.succeeded();

    expect(await run().waiting()).toBe(false);
    await fail();
    expect(await minutes()).toBe(1);
  });
});
