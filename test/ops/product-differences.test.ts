import { describe, expect, it } from 'vitest';
import type { Product } from '../../functions/domain/product.ts';
import { erpProductInput } from '../../functions/domain/product-input.ts';
import { differencesOf } from '../../ops/data/product-differences.ts';

const wantedOf = (more: object = {}, pricesElsewhere = false) => ({
  product: erpProductInput().parse({
    name: 'Olla',
    variants: [{ sku: 'POT-1', price: '10.50' }],
    currency: 'ARS',
    ...more,
  }),
  pricesElsewhere,
  locations: [],
});
const shownOf = (more: Partial<Product> = {}): Product => ({
  platform: 'shop',
  storeId: 's',
  platformProductId: '1',
  status: 'active',
  title: { es: 'Olla', pt: 'Olla' },
  variants: [{ platformVariantId: '11', sku: 'POT-1', price: { amount: 1050, currency: 'ARS' } }],
  warnings: [],
  ...more,
});
const variant = (sku: string, amount = 1050) => ({
  platformVariantId: `of ${sku}`,
  sku,
  price: { amount, currency: 'ARS' },
});

describe('what a platform shows otherwise than it is wanted', () => {
  it('is nothing where names, variants and prices are the same', () => {
    expect(differencesOf(wantedOf(), shownOf())).toEqual([]);
  });

  it.each([
    ['the name', {}, { title: { es: 'Cacerola' } }, { pointer: '/name', wanted: 'Olla', shown: 'Cacerola' }],
    [
      'the name in one language',
      { name: { es: 'Olla', pt: 'Panela' } },
      {},
      { pointer: '/name/pt', wanted: 'Panela', shown: 'Olla' },
    ],
    [
      'a price',
      {},
      { variants: [variant('POT-1', 900)] },
      { pointer: '/variants/0/price', wanted: '10.50', shown: '9.00' },
    ],
    [
      'a variant that is gone',
      {},
      { variants: [] },
      { pointer: '/variants/0', wanted: 'variant POT-1', shown: 'not there' },
    ],
    [
      'one that is to be deleted',
      { removeMissing: true },
      { variants: [variant('POT-1'), variant('POT-2')] },
      { pointer: '', wanted: 'not there', shown: 'variant POT-2' },
    ],
  ])('is %s', (_, wanted, shown, difference) => {
    expect(differencesOf(wantedOf(wanted), shownOf(shown))).toEqual([difference]);
  });

  it('is no price where prices are told apart, and no variant that nobody wants gone', () => {
    const shown = shownOf({ variants: [variant('POT-1', 900), variant('POT-2')] });

    expect(differencesOf(wantedOf({}, true), shown)).toEqual([]);
  });

  it('is no promotion where none is wanted and none is shown', () => {
    const wanted = wantedOf({ variants: [{ sku: 'POT-1', promotionalPrice: null }] });

    expect(differencesOf(wanted, shownOf())).toEqual([]);
  });
});
