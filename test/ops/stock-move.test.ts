import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { settleMove, verdictOf } from '../../ops/commands/stock-move.ts';
import { masterShop } from '../outbound/stock/master-shop.ts';
import { platformError } from '../outbound/stock/teller-shop.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const printed: string[] = [];
beforeEach(() => {
  printed.length = 0;
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
});
afterEach(() => vi.restoreAllMocks());

/** A shop whose change of a number nobody can tell, and the operator's program beside it. */
async function inDoubt(isMade: boolean) {
  const shop = masterShop(tables);
  await shop.mirror(10);
  await shop.sellElsewhere('app:1', 2);
  shop.fates.push((make) => {
    if (isMade) make();
    return platformError({ outcomeUnknown: true });
  });
  await shop.tell();
  await shop.sellHere(1);
  shop.later();
  await shop.tell();
  const trail: unknown[] = [];
  const context = {
    stock: {
      settings: shop.teller.settings,
      store: shop.stock,
      clock: shop.clock,
      sendHints: async () => {},
    },
    audited: async (what: string, details: object, work: (id: string) => Promise<unknown>) => {
      trail.push([what, details]);
      return work('ops-1');
    },
  } as unknown as Parameters<typeof settleMove>[0];
  const settle = (verdict: 'made' | 'again', line = 'app:1#l|A') =>
    settleMove(context, { sku: shop.sku, line }, { verdict, dryRun: false, json: false });
  return { ...shop, settle, trail };
}

describe('what a person says of a change that is in doubt', () => {
  it('that it was made ends it, and nothing is claimed any more', async () => {
    const { settle, tell, platform, claimed, moveOf, trail, sku } = await inDoubt(true);

    const code = await settle('made');
    await tell();

    expect([code, platform.units]).toEqual([0, 7]);
    expect([await claimed(), await moveOf('app:1')]).toMatchObject([{}, { state: 'applied', taken: 2 }]);
    expect(trail).toEqual([['stock settle', { sku, line: 'app:1#l|A', verdict: 'made' }]]);
  });

  it('that it was not made has it made', async () => {
    const { settle, tell, platform, claimed } = await inDoubt(false);

    await settle('again');
    await tell();

    expect([platform.units, await claimed()]).toEqual([7, {}]);
  });

  it('changes nothing where nothing is in doubt, and says what there is', async () => {
    const { settle, trail } = await inDoubt(true);

    const code = await settle('made', 'app:2#l|A');

    expect([code, trail]).toEqual([1, []]);
    expect(printed.join()).toContain('app:1#l|A takes 2 from main, 0 taken so far: in-doubt');
  });

  it.each([{}, { made: true, again: true } as const])('has to be one of two things: %o', (options) => {
    expect(() => verdictOf(options)).toThrow(/--made .* --again/);
  });
});
