import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createStockIndex } from '../../functions/storage/stock-index.ts';
import { showStock } from '../../ops/commands/stock.ts';
import { listStockInReview } from '../../ops/commands/stock-attention.ts';
import { settleMove, verdictOf } from '../../ops/commands/stock-move.ts';
import { masterShop } from '../outbound/stock/master-shop.ts';
import { platformError } from '../outbound/stock/teller-shop.ts';
import { localTables } from '../support/local-tables.ts';
import { whatIsPrinted } from '../support/printed.ts';

const tables = localTables();
const { printed, said } = whatIsPrinted();

/** A move as `stock show --json` prints it. */
const printedMove = z.strictObject({
  line: z.string(),
  order: z.string(),
  place: z.string(),
  wanted: z.number(),
  taken: z.number(),
  state: z.enum(['wanted', 'running', 'applied', 'in-doubt']),
  presumed: z
    .strictObject({ change: z.number(), askedAt: z.iso.datetime(), until: z.iso.datetime() })
    .optional(),
  refused: z.string().optional(),
});

/** What the operator's program reads of a shop's stock. */
function contextOf({ teller: { settings }, stock, sku }: ReturnType<typeof masterShop>) {
  const all = createStockIndex(tables.client, tables.table);
  return {
    stock: {
      settings,
      store: stock,
      index: {
        ...all,
        async *needsReview() {
          for await (const page of all.needsReview()) yield page.filter((one) => one === sku);
        },
      },
    },
  };
}

/** A shop that made a change whose answer was lost: a look found its number as the change would leave it. */
async function presumed() {
  const shop = masterShop(tables);
  await shop.mirror(10);
  await shop.sellElsewhere('app:1', 2);
  shop.fates.push((make) => {
    make();
    return platformError({ outcomeUnknown: true });
  });
  await shop.tell();
  shop.later();
  await shop.tell();
  return shop;
}

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

describe('what is said of a change that a look only presumes to be made', () => {
  it('is until when a sale may take it back, by line and by channel', async () => {
    const shop = await presumed();

    await showStock(contextOf(shop), shop.sku, { json: true });

    const { moves, channels } = said();
    const [move] = moves.map((one: unknown) => printedMove.parse(one));
    expect(move).toMatchObject({ line: 'app:1#l|A', state: 'applied', taken: 2, presumed: { change: -2 } });
    expect(Date.parse(move.presumed.until) - Date.parse(move.presumed.askedAt)).toBe(24 * 3_600_000);
    expect(channels).toMatchObject([{ presumed: 2 }, { presumed: 2 }]);
  });

  it('is said in words', async () => {
    const shop = await presumed();

    await showStock(contextOf(shop), shop.sku, { json: false });

    expect(printed.join('')).toMatch(/app:1#l\|A takes 2 .*: applied; presumed, because .* may take it back/);
    expect(printed.join('')).toMatch(/ PRESUMED /);
  });

  it('is nothing of a change whose answer came', async () => {
    const shop = masterShop(tables);
    await shop.mirror(10);
    await shop.sellElsewhere('app:1', 2);
    await shop.tell();

    await showStock(contextOf(shop), shop.sku, { json: true });

    const { moves, channels } = said();
    expect([moves, channels]).toMatchObject([[], [{ presumed: 0 }, { presumed: 0 }]]);
  });

  it('waits for no person', async () => {
    const shop = await presumed();

    expect(await listStockInReview(contextOf(shop), { json: true })).toBe(0);
  });
});

describe('stock attention', () => {
  it('lists a change that is in doubt, with the line that is to be settled', async () => {
    const shop = await inDoubt(true);

    const code = await listStockInReview(contextOf(shop), { json: true });

    expect(code).toBe(1);
    expect(said().skus).toEqual([
      {
        sku: shop.sku,
        kind: 'in-doubt',
        where: 'main',
        text: expect.stringContaining('line app:1#l|A is off its number'),
      },
    ]);
  });

  it('lists what was only presumed once a sale that comes late takes it back', async () => {
    const shop = masterShop(tables);
    await shop.mirror(10);
    await shop.sellElsewhere('app:1', 2);
    shop.fates.push(() => platformError({ outcomeUnknown: true }));
    await shop.tell();
    const heard = shop.sellHereUnheard(2);
    shop.later();
    await shop.tell();
    const before = await listStockInReview(contextOf(shop), { json: true });
    printed.length = 0;

    await heard();
    shop.later();
    await shop.tell();

    expect([before, await listStockInReview(contextOf(shop), { json: true })]).toEqual([0, 1]);
    expect(said().skus).toMatchObject([{ kind: 'in-doubt' }]);
  });
});

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
