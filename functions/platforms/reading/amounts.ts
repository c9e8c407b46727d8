import { type DecimalStyle, readMoney } from '../../domain/money.ts';

/** Reads the amounts of one order and keeps account of what was wrong or rounded. Texts name paths, never values. */
export interface Amounts {
  /** Minor units of the order's currency; undefined where the platform left the amount out, 0 where it was unreadable (see `problems`). */
  read(value: string | number | null | undefined, path: string): number | undefined;
  /** Price times quantity in minor units, without floating error, rounded half away from zero. */
  times(minor: number, quantity: number): number;
  /** Amounts that could not be read: the order must not be used when there is one. */
  readonly problems: string[];
  readonly warnings: string[];
  /** Minor units by which sums may be off because amounts were rounded. */
  tolerance(): number;
}

// A total computed in binary floating point leaves such dust where it means nothing.
const DUST = 1e-6;

/** A reader for one order's amounts in its currency. */
export function createAmounts(currency: string, style: DecimalStyle = 'point'): Amounts {
  const problems: string[] = [];
  const warnings: string[] = [];
  let rounded = 0;
  const round = (path: string) => {
    rounded += 1;
    warnings.push(`${path} was rounded to the currency's decimals`);
  };
  return {
    problems,
    warnings,
    tolerance: () => rounded,
    read(value, path) {
      if (value === null || value === undefined) return undefined;
      const dust = typeof value === 'number' && value !== 0 && Math.abs(value) < DUST;
      const reading = readMoney(dust ? 0 : value, currency, style);
      if (!reading.ok) {
        problems.push(`${path}: ${reading.reason}`);
        return 0;
      }
      if (dust || !reading.exact) round(path);
      return reading.minor;
    },
    times(minor, quantity) {
      const product = multiply(minor, quantity);
      if (!product.exact) rounded += 1;
      if (Number.isSafeInteger(product.minor)) return product.minor;
      problems.push('a price times its quantity is larger than can be exact');
      return 0;
    },
  };
}

function multiply(minor: number, quantity: number): { minor: number; exact: boolean } {
  const [mantissa = '0', exponent = '0'] = String(quantity).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const power = fraction.length - Number(exponent);
  if (!Number.isSafeInteger(minor) || !Number.isFinite(quantity) || Math.abs(power) > 400) {
    return { minor: Number.NaN, exact: false };
  }
  const product = BigInt(minor) * BigInt(whole + fraction);
  if (power <= 0) return { minor: Number(product * 10n ** BigInt(-power)), exact: true };
  const divisor = 10n ** BigInt(power);
  const half = product < 0n ? -divisor / 2n : divisor / 2n;
  return { minor: Number((product + half) / divisor), exact: product % divisor === 0n };
}
