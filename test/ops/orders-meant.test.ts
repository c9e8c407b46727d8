import { describe, expect, it, vi } from 'vitest';
import { exportOrders } from '../../ops/commands/orders.ts';
import { reconcileNow } from '../../ops/commands/reconcile.ts';
import { replay } from '../../ops/commands/replay.ts';
import type { OperatorContext } from '../../ops/context.ts';
import { ordersMeant } from '../../ops/orders-meant.ts';

const NOW = Date.parse('2026-11-30T12:00:00.000Z');
const HOUR = 3_600_000;
const context = { control: { clock: { now: () => NOW } }, stores: [] } as unknown as OperatorContext;

interface Times {
  from: number;
  to?: number;
}
const COMMANDS: Record<string, (times: Times) => Promise<unknown>> = {
  'orders note and stock follow': (times) => ordersMeant(context, [], times),
  'orders export': async (times) => exportOrders(context, times),
  replay: (times) => replay(context, [], { ...times, source: 'raw', dryRun: true, json: true }),
  reconcile: (times) =>
    reconcileNow(context, undefined, {
      ...times,
      products: false,
      customers: false,
      dryRun: true,
      json: true,
    }),
};

it('"all" names every store, as the help of the command says', async () => {
  const options = { products: false, customers: false, dryRun: true, json: true };
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);

  const exit = await reconcileNow(context, 'all', options).finally(() => vi.restoreAllMocks());

  expect(exit).toBe(0);
});

describe.each(Object.entries(COMMANDS))('the times of %s', (_, command) => {
  it.each([
    ['in the wrong order', { from: NOW - HOUR, to: NOW - 2 * HOUR }],
    ['that are to come', { from: NOW + HOUR }],
  ])('are refused %s: an empty answer would read as if there were nothing', async (_said, times) => {
    const asked = command(times);

    await expect(asked).rejects.toThrow('--from must be before --to, and before now. Nothing was done.');
  });
});
