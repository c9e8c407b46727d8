import { expect, it } from 'vitest';
import type { Order } from '../../functions/domain/order.ts';
import { expectAt } from './cases.ts';

export type Json = Record<string, unknown>;

/** What an order must warn of; `none`: of nothing. */
export type Warnings = RegExp | 'none' | undefined;

/** What a change of a sample order makes of it: values by their paths, `null` for what must be absent. */
export type Variation = readonly [title: string, changes: Json, expected: Json, warnings?: Warnings];

export function expectWarnings({ warnings }: Order, wanted: Warnings): void {
  if (wanted === 'none') expect(warnings).toEqual([]);
  else if (wanted !== undefined) expect(warnings.join('\n')).toMatch(wanted);
}

/** One test for each variation. */
export function itReads(orderOf: (changes: Json) => Order, variations: readonly Variation[]): void {
  const named = variations.map(([title, changes, expected, warnings]) => ({
    title,
    changes,
    expected,
    warnings,
  }));
  it.each(named)('$title', ({ changes, expected, warnings }) => {
    const order = orderOf(changes);

    expectAt(order, expected);
    expectWarnings(order, warnings);
  });
}
