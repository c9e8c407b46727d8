import { describe, expect, it } from 'vitest';
import type { StockChannel } from '../../../functions/domain/stock/channel.ts';
import { catalogueKey } from '../../../functions/domain/stock/links.ts';
import { NOTHING_KNOWN, type StockRules, withBase, withLinks } from '../../../functions/domain/stock/sku.ts';
import { type LinkedSides, unlinkedOf } from '../../../functions/domain/stock/unlinked.ts';

const web: StockChannel = { platform: 'web', storeId: 's', sells: ['main'], buffer: 0, shows: 'number' };
const silent: StockChannel = { ...web, platform: 'silent', shows: 'nothing' };
const known = { channels: [web, silent], kits: { SET: { PART: 2 } }, counts: true };
const links = { [catalogueKey(web)]: [{ productId: 'p', variantId: 'v' }] };
const base = { main: { quantity: 1000, asOf: 1 } };
const sides = (change: Partial<LinkedSides>): LinkedSides => ({
  sku: 'A',
  links: {},
  bases: {},
  claimed: {},
  ...change,
});

describe('a SKU', () => {
  it.each<[string, Partial<LinkedSides>, ReturnType<typeof unlinkedOf>]>([
    ['that is counted and on sale is linked', { bases: base, links }, undefined],
    ['that is counted and no channel has', { bases: base }, 'no-product'],
    ['that orders take and no channel has', { claimed: { main: 1 } }, 'no-product'],
    [
      'that orders take and nobody counts, as a kit without a table',
      { claimed: { main: 1 }, links },
      'not-counted',
    ],
    [
      'that several products have is ambiguous, which is another matter',
      {
        bases: base,
        links: { [catalogueKey(web)]: [...links[catalogueKey(web)]!, { productId: 'q', variantId: 'v' }] },
      },
      undefined,
    ],
    ['that is only on sale is nobody’s matter', { links }, undefined],
    ['of a part that is sold in kits alone needs no product', { sku: 'PART', bases: base }, undefined],
  ])('%s', (_, change, why) => {
    expect(unlinkedOf(sides(change), known)).toBe(why);
  });

  it('need not be counted where nobody counts anything', () => {
    const taken = sides({ claimed: { main: 1 }, links });

    expect(unlinkedOf(taken, { ...known, counts: false })).toBeUndefined();
  });
});

describe('what was found unlinked', () => {
  const rules: StockRules = {
    channels: [web],
    baseMeans: 'available',
    settle: { quietSeconds: 10, atMostSeconds: 60 },
  };

  it('is so until there is a product', () => {
    const found = { ...NOTHING_KNOWN, unlinked: 'no-product' as const };
    const counted = withBase(found, 'main', { quantity: 1000, asOf: 1 }, rules, 1).sku;

    expect(counted.unlinked).toBe('no-product');
    expect(
      withLinks(counted, catalogueKey(web), links[catalogueKey(web)]!, rules, 1).unlinked,
    ).toBeUndefined();
  });

  it('is so until there is a number', () => {
    const found = { ...NOTHING_KNOWN, links, unlinked: 'not-counted' as const };

    expect(withBase(found, 'main', { quantity: 1000, asOf: 1 }, rules, 1).sku.unlinked).toBeUndefined();
  });
});
