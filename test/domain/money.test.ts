import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMoney, readMoney, saysNothing } from '../../functions/domain/money.ts';

const minorOf = (value: unknown, currency: string, style: 'point' | 'comma' = 'point') => {
  const read = readMoney(value, currency, style);
  return read.ok ? read.minor : read.reason;
};

describe('readMoney', () => {
  it.each([
    ['6000.00', 'ARS', 600_000],
    ['0.1', 'ARS', 10],
    [39.75, 'UYU', 3975],
    [0.1 + 0.2, 'ARS', 30],
    [1.005, 'ARS', 101],
    ['-20', 'ARS', -2000],
    ['-0.00', 'ARS', 0],
    ['12000', 'CLP', 12_000],
    ['12000.00', 'PYG', 12_000],
    ['12000.50', 'PYG', 12_001],
    ['1,234,567.89', 'MXN', 123_456_789],
    [' 10 ', 'USD', 1000],
  ])('reads %j %s as %i minor units', (value, currency, minor) => {
    expect(minorOf(value, currency)).toBe(minor);
  });

  it.each([
    ['12.000,50', 1_200_050],
    ['12.000', 1_200_000],
    ['12.5', 1250],
    ['12,5', 1250],
    ['1.234.567', 123_456_700],
    [12000.5, 1_200_050],
  ])('reads %j written with a decimal comma as %i centavos', (value, minor) => {
    expect(minorOf(value, 'COP', 'comma')).toBe(minor);
  });

  it('says when decimals beyond the currency were rounded', () => {
    expect(readMoney('10.00', 'ARS')).toEqual({ ok: true, minor: 1000, exact: true });
    expect(readMoney('10.125', 'ARS')).toEqual({ ok: true, minor: 1013, exact: false, guess: 'decimals' });
    expect(readMoney('-10.125', 'ARS')).toEqual({ ok: true, minor: -1013, exact: false, guess: 'decimals' });
  });

  it.each([
    ['12.000', 'ARS', 'point', 1200, 'decimals'],
    ['12.000', 'COP', 'comma', 1_200_000, 'thousands'],
    ['1,234', 'ARS', 'point', 123_400, 'thousands'],
    ['15.990', 'CLP', 'point', 15_990, 'thousands'],
    ['15,990', 'CLP', 'comma', 15_990, 'thousands'],
    ['-15.990', 'PYG', 'comma', -15_990, 'thousands'],
  ] as const)(
    'says that %s %s with a %s may be a thousandfold off',
    (text, currency, style, minor, guess) => {
      expect(readMoney(text, currency, style)).toEqual({ ok: true, minor, exact: true, guess });
    },
  );

  it.each([
    ['12.00', 'ARS', 'point'],
    ['1,234.50', 'ARS', 'point'],
    ['1,234,567', 'ARS', 'point'],
    ['1.234.567', 'COP', 'comma'],
    ['1.234,50', 'COP', 'comma'],
    ['0.500', 'ARS', 'point'],
    ['12000.000', 'ARS', 'point'],
    [12.125, 'ARS', 'point'],
    ['1.234,50', 'ARS', 'point'],
    ['1,234.50', 'COP', 'comma'],
    ['1.234.567', 'ARS', 'point'],
    ['12,5', 'ARS', 'point'],
    [15990, 'CLP', 'point'],
  ] as const)('leaves no doubt about %s %s with a %s', (value, currency, style) => {
    expect(readMoney(value, currency, style)).not.toHaveProperty('guess');
  });

  it('is silent about no amount that the other style would read a thousandfold', () => {
    const text = fc
      .tuple(
        fc.integer({ min: 1, max: 999 }),
        fc.integer({ min: 0, max: 999 }),
        fc.constantFrom('.', ','),
        fc.constantFrom('ARS', 'COP', 'CLP'),
      )
      .map(
        ([whole, rest, sign, currency]) =>
          [`${whole}${sign}${String(rest).padStart(3, '0')}`, currency] as const,
      );
    fc.assert(
      fc.property(text, fc.constantFrom('point', 'comma'), ([amount, currency], style) => {
        const read = readMoney(amount, currency, style);

        expect(read.ok && (read.guess !== undefined || !read.exact)).toBe(true);
      }),
    );
  });

  it.each([null, undefined, '', ' ', '\t'])('takes %j for an amount that nobody said', (value) => {
    expect(saysNothing(value)).toBe(true);
  });

  it.each([0, '0', '0.00'])('takes %j for an amount of zero', (value) => {
    expect(saysNothing(value)).toBe(false);
  });

  it.each([
    ['1.234,50', 'ARS', 'point', 123_450],
    ['-10,00', 'ARS', 'point', -1000],
    ['1,234.50', 'COP', 'comma', 123_450],
    ['1.234.567', 'ARS', 'point', 123_456_700],
    ['1,234,567', 'CLP', 'comma', 1_234_567],
    // No group begins with a zero.
    ['0,500', 'ARS', 'point', 50],
    ['0.500', 'COP', 'comma', 50],
    ['1000.00', 'JPY', 'point', 1000],
  ] as const)(
    'reads %s %s the only way there is, although its sender writes a %s',
    (value, currency, style, minor) => {
      expect(readMoney(value, currency, style)).toEqual({ ok: true, minor, exact: true });
    },
  );

  it.each([
    null,
    undefined,
    {},
    [],
    true,
    '',
    'ten',
    '1e3',
    '1.2.3',
    '12,00.5',
    '0x10',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e21,
    '9'.repeat(40),
  ])('refuses %j with a reason', (value) => {
    expect(readMoney(value, 'ARS')).toMatchObject({ ok: false, reason: expect.any(String) });
  });

  it('gives back every amount it formatted, in every currency', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e12, max: 1e12 }),
        fc.constantFrom('ARS', 'BRL', 'CLP', 'PYG', 'USD'),
        (minor, currency) => {
          expect(readMoney(formatMoney(minor, currency), currency)).toEqual({ ok: true, minor, exact: true });
        },
      ),
    );
  });

  it('reads a decimal string digit by digit, never through a float', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 13n }),
        fc.integer({ min: 0, max: 99 }),
        (whole, cents) => {
          const text = `${whole}.${String(cents).padStart(2, '0')}`;
          expect(minorOf(text, 'ARS')).toBe(Number(whole * 100n + BigInt(cents)));
        },
      ),
    );
  });

  it('never throws, whatever it is given', () => {
    fc.assert(fc.property(fc.anything(), (value) => void readMoney(value, 'ARS', 'comma')));
  });
});
