import { describe, expect, it } from 'vitest';
import { orderOf, plain, read } from './nuvemshop-sample.ts';
import { itReads, type Warnings } from './variations.ts';

describe('amounts of a shop, in the forms of its country', () => {
  const guess = /could be a thousandfold/;
  const amounts: readonly (readonly [string, unknown, string, number, Warnings?, unknown?])[] = [
    ['Argentina, as the platform writes', '12990.00', 'ARS', 1_299_000, 'none'],
    ['Argentina, by hand', '$ 12.990,00', 'ARS', 1_299_000, 'none'],
    ['Brazil, by hand', 'R$ 1.299,90', 'BRL', 129_990, 'none'],
    ['Brazil, without a space', 'R$1299,9', 'BRL', 129_990, 'none'],
    ['Brazil, with a space that does not break', 'R$\u00a01.299,90', 'BRL', 129_990, 'none'],
    ['Mexico, by hand', '$1,299.90', 'MXN', 129_990, 'none'],
    ['Mexico, with its code', '1,299.90 MXN', 'MXN', 129_990, 'none'],
    ['Uruguay, by hand', '$U 1.299,00', 'UYU', 129_900, 'none'],
    ['Chile, whole', '12990', 'CLP', 12_990, 'none'],
    ['Chile, as the platform writes', '12990.00', 'CLP', 12_990, 'none'],
    ['Chile, by hand', '$12.990', 'CLP', 12_990, guess],
    ['Chile, two groups', '1.012.990', 'CLP', 1_012_990, 'none'],
    ['Paraguay, by hand', '₲ 129.900', 'PYG', 129_900, guess],
    ['Paraguay, a number', 129_900, 'PYG', 129_900, 'none'],
    ['Colombia, two groups and decimals', '1.299.000,00', 'COP', 129_900_000, 'none'],
    ['groups by spaces', '1 299 000,50', 'ARS', 129_900_050, 'none'],
    ['a plus sign', '+10.00', 'ARS', 1000, 'none'],
    ['no digit before the point', '.50', 'ARS', 50, 'none'],
    ['no digit behind the point', '10.', 'ARS', 1000, 'none'],
    ['a number with the dust of a computation', 0.1 + 0.2, 'ARS', 30, /rounded/],
    ['four decimals', '10.1250', 'ARS', 1013, /rounded/],
    ['nothing', '0', 'ARS', 0, 'none'],
    ['a large one', '90071992547409.91', 'ARS', 9_007_199_254_740_991, 'none'],
    ['three decimals that may be thousands', '12.990', 'ARS', 1299, guess],
    ['three decimals behind a comma', '12,990', 'ARS', 1_299_000, guess],
    ['Chile, beside an amount with decimals', '12.990', 'CLP', 12_990, guess, '0.00'],
    ['three decimals beside two', '12.990', 'ARS', 1299, 'none', '0.00'],
    ['three digits behind a comma beside two behind a point', '12,990', 'ARS', 1_299_000, 'none', '0.00'],
  ];
  itReads(
    orderOf,
    amounts.map(([title, amount, currency, minor, warnings, discount]) => [
      `${title}: ${JSON.stringify(amount)}`,
      plain(amount, { currency, discount }),
      { totals: { total: minor, goods: minor } },
      warnings,
    ]),
  );

  it.each([
    ['another currency', 'US$ 10.00', 'ARS'],
    ['words', 'diez', 'ARS'],
    ['an exponent', '1e3', 'ARS'],
    ['two points', '1.2.3', 'ARS'],
    ['more than can be exact', '999999999999999999', 'ARS'],
    ['a truth value', true, 'ARS'],
    ['a list', ['10.00'], 'ARS'],
    ['an object', { value: '10.00' }, 'ARS'],
  ])('that cannot be read need review: %s', (_, amount, currency) => {
    expect(read(plain(amount, { currency }))).toMatchObject({ ok: false, reason: 'schema-mismatch' });
  });

  itReads(orderOf, [
    [
      'are read as the rest of the order writes them, which is told',
      plain('1.234', { total: '1.246,50', total_paid_by_customer: '1.234', discount: '-12,50' }),
      { totals: { goods: 123_400, total: 124_650, paid: 123_400 } },
      /read with a decimal comma/,
    ],
  ]);

  itReads(orderOf, [
    [
      'is absent where an amount is an empty text',
      { total_paid_by_customer: ' ' },
      { totals: { paid: null } },
    ],
    ['zero is paid zero', { total_paid_by_customer: '0.00' }, { totals: { paid: 0 } }],
    [
      'paid in part',
      { payment_status: 'partially_paid', total_paid_by_customer: '100,00' },
      { payment: { status: 'partially_paid' }, totals: { paid: 10_000, refunded: null } },
    ],
    [
      'given back whole',
      { payment_status: 'refunded', total_paid_by_customer: '0.00' },
      { payment: { status: 'refunded' }, totals: { refunded: 690_050 }, countsAsSale: false },
    ],
    [
      'financed',
      { total_paid_by_customer_including_fees: '7.345,67' },
      { totals: { paidWithFinancing: 734_567 } },
    ],
  ]);
});

