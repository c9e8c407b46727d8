import { expect, it, vi } from 'vitest';
import { reconcileNow } from '../../ops/commands/reconcile.ts';
import type { OperatorContext } from '../../ops/context.ts';
import { movedClock } from '../support/fakes.ts';
import { whatIsPrinted } from '../support/printed.ts';

const reconcileStore = vi.hoisted(() => vi.fn());
vi.mock('../../ops/actions/reconcile.ts', () => ({ reconcileStore, endedWell: () => true }));
const { said } = whatIsPrinted();

it('Ctrl-C ends a reconciliation at its next call, so that it gives its lease back, and begins no other store', async () => {
  const stores = ['1', '2'].map((storeId) => ({ platform: 'shop', storeId }));
  const context = { stores, control: { clock: movedClock() } } as unknown as OperatorContext;
  reconcileStore.mockImplementation(async (_context, store, _wanted, { signal }) => {
    process.emit('SIGINT');
    return { ...store, outcome: signal.aborted ? 'unfinished' : 'done', counts: {}, ...NOTHING };
  });

  const code = await reconcileNow(context, 'all', {
    products: false,
    customers: false,
    dryRun: false,
    json: true,
  });

  expect(said().reports).toMatchObject([{ storeId: '1', outcome: 'unfinished' }]);
  expect(code).toBe(1);
});

const NOTHING = { examples: [], problems: [], left: [] };
