import { type Order, orderSchema } from './order.ts';

/** Longer than anything that a person reads in one piece, in characters (UTF-16 units). */
export const LONGEST_TEXT = 20_000;

/** A warning for each text would itself be without a bound. */
const MOST_WARNINGS = 20;

/**
 * An order whose texts are of a length that can be kept, with a warning for those that were cut; undefined when none was.
 * The platform's own bytes have them whole.
 */
export function withTextsCut(order: Order): Order | undefined {
  const cut: string[] = [];
  const { warnings, ...rest } = orderSchema().parse(cutIn(order, [], cut));
  if (cut.length === 0) return undefined;
  const told = cut
    .slice(0, MOST_WARNINGS)
    .map((path) => `${path}: too long, cut to ${LONGEST_TEXT} characters; the bytes have it whole`);
  return { ...rest, warnings: [...warnings, ...told] };
}

function cutIn(value: unknown, path: readonly string[], cut: string[]): unknown {
  if (typeof value === 'string') {
    if (value.length <= LONGEST_TEXT) return value;
    cut.push(path.join('.'));
    // Not in the middle of a character.
    return value
      .slice(0, LONGEST_TEXT)
      .toWellFormed()
      .replace(/\ufffd$/, '');
  }
  if (Array.isArray(value)) return value.map((one, index) => cutIn(one, [...path, String(index)], cut));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, cutIn(inner, [...path, name], cut)]),
  );
}
