import { describe, expect, it } from 'vitest';
import type { StockChannel } from '../../functions/domain/stock/channel.ts';
import { sweepStock } from '../../functions/erp/overdue-stock.ts';
import { countingMetrics, keptLog } from '../support/fakes.ts';

const NOW = Date.UTC(2026, 10, 22);

const channel = (platform: string): StockChannel => ({
  platform,
  storeId: `${platform}-store`,
  sells: ['main'],
  shows: 'number',
  buffer: 0,
});

/** Both platforms have a store that should have been told so many minutes ago; nobody can name that of the first. */
async function sweptWithout(
  refuses: string,
  late: 'stock' | 'prices' = 'stock',
  channels = [channel('shop'), channel('bazaar')],
  minutes = 1,
) {
  const named: string[] = [];
  const metrics = countingMetrics();
  const failure = await sweepStock({
    stock: { nextToTell: async ({ what = 'stock' }) => (what === late ? NOW - minutes * 60_000 : undefined) },
    jobs: { next: async () => undefined },
    channels,
    hints: {
      async send({ platform }) {
        if (platform === refuses) throw new Error('the queue is not available');
        named.push(platform);
      },
    },
    clock: { now: () => NOW },
    metrics,
    log: keptLog(),
  }).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { named, metrics, failure };
}

describe('stock that should have been told', () => {
  it('is named again at each platform, also where the queue of another takes nothing', async () => {
    const { named, failure } = await sweptWithout('shop');

    expect(named).toEqual(['bazaar']);
    expect(failure).toMatchObject({ message: 'the queue is not available' });
  });

  it('is named again also where only prices are late', async () => {
    const { named } = await sweptWithout('', 'prices');

    expect(named).toEqual(['shop', 'bazaar']);
  });

  it('is named again also where nothing but prices is told', async () => {
    const charging = { ...channel('shop'), shows: 'nothing' as const, charges: ['price' as const] };

    const { named } = await sweptWithout('', 'prices', [charging]);

    expect(named).toEqual(['shop']);
  });

  it.each([
    ['no prices that have waited for less than an hour', 59, 0],
    ['prices from an hour on', 65, 5 * 60],
  ])('is counted as late, and %s', async (_, minutes, seconds) => {
    const { metrics } = await sweptWithout('', 'prices', [channel('shop')], minutes);

    expect(metrics.total('StockLateSeconds')).toBe(seconds);
  });

  it('is counted as late, also where nobody can be told so', async () => {
    const { metrics } = await sweptWithout('shop');

    expect(metrics.total('StockLateSeconds')).toBe(120);
  });
});
