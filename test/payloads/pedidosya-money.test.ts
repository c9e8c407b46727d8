import { describe, expect, it } from 'vitest';
import { goods, item, orderOf, paying, read } from './pedidosya-sample.ts';
import { itReads, type Json, type Warnings } from './variations.ts';

describe('amounts of a chain, by country', () => {
  const amounts: readonly (readonly [string, unknown, string, number, Warnings?])[] = [
    ['ar', 12_990.5, 'ARS', 1_299_050, 'none'],
    ['ar', '12.990,50', 'ARS', 1_299_050, 'none'],
    ['uy', '$U 1.299,00', 'UYU', 129_900, 'none'],
    ['cl', 12_990, 'CLP', 12_990, 'none'],
    ['cl', '12.990', 'CLP', 12_990, /thousandfold/],
    ['cl', 12_990.5, 'CLP', 12_991, /rounded/],
    ['py', 129_900, 'PYG', 129_900, 'none'],
    ['py', 'Gs. 129.900', 'PYG', 129_900, /thousandfold/],
    ['bo', 'Bs 12,50', 'BOB', 1250, 'none'],
    ['pe', 'S/ 12.50', 'PEN', 1250, 'none'],
    ['ec', 12.5, 'USD', 1250, 'none'],
    ['AR', 0, 'ARS', 0, 'none'],
    ['ar', '1234', 'ARS', 123_400, 'none'],
    ['ar', 1899.7000000000003, 'ARS', 189_970, /rounded/],
  ];
  itReads(
    orderOf,
    amounts.map(([country, amount, currency, minor, warnings]) => [
      `${country}: ${JSON.stringify(amount)}`,
      goods(amount, country),
      { currency, totals: { goods: minor, total: minor }, lines: { 0: { total: minor } } },
      warnings,
    ]),
  );

  it.each([
    ['words', 'mucho'],
    ['a truth value', true],
    ['a list', [12]],
    ['an object', { value: 12 }],
    ['larger than can be exact', 1e16],
    ['another currency', 'US$ 10'],
  ])('that cannot be read need review: %s', (_, amount) => {
    expect(read(goods(amount))).toMatchObject({ ok: false, reason: 'schema-mismatch' });
  });
});

describe('discounts of a chain', () => {
  const off = (changes: Json): Json => paying({ discount: 10, order_total: 110.5, ...changes });
  itReads(orderOf, [
    ['below zero', off({ discount: -10 }), { totals: { discount: 1000 } }, 'none'],
    [
      'of a list alone',
      paying({ discount: undefined, order_total: 110.5, discounts: [{ name: 'x', value: '10,00' }] }),
      { totals: { discount: 1000 }, discounts: [{ kind: 'promotion', name: 'x', amount: 1000 }] },
      'none',
    ],
    [
      'who pays stands in the entry',
      off({ discounts: [{ name: 'x', value: 10, sponsor: 'PLATFORM' }] }),
      { discounts: [{ kind: 'promotion', name: 'x', amount: 1000, paidBy: 'platform' }] },
      'none',
    ],
    [
      'who pays stands in the entry, in another word',
      off({ discounts: [{ name: 'x', value: 10, sponsor: 'delivery hero' }] }),
      { discounts: [{ kind: 'promotion', name: 'x', amount: 1000, paidBy: 'platform' }] },
    ],
    [
      'who pays is a partner',
      off({ discounts: [{ name: 'x', value: 10, sponsor: 'Partner' }] }),
      { discounts: [{ kind: 'promotion', name: 'x', amount: 1000, paidBy: 'merchant' }] },
    ],
    [
      'who pays is a brand that nobody knows',
      off({ discounts: [{ name: 'x', value: 10, sponsor: 'BRAND' }] }),
      { discounts: [{ kind: 'promotion', name: 'x', amount: 1000, paidBy: 'unknown' }] },
    ],
    [
      'shared, as one entry alone',
      off({ discounts: [{ name: 'x', value: 10, sponsorships: { sponsor: 'VENDOR', amount: 10 } }] }),
      { discounts: [{ kind: 'promotion', name: 'x', amount: 1000, paidBy: 'merchant' }] },
    ],
    [
      'shared, below zero',
      off({
        discounts: [
          {
            name: 'x',
            value: -10,
            sponsorships: [
              { sponsor: 'VENDOR', amount: -4 },
              { sponsor: 'PLATFORM', amount: -6 },
            ],
          },
        ],
      }),
      {
        discounts: [
          { kind: 'promotion', name: 'x', amount: 400, paidBy: 'merchant' },
          { kind: 'promotion', name: 'x', amount: 600, paidBy: 'platform' },
        ],
      },
      'none',
    ],
    [
      'shared in part',
      off({ discounts: [{ name: 'x', value: 10, sponsorships: [{ sponsor: 'VENDOR', amount: 4 }] }] }),
      {
        discounts: [
          { kind: 'promotion', name: 'x', amount: 400, paidBy: 'merchant' },
          { kind: 'promotion', name: 'x', amount: 600, paidBy: 'unknown' },
        ],
      },
      /sponsorships/,
    ],
    [
      'a voucher beyond the discount',
      paying({ order_total: 110.5, vouchers: [{ code: 'V', value: 10 }] }),
      { totals: { discount: 1000 }, discounts: [{ kind: 'coupon', code: 'V', amount: 1000 }] },
      'none',
    ],
    [
      'a voucher that took nothing off keeps its code',
      paying({ vouchers: [{ code: 'ENVIO', value: 0 }] }),
      { discounts: [{ kind: 'coupon', code: 'ENVIO', amount: 0 }] },
    ],
    [
      'a voucher that is its code',
      paying({ vouchers: 'HOLA' }),
      { discounts: [{ kind: 'coupon', code: 'HOLA' }] },
    ],
    [
      'empty lists by any form',
      paying({ discounts: {}, vouchers: {}, additional_fees: [] }),
      { discounts: null, totals: { fees: 100 } },
      'none',
    ],
    [
      'empty entries',
      paying({ discounts: [{}], vouchers: [{ name: '' }, null] }),
      { discounts: null },
      'none',
    ],
    [
      'a promotion of a line that is an empty object',
      item({ promotion: {} }),
      { lines: { 0: { discounts: null } } },
      'none',
    ],
    [
      'of a line, who pays stands in the promotion',
      {
        ...item({ promotion: [{ name: '2x1', discount_amount: 39.75, sponsor: 'VENDOR' }] }),
        ...paying({ discount: 39.75, order_total: 80.75 }),
      },
      {
        lines: {
          0: {
            total: 3975,
            discounts: [{ kind: 'promotion', name: '2x1', amount: 3975, paidBy: 'merchant' }],
          },
        },
      },
      'none',
    ],
  ]);
});

