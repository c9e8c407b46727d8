/**
 * Stock counts in whole thousandths of a unit, so that kilograms add up exactly. What is shown to buyers is whole units,
 * rounded down.
 */
export type Thousandths = number;

const A_UNIT = 1000;
/** The table and JavaScript count exactly up to here, with room for sums (units). */
export const MOST_UNITS = 1e9;

/** What is sold counts in full: a gram that was begun is gone. */
export const takenOf = (quantity: number): Thousandths => Math.ceil(rounded(quantity * A_UNIT));

/** What there is, as its owner says it. What is less than a thousandth is not there. */
export const thousandths = (quantity: number): Thousandths => Math.floor(rounded(quantity * A_UNIT));

/** Whether a quantity is kept as its owner says it: none of it is smaller than what is counted. */
export const isCounted = (quantity: number): boolean => Number.isInteger(rounded(quantity * A_UNIT));

/** 1.005 times a thousand is 1004.9999999999999 to a computer, and meant as 1005. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;

export const units = (amount: Thousandths): number => amount / A_UNIT;

/** Whole units, as buyers are shown them. */
export const wholeUnits = (amount: Thousandths): number => Math.floor(amount / A_UNIT);
