import { MOST_OF_A_LINE } from '../../domain/order-parts.ts';
import type { Amounts, Said } from './tolerant-reader.ts';

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
  const number =
    typeof value === 'number' || /^\s*-?\d{1,9}(\.\d{1,18})?\s*$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return stepped(number) + 0;
  warnings.push(`left out: ${path}: not a number from ${least} to ${most}`);
  return undefined;
}