describe('discounts of a shop', () => {
  itReads(orderOf, [
    [
      'a coupon below zero is its size',
      plain('100.00', {
        discount: '-10.00',
        discount_coupon: '-10.00',
        total: '90.00',
        coupon: [{ code: 'X' }],
      }),
      { totals: { discount: 1000 }, discounts: [{ kind: 'coupon', code: 'X', amount: 1000 }] },
      'none',
    ],
    [
      'one of the way of paying below zero is its size',
      plain('100.00', {
        discount: '-10.00',
        discount_gateway: '-10.00',
        gateway_name: 'Pix',
        total: '90.00',
      }),
      { discounts: [{ kind: 'payment-method', name: 'Pix', amount: 1000 }] },
      'none',
    ],
    [
      'a surcharge of the way of paying takes nothing off',
      plain('100.00', { discount: '-10.00', discount_gateway: '-10.00', total: '110.00' }),
      { totals: { surcharge: 1000, discount: null }, discounts: null },
      'none',
    ],
    [
      'a promotion below zero is its size',
      plain('100.00', {
        discount: '-10.00',
        total: '90.00',
        promotional_discount: { total_discount_amount: '-10.00', contents: [], promotions_applied: [] },
      }),
      { discounts: [{ kind: 'promotion', amount: 1000 }] },
    ],
    [
      'promotions without their sum are told one by one',
      plain('100.00', {
        discount: '10.00',
        total: '90.00',
        promotional_discount: {
          promotions_applied: [
            { discount_script_type: '3x2', total_discount_amount: '6.00' },
            { discount_script_type: 'NxM', total_discount_amount: '4.00' },
          ],
        },
      }),
      {
        discounts: [
          { kind: 'promotion', name: '3x2', amount: 600 },
          { kind: 'promotion', name: 'NxM', amount: 400 },
        ],
      },
    ],
    [
      'two coupons, one of them a text',
      plain('100.00', {
        discount: '10.00',
        discount_coupon: '10.00',
        total: '90.00',
        coupon: ['A', { code: 'B' }],
      }),
      {
        discounts: [
          { kind: 'coupon', code: 'A' },
          { kind: 'coupon', code: 'B' },
          { kind: 'coupon', amount: 1000 },
        ],
      },
    ],
    [
      'a coupon that took nothing off keeps its code',
      { coupon: [{ code: 'ENVIO' }] },
      {
        discounts: [
          { kind: 'coupon', code: 'ENVIO' },
          { kind: 'payment-method', amount: 60_000 },
        ],
      },
    ],
    [
      'a coupon that is a number',
      { coupon: 2026 },
      {
        discounts: [
          { kind: 'coupon', code: '2026' },
          { kind: 'payment-method', amount: 60_000 },
        ],
      },
    ],
    ['empty coupons by any form', { coupon: {}, discount_gateway: '' }, { discounts: null }],
  ]);
});
