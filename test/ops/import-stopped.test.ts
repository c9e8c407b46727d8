import { describe, expect, it } from 'vitest';
import { importedWell, runImport } from '../../ops/actions/import.ts';
import { movedClock } from '../support/fakes.ts';

type Context = Parameters<typeof runImport>[0];
const STORE = { platform: 'shop', storeId: 's' };
/** What an import looks at before it asks for anything, and after. Whatever else it did would throw. */
const context = () => {
  const clock = movedClock();
  const platform = { resources: { order: { reconciliation: { lists: 'changes' } } } };
  const parts = {
    control: { clock },
    channelOf: () => ({ platform, stores: [{ id: 's' }] }),
    index: { needsReview: async () => [] },
    ordersOf: async () => [],
  };
  return { clock, context: parts as unknown as Context };
};
const plan = (clock: ReturnType<typeof movedClock>) => [
  { ...STORE, kinds: [{ kind: 'orders' as const, range: { from: clock.now() - 1_000, to: clock.now() } }] },
];

it('an import says at once what it is about: the first answer of a platform may take minutes', async () => {
  const { clock, context: parts } = context();
  const said: string[] = [];
  const progress = (store: object, kind: string, text: string) =>
    said.push(`${JSON.stringify(store)} ${kind} ${text}`);

  await runImport(parts, plan(clock), { dryRun: true, signal: AbortSignal.abort(), progress });

  expect(said).toEqual(['{"platform":"shop","storeId":"s"} orders 0 seen']);
});

describe('an import that is stopped before it began', () => {
  it('asks for nothing, and says that nothing was begun', async () => {
    const { clock, context: parts } = context();
    const signal = AbortSignal.abort();

    const [store] = await runImport(parts, plan(clock), { dryRun: false, signal, progress: () => {} });

    expect(store?.kinds).toMatchObject([{ kind: 'orders', state: 'not-begun', seen: 0, skipped: [] }]);
    expect(store?.kinds.every(importedWell)).toBe(false);
  });

  it('is the same for somebody who does not wait', async () => {
    const { clock, context: parts } = context();
    const { signal } = new AbortController();

    const [store] = await runImport(parts, plan(clock), {
      dryRun: false,
      signal,
      progress: () => {},
      patienceMs: 0,
    });

    expect(store?.kinds).toMatchObject([{ state: 'not-begun' }]);
  });
});