describe('what a buyer pays a chain beside the goods', () => {
  itReads(orderOf, [
    ['a tip', paying({ tip: '50', order_total: 170.5 }), { totals: { tip: 5000 } }, 'none'],
    ['a tip of nothing', paying({ tip: '' }), { totals: { tip: null } }, 'none'],
    ['a tip that is an object', paying({ tip: {} }), { totals: { tip: null } }, /tip/],
    [
      'fees by name',
      paying({ additional_fees: { bag: 3, night: '2,50' }, order_total: 126 }),
      { totals: { fees: 650 } },
      'none',
    ],
    [
      'fees as a list',
      paying({ additional_fees: [{ name: 'bag', value: 3 }], order_total: 123.5 }),
      { totals: { fees: 400 } },
      'none',
    ],
    ['fees that are an empty text', paying({ additional_fees: '' }), { totals: { fees: 100 } }, 'none'],
    ['a deposit', paying({ container_charge: 5, order_total: 125.5 }), { totals: { deposit: 500 } }, 'none'],
    ['a deposit of a line', item({ container_deposit: '2,50' }), { lines: { 0: { deposit: 250 } } }],
    [
      'at the counter',
      { ...paying({ collect_at_pickup: '120,50' }), order_type: 'PICKUP' },
      { payment: { collectAtPickup: 12_050 }, fulfilment: { kind: 'pickup' } },
    ],
    ['taxes on top', paying({ total_taxes: 10, order_total: 130.5 }), { totals: { tax: 1000 } }, 'none'],
    [
      'a total that is not the sum',
      paying({ order_total: 130.5 }),
      { totals: { total: 13_050 } },
      /10.00 more/,
    ],
    [
      'no total',
      paying({ order_total: null }),
      { totals: { total: null, goods: 7950 } },
      /order_total is missing/,
    ],
    [
      'no payment at all, as a list',
      { payment: [] },
      { totals: { total: null, goods: null }, lines: { 0: { total: 7950 } } },
    ],
    [
      'no payment at all, as an empty text',
      { payment: '' },
      { totals: { total: null, goods: null }, lines: { 0: { total: 7950 } } },
    ],
    [
      'not said to be paid',
      paying({ type: 'CASH' }),
      { payment: { status: 'unknown' }, platformStatus: { payment: 'CASH' } },
    ],
  ]);
});
