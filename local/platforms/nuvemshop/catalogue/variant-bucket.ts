import { fail } from '../errors.ts';
import type { ApiCall } from '../platform.ts';
import type { Variant } from './catalogue.ts';

/**
 * Charges the second bucket of variant writes, whose cost grows with variants, translations and inventory levels.
 * The platform's figures are unpublished, so the shop has this bucket only when the options give it one. Throws 429.
 */
export function chargeVariants(call: ApiCall, variants: readonly Variant[]): void {
  const cost = variants.reduce((sum, { values, levels }) => {
    const translations = values.reduce((count, value) => count + Object.keys(value).length, 0);
    return sum + 1 + translations + levels.length;
  }, 0);
  const verdict = call.store.variantBucket?.offer(call.now, cost);
  if (verdict?.accepted === false) throw fail(429, 'Send fewer variants per call');
}
