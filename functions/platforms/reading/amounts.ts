import { type DecimalStyle, readMoney, saysNothing } from '../../domain/money.ts';
import { MOST_OF_A_LINE } from '../../domain/order-parts.ts';

/** Reads the amounts of one order and keeps account of what was wrong, rounded or guessed. Texts name paths, never values. */
export interface Amounts {
  readonly currency: string;
  /**
   * Minor units of the order's currency; undefined where the platform said nothing, 0 where it was unreadable (see
   * `problems`).
   */
  read(value: Said, path: string): number | undefined;
  /** The same for an amount that the order can be without: what is unreadable is left out with a warning. */
  readOptional(value: unknown, path: string): number | undefined;
  /** Price times quantity in minor units, without floating error, rounded half away from zero. */
  times(minor: number, quantity: number): number;
  /** Amounts that could not be read: the order must not be used when there is one. */
  readonly problems: string[];
  readonly warnings: string[];
  /** Minor units by which sums may be off because amounts were rounded. */
  tolerance(): number;
  /** The sender writes decimals the other way, as far as other amounts of the order show it, and something was guessed. */
  misread(): boolean;
}

/** An amount as platforms send it. */
export type Said = string | number | null | undefined;

// A total computed in binary floating point leaves such dust where it means nothing.
const DUST = 1e-6;

/** A reader for one order's amounts in its currency. */
export function createAmounts(currency: string, style: DecimalStyle = 'point'): Amounts {
  const problems: string[] = [];
  const warnings: string[] = [];
  const guesses = watchGuesses(warnings, style);
  let rounded = 0;
  const readOr = (value: unknown, path: string, refuse: (reason: string) => number | undefined) => {
    if (saysNothing(value)) return undefined;
    const dust = typeof value === 'number' && value !== 0 && Math.abs(value) < DUST;
    const reading = readMoney(dust ? 0 : value, currency, style);
    if (!reading.ok) return refuse(`${path}: ${reading.reason}`);
    if (reading.guess !== undefined) guesses.made(path, String(value), reading.guess);
    else guesses.without(value);
    if (dust || !reading.exact) {
      rounded += 1;
      warnings.push(`${path} was rounded to the currency's decimals`);
    }
    return reading.minor;
  };
  return {
    currency,
    problems,
    warnings,
    tolerance: () => rounded,
    misread: guesses.misread,
    read: (value, path) =>
      readOr(value, path, (reason) => {
        problems.push(reason);
        return 0;
      }),
    readOptional: (value, path) =>
      readOr(value, path, (reason) => {
        warnings.push(`left out: ${reason}`);
        return undefined;
      }),
    times(minor, quantity) {
      const product = multiply(minor, quantity);
      if (!product.exact) rounded += 1;
      if (Number.isSafeInteger(product.minor)) return product.minor;
      problems.push('a price times its quantity is larger than can be exact');
      return 0;
    },
  };
}

/**
 * Reads an order's amounts in the style that its own amounts show: where only the other one than expected is written without
 * doubt, what can be read in two ways is read in that one.
 *
 * @param read is called once more where the first reading turns out to be of the wrong style
 */
export function withAmounts<T>(currency: string, style: DecimalStyle, read: (amounts: Amounts) => T): T {
  const amounts = createAmounts(currency, style);
  const first = read(amounts);
  if (!amounts.misread()) return first;
  const other = style === 'comma' ? 'point' : 'comma';
  const again = createAmounts(currency, other);
  again.warnings.push(`amounts were read with a decimal ${other}, as some of the order are written`);
  return read(again);
}

/** Amounts that can be read in one way only, by the sign that they write before decimals. */
const SHOWS: Record<DecimalStyle, RegExp> = {
  comma: /\.\d{3}[.,]|,\d{1,2}$/,
  point: /,\d{3}[.,]|\.\d{1,2}$/,
};

/**
 * Tells once of amounts that could be a thousandfold larger or smaller. An amount of the same order that can be read in one
 * way only shows how its sender writes: then nothing was guessed, unless the currency has no decimals and the sender writes
 * some all the same.
 */
function watchGuesses(warnings: string[], style: DecimalStyle) {
  const other = style === 'comma' ? 'point' : 'comma';
  const shown = { comma: false, point: false };
  let guessed = false;
  let told: { text: string; stays: boolean } | undefined;
  return {
    made(path: string, value: string, as: 'thousands' | 'decimals') {
      guessed = true;
      const stays = value.includes(style === 'comma' ? ',' : '.') && as === 'thousands';
      if (told?.stays || (told !== undefined && !stays) || (shown[style] && !stays)) return;
      const text = `${path} could be a thousandfold ${as === 'thousands' ? 'smaller' : 'larger'}: its only sign was taken for ${as}`;
      told = { text, stays };
      warnings.push(text);
    },
    without(value: unknown) {
      if (typeof value !== 'string') return;
      shown[other] ||= SHOWS[other].test(value.trim());
      if (shown[style] || !SHOWS[style].test(value.trim())) return;
      shown[style] = true;
      if (told !== undefined && !told.stays) warnings.splice(warnings.indexOf(told.text), 1);
    },
    misread: () => guessed && shown[other] && !shown[style],
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

/** Finer differences are dust of a computation. Seven decimals of a degree are a hand's breadth. */
const STEPS = 1e7;

const stepped = (value: number): number => Math.round(value * STEPS) / STEPS;

/**
 * A quantity as a row may hold it; undefined where it is none: below zero, larger than {@link MOST_OF_A_LINE}, or so small
 * that nothing is left of it. The table refuses numbers beyond its digits, so they must not get there.
 */
export function boundedQuantity(value: number): number | undefined {
  if (value === 0) return 0;
  const rounded = value > 0 && value <= MOST_OF_A_LINE ? stepped(value) : 0;
  return rounded === 0 ? undefined : rounded;
}

/** A number that an order can be without: outside its bounds it is left out with a warning. A text may write it, too. */
export function readOptionalNumber(
  value: Said,
  { least, most }: { least: number; most: number },
  path: string,
  { warnings }: Pick<Amounts, 'warnings'>,
): number | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  const text = typeof value === 'number' ? '' : value.trim();
  const written = /^(-?\d{1,9})(?:[.,](\d{1,18}))?(?: ?%)?$/.exec(text);
  const number =
    typeof value === 'number' ? value : Number(written ? `${written[1]}.${written[2] ?? 0}` : Number.NaN);
  if (number >= least && number <= most) return stepped(number) + 0;
  warnings.push(`left out: ${path}: not a number from ${least} to ${most}`);
  return undefined;
}
