import { describe, expect, it } from 'vitest';
import { LINE, line, orderOf, plain, read, sample } from './nuvemshop-sample.ts';
import { itReads } from './variations.ts';

describe('a line of a shop', () => {
  const named = (properties: unknown) => line({ properties });
  const says = (name: string, value: string) => ({
    personal: { lineProperties: [{ lineId: LINE, properties: [{ name, value }] }] },
  });
  itReads(orderOf, [
    [
      'personalisation in languages',
      named([{ name: { es: 'Grabado' }, value: { es: 'Ana' } }]),
      says('Grabado', 'Ana'),
    ],
    ['personalisation under "text"', named([{ title: 'Grabado', text: 'Ana' }]), says('Grabado', 'Ana')],
    [
      'personalisation under "answer"',
      named([{ label: 'Grabado', answer: ['Ana', 'Luis'] }]),
      says('Grabado', 'Ana, Luis'),
    ],
    ['personalisation as a list of maps', named([{ Grabado: 'Ana' }]), says('Grabado', 'Ana')],
    ['personalisation with an id alone', named([{ id: 7, value: 'Ana' }]), says('7', 'Ana')],
    ['personalisation with a false', named({ Regalo: false }), says('Regalo', 'false')],
    ['personalisation with a zero', named({ Velas: 0 }), says('Velas', '0')],
    [
      'personalisation with HTML, kept as it is',
      named({ Texto: '<b>"Ana"</b> & co' }),
      says('Texto', '<b>"Ana"</b> & co'),
    ],
    [
      'personalisation with emoji and flags',
      named({ Texto: '👩‍👩‍👧 🇺🇾 🤞🏽' }),
      says('Texto', '👩‍👩‍👧 🇺🇾 🤞🏽'),
    ],
    ['personalisation in lines', named({ Texto: 'Para\nAna\t!' }), says('Texto', 'Para\nAna\t!')],
    ['no personalisation, an empty text', named(''), { personal: { lineProperties: null } }, 'none'],
    ['no personalisation, null', named(null), { personal: { lineProperties: null } }, 'none'],
    [
      'a variant as one text',
      line({ variant_values: 'Rojo' }),
      { lines: { 0: { variantValues: ['Rojo'] } } },
    ],
    ['a variant as a number', line({ variant_values: [42] }), { lines: { 0: { variantValues: ['42'] } } }],
    [
      'a variant by option',
      line({ variant_values: [{ option: 'Color', value: 'Rojo' }] }),
      { lines: { 0: { variantValues: ['Rojo'] } } },
    ],
    [
      'a variant by name',
      line({ variant_values: { Color: 'Rojo', Talle: 'S' } }),
      { lines: { 0: { variantValues: ['Rojo', 'S'] } } },
    ],
    [
      'a variant in one language',
      line({ variant_values: { es: 'Rojo' } }),
      { lines: { 0: { variantValues: ['Rojo'] } } },
    ],
    ['no variant, null', line({ variant_values: [null, ''] }), { lines: { 0: { variantValues: null } } }],
    ['a weight with a comma', line({ weight: '0,300' }), { lines: { 0: { weightKg: 0.3 } } }, 'none'],
    [
      'a weight that is a number',
      line({ weight: 0.30000000000000004 }),
      { lines: { 0: { weightKg: 0.3 } } },
      'none',
    ],
    ['a weight beyond all digits', line({ weight: 1e-200 }), { lines: { 0: { weightKg: null } } }, /weight/],
    ['a weight below zero', line({ weight: '-1' }), { lines: { 0: { weightKg: null } } }, /weight/],
    ['a weight of zero', line({ weight: '0.000' }), { lines: { 0: { weightKg: null } } }, 'none'],
    [
      'a quantity with decimals',
      line({ price: '2400.00', quantity: '2,5' }),
      { lines: { 0: { quantity: 2.5, total: 600_000 } } },
      'none',
    ],
    [
      'a quantity of zero',
      plain('10.00', {
        products: [
          { ...sample, price: '10.00', quantity: 1 },
          { ...sample, id: 2, quantity: 0 },
        ],
      }),
      { lines: { 1: { quantity: 0, total: 0 } } },
      'none',
    ],
    [
      'kits',
      line({ order_kit_id: '0', catalog_kit_id: 9 }),
      { lines: { 0: { kitId: null, kitProductId: '9' } } },
    ],
    [
      'units sold without stock, as a text',
      line({ issues: { unclaimed_stock: '2' } }),
      { lines: { 0: { soldWithoutStock: 2 } } },
    ],
    [
      'units sold without stock, none',
      line({ issues: [] }),
      { lines: { 0: { soldWithoutStock: null } } },
      'none',
    ],
    [
      'a list price with a comma',
      line({ compare_at_price: '3.500,00' }),
      { lines: { 0: { listPrice: 350_000 } } },
    ],
    [
      'a list price that is no amount',
      line({ compare_at_price: 'ask' }),
      { lines: { 0: { listPrice: null, unitPrice: 300_000 } } },
      /compare_at_price/,
    ],
    ['a SKU with zeros before it', line({ sku: ' 00012 ' }), { lines: { 0: { sku: '00012' } } }],
    ['a SKU that is an object', line({ sku: {} }), { lines: { 0: { sku: null, total: 600_000 } } }, /sku/],
    ['a name that is null', line({ name: null, sku: 'MESA' }), { lines: { 0: { name: 'MESA' } } }],
    ['free shipping as a text', line({ free_shipping: 'true' }), { lines: { 0: { freeShipping: true } } }],
    [
      'a price below zero',
      line({ price: '-10.00', quantity: 1 }),
      { lines: { 0: { unitPrice: -1000, total: -1000 } } },
    ],
  ]);

  it.each([
    ['below zero', -1],
    ['beyond a billion', 1e10],
    ['beyond all digits', 1e-200],
    ['words', 'dos'],
    ['null', null],
    ['two thousand or two', '2,000'],
  ])('with a quantity that is none needs review, which names it: %s', (_, quantity) => {
    const result = read(line({ quantity }));

    expect(result).toMatchObject({ ok: false, platformOrderId: '2058709648' });
    expect(!result.ok && result.problem).toContain('products[0].quantity');
  });
});
