import type { OrderRow } from '../../functions/domain/order-row.ts';

/** Shorter texts are too easily the same by chance: a house number and a quantity. */
const LEAST_LETTERS = 4;

/**
 * JSON of a platform as a person may see it: its structure, and of its values only those that the order has too where it holds
 * nothing of a person. Every other text is as many dots, every other number a sign.
 *
 * @param row tells which values are known to be no person's
 */
export function maskedJson(
  value: unknown,
  row: Pick<OrderRow, 'order' | 'personal' | 'platformOrderId' | 'storeId'>,
): unknown {
  const safe = leavesOf([row.order, row.platformOrderId, row.storeId]);
  for (const text of leavesOf(row.personal)) safe.delete(text);
  const mask = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(mask);
    if (typeof part === 'object' && part !== null)
      return Object.fromEntries(Object.entries(part).map(([name, one]) => [name, mask(one)]));
    if (part === null || typeof part === 'boolean' || part === '') return part;
    const text = String(part);
    if (text.length >= LEAST_LETTERS && safe.has(text)) return part;
    return typeof part === 'number' ? '#' : '•'.repeat(Math.min(text.length, 24));
  };
  return mask(value);
}

function leavesOf(value: unknown, into = new Set<string>()): Set<string> {
  if (typeof value === 'object' && value !== null)
    for (const part of Object.values(value)) leavesOf(part, into);
  else if (value !== undefined && value !== null) into.add(String(value));
  return into;
}
