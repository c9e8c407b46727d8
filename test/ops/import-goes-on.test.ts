import { afterEach, describe, expect, it, vi } from 'vitest';
import { runImport } from '../../ops/actions/import.ts';
import { movedClock } from '../support/fakes.ts';

type Context = Parameters<typeof runImport>[0];
const reconcileStore = vi.hoisted(() => vi.fn());
vi.mock('../../ops/actions/reconcile.ts', () => ({ reconcileStore }));
vi.mock('node:timers/promises', () => ({ setTimeout: async () => {} }));
afterEach(() => reconcileStore.mockReset());

const STORE = { platform: 'shop', storeId: 's' };
const LEFT = [{ scan: 'products', from: '2020-01-01T00:00:00.000Z', to: '2026-01-01T00:00:00.000Z' }];

/** An import of products whose runs end in this way, one after the other; answers what each was asked for. */
async function askedOf(...runs: { outcome: string; left: object[] }[]): Promise<boolean[]> {
  for (const run of runs) reconcileStore.mockResolvedValueOnce({ problems: [], ...run });
  const platform = { resources: { order: { reconciliation: { lists: 'changes' } } } };
  const parts = {
    control: { clock: movedClock() },
    channelOf: () => ({ platform, stores: [{ id: 's' }] }),
    productIndex: { needsReview: async () => [] },
  };
  const { signal } = new AbortController();
  await runImport(parts as unknown as Context, [{ ...STORE, kinds: [{ kind: 'products' }] }], {
    dryRun: false,
    signal,
    progress: () => {},
  });
  return reconcileStore.mock.calls.map(([, , { products }]) => products);
}

describe('an import of a catalogue that takes several runs', () => {
  it('goes on with what is left of it, and does not begin again with each', async () => {
    const asked = await askedOf({ outcome: 'unfinished', left: LEFT }, { outcome: 'done', left: [] });

    expect(asked).toEqual([true, false]);
  });

  it('asks again where another run was under way', async () => {
    const asked = await askedOf({ outcome: 'busy', left: [] }, { outcome: 'done', left: [] });

    expect(asked).toEqual([true, true]);
  });

  it('asks again where all was listed, and a run ended while it looked for what is gone', async () => {
    const asked = await askedOf({ outcome: 'unfinished', left: [] }, { outcome: 'done', left: [] });

    expect(asked).toEqual([true, true]);
  });
});
