import { itemName } from '../../functions/domain/item-name.ts';
import type { OrderKey } from '../../functions/domain/order-row.ts';
import { type Dismissed, dismiss, dismissalOf } from '../../functions/pipeline/replay/dismiss.ts';
import type { OperatorContext } from '../context.ts';

/**
 * Takes rows out of the list of what needs review. They stay, with their reason.
 *
 * @param options `reason`: what was done about it, for the audit trail; nothing of a person
 */
export async function dismissOrders(
  context: OperatorContext,
  keys: readonly OrderKey[],
  { reason, dryRun }: { reason: string; dryRun: boolean },
): Promise<{ order: string; result: Dismissed | 'would be dismissed' }[]> {
  const results: { order: string; result: Dismissed | 'would be dismissed' }[] = [];
  for (const key of keys) {
    const order = itemName(key);
    if (dryRun) {
      const result = await dismissalOf(context.storeOf(key), key);
      results.push({ order, result: result === 'dismissed' ? 'would be dismissed' : result });
    } else
      await context.audited('attention dismiss', { order, reason }, async () => {
        const result = await dismiss(context.storeOf(key), key);
        results.push({ order, result });
        return { result };
      });
  }
  return results;
}
